//! Fetching inputs from addresses, without being made to reach into the network around this server.
//!
//! The name in an address is resolved here, every address that it has must be one of the open internet, and the
//! connection goes to exactly those: a name that resolves to something else a moment later changes nothing. The same
//! holds at each redirection.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};

use crate::{Error, Result};

/// How long it may take altogether.
const TIME: Duration = Duration::from_secs(20);
/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How often it may be redirected.
const REDIRECTIONS: usize = 3;

/// Whether inputs are fetched from addresses, and from which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fetching {
    /// Whether they are at all.
    pub enabled: bool,
    /// Whether addresses of the network around the server are fetched too: for closed networks, and for tests.
    pub allow_private: bool,
}

impl Default for Fetching {
    fn default() -> Self {
        Self { enabled: true, allow_private: false }
    }
}

/// Why nothing was fetched, in words that follow the field's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Unfetched {
    #[error("is not fetched: this server takes no inputs by address")]
    Disabled,
    #[error("must be a complete http or https address without a user name or password")]
    Address,
    #[error("leads to an address that is not on the open internet, which this server does not fetch from")]
    Private,
    #[error("names a host that cannot be found")]
    Unknown,
    #[error("redirects more than {REDIRECTIONS} times")]
    TooManyRedirections,
    #[error("could not be reached")]
    Unreachable,
    #[error("was answered with the HTTP status {0}")]
    Status(u16),
    #[error("holds more than {0} bytes")]
    TooLarge(usize),
    #[error("took longer than {} s", TIME.as_secs())]
    TooSlow,
}

/// Fetches what addresses hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fetcher(Fetching);

impl Fetcher {
    pub(crate) fn new(settings: Fetching) -> Self {
        // TLS needs an implementation of its cryptography; if somebody installed one before, theirs is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self(settings)
    }

    /// What is at `address`, up to `most` bytes.
    pub(super) async fn fetch(&self, address: &str, most: usize) -> Result<Bytes> {
        let fetched = tokio::time::timeout(TIME, self.follow(address, most)).await;
        fetched.unwrap_or(Err(Unfetched::TooSlow)).map_err(|error| Error::invalid("url", error))
    }

    async fn follow(&self, address: &str, most: usize) -> std::result::Result<Bytes, Unfetched> {
        if !self.0.enabled {
            return Err(Unfetched::Disabled);
        }
        let mut url = Url::parse(address).map_err(|_| Unfetched::Address)?;
        for _ in 0..=REDIRECTIONS {
            let response = self.ask(&url).await?;
            if !response.status().is_redirection() {
                return read(response, most).await;
            }
            let next = response.headers().get(LOCATION).and_then(|next| next.to_str().ok());
            url = url.join(next.ok_or(Unfetched::Address)?).map_err(|_| Unfetched::Address)?;
        }
        Err(Unfetched::TooManyRedirections)
    }

    /// Sends one request to addresses that were checked.
    async fn ask(&self, url: &Url) -> std::result::Result<Response, Unfetched> {
        let is_plain = url.username().is_empty() && url.password().is_none();
        if !matches!(url.scheme(), "http" | "https") || !is_plain {
            return Err(Unfetched::Address);
        }
        let host = url.host_str().ok_or(Unfetched::Address)?;
        let port = url.port_or_known_default().ok_or(Unfetched::Address)?;
        let addresses = resolve(host, port).await?;
        if !self.0.allow_private && !addresses.iter().all(|address| is_public(address.ip())) {
            return Err(Unfetched::Private);
        }
        let client = Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .connect_timeout(CONNECT)
            .resolve_to_addrs(host, &addresses)
            .build()
            .map_err(|_| Unfetched::Unreachable)?;
        client.get(url.clone()).send().await.map_err(|error| {
            tracing::info!(%error, "could not fetch an input");
            Unfetched::Unreachable
        })
    }
}

/// Every address that a host has.
async fn resolve(host: &str, port: u16) -> std::result::Result<Vec<SocketAddr>, Unfetched> {
    // An IPv6 address stands in brackets.
    let literal = host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(ip) = literal.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(ip, port)]);
    }
    let found = tokio::net::lookup_host((host, port)).await.map_err(|_| Unfetched::Unknown)?;
    let addresses: Vec<SocketAddr> = found.collect();
    if addresses.is_empty() { Err(Unfetched::Unknown) } else { Ok(addresses) }
}

async fn read(mut response: Response, most: usize) -> std::result::Result<Bytes, Unfetched> {
    if !response.status().is_success() {
        return Err(Unfetched::Status(response.status().as_u16()));
    }
    let mut body = BytesMut::new();
    while let Some(part) = response.chunk().await.map_err(|_| Unfetched::Unreachable)? {
        // Counted as it arrives: what a server says of its length need not be so.
        if body.len() + part.len() > most {
            return Err(Unfetched::TooLarge(most));
        }
        body.extend_from_slice(&part);
    }
    Ok(body.freeze())
}

/// Whether an address is one of the open internet.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

/// By IANA's registry of special addresses.
fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let is_special = a == 0
        || ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        // Behind a provider's translation of addresses.
        || (a == 100 && (64..128).contains(&b))
        // For protocols; relays to IPv6.
        || (a, b, c) == (192, 0, 0)
        || (a, b, c) == (192, 88, 99)
        // For measuring.
        || (a == 198 && (b == 18 || b == 19))
        // To many, reserved, to all.
        || a >= 224
        // Public by its number, and a cloud's own service to the machines in it.
        || ip == Ipv4Addr::new(168, 63, 129, 16);
    !is_special
}

/// Of IPv6 only `2000::/3` is the open internet; forms that carry an IPv4 address are outside of it, or excepted here.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, ..] = ip.segments();
    let is_special =
        // Teredo, benchmarking, ORCHID and the other protocols of `2001::/23`; for documents.
        (a == 0x2001 && (b < 0x0200 || b == 0x0db8))
        || (a == 0x3fff && b < 0x1000)
        // 6to4.
        || a == 0x2002;
    a & 0xe000 == 0x2000 && !is_special
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use super::*;

    /// A server that answers every request with `answer`, at the address that is answered.
    fn server(answer: &'static [u8]) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let mut request = [0; 2048];
                if stream.read(&mut request).is_ok() {
                    // Whoever hung up has seen enough.
                    let _ = stream.write_all(answer);
                }
            }
        });
        format!("http://{address}/a")
    }

    async fn fetched(
        settings: Fetching,
        address: &str,
        most: usize,
    ) -> std::result::Result<Bytes, Unfetched> {
        Fetcher::new(settings).follow(address, most).await
    }

    const OPEN: Fetching = Fetching { enabled: true, allow_private: true };

    #[test]
    fn only_the_open_internet_is_public() {
        for inside in [
            "127.0.0.1",
            "127.8.8.8",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "198.51.100.1",
            "203.0.113.7",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "168.63.129.16",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "2002:7f00:1::",
            "3fff::1",
            "100::1",
            "4000::1",
        ] {
            assert!(!is_public(inside.parse().unwrap()), "{inside}");
        }
        for outside in
            ["8.8.8.8", "100.128.0.1", "172.32.0.1", "192.0.1.1", "2001:4860:4860::8888", "2a00::1"]
        {
            assert!(is_public(outside.parse().unwrap()), "{outside}");
        }
    }

    #[tokio::test]
    async fn no_spelling_of_an_address_inside_is_fetched() {
        for address in [
            "http://127.0.0.1/",
            "http://localhost/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://127.1/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f00:1]/",
            "http://0/",
            "http://169.254.169.254/latest/meta-data/",
        ] {
            assert_eq!(fetched(Fetching::default(), address, 10).await, Err(Unfetched::Private), "{address}");
        }
    }

    #[tokio::test]
    async fn only_plain_web_addresses_are_fetched() {
        for address in
            ["", "a.png", "file:///etc/passwd", "ftp://example.org/", "http://ada:secret@example.org/"]
        {
            assert_eq!(fetched(OPEN, address, 10).await, Err(Unfetched::Address), "{address}");
        }
        let off = Fetching { enabled: false, allow_private: true };
        assert_eq!(fetched(off, "http://example.org/", 10).await, Err(Unfetched::Disabled));
    }

    #[tokio::test]
    async fn what_is_there_is_fetched_up_to_the_limit() {
        let address = server(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello");
        assert_eq!(fetched(OPEN, &address, 5).await.as_deref(), Ok(b"hello".as_slice()));
        assert_eq!(fetched(OPEN, &address, 4).await, Err(Unfetched::TooLarge(4)));
        let missing = server(b"HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
        assert_eq!(fetched(OPEN, &missing, 5).await, Err(Unfetched::Status(404)));
    }

    #[tokio::test]
    async fn each_redirection_is_checked_anew_and_there_are_few() {
        let endless =
            server(b"HTTP/1.1 302 Found\r\nlocation: /b\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
        assert_eq!(fetched(OPEN, &endless, 5).await, Err(Unfetched::TooManyRedirections));
        let elsewhere =
            server(b"HTTP/1.1 302 Found\r\nlocation: file:///etc/passwd\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
        assert_eq!(fetched(OPEN, &elsewhere, 5).await, Err(Unfetched::Address));
        // Where a redirection leads is asked as the first address is, so that one to an address inside is refused.
        let inside = Url::parse("http://127.0.0.1:9/").unwrap();
        let asked = Fetcher::new(Fetching::default()).ask(&inside).await;
        assert_eq!(asked.map(|response| response.status()), Err(Unfetched::Private));
    }
}
