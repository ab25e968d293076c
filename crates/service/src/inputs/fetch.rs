//! Fetching inputs from addresses, without being made to reach into the network around this server.
//!
//! The name in an address is resolved here, every address that it has must be one of the open internet, and the
//! connection goes to exactly those: a name that resolves to something else a moment later changes nothing. The same
//! holds at each redirection.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};

use super::internet::is_public;
use crate::{Error, Result};

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
    /// How long one may take altogether.
    pub within: Duration,
}

impl Default for Fetching {
    fn default() -> Self {
        Self { enabled: true, allow_private: false, within: Duration::from_secs(20) }
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
    #[error("took longer than {0:?}")]
    TooSlow(Duration),
}

/// Fetches what addresses hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fetcher {
    enabled: bool,
    may_reach: fn(IpAddr) -> bool,
    within: Duration,
}

impl Fetcher {
    pub(crate) fn new(settings: Fetching) -> Self {
        // TLS needs an implementation of its cryptography; if somebody installed one before, theirs is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let Fetching { enabled, allow_private, within } = settings;
        Self { enabled, may_reach: if allow_private { |_| true } else { is_public }, within }
    }

    /// What is at `address`, up to `most` bytes.
    pub(crate) async fn fetch(&self, address: &str, most: usize) -> Result<Bytes> {
        self.fetch_in_time(address, most).await.map_err(|error| Error::invalid("url", error))
    }

    async fn fetch_in_time(&self, address: &str, most: usize) -> std::result::Result<Bytes, Unfetched> {
        let fetched = tokio::time::timeout(self.within, self.follow(address, most)).await;
        fetched.unwrap_or(Err(Unfetched::TooSlow(self.within)))
    }

    async fn follow(&self, address: &str, most: usize) -> std::result::Result<Bytes, Unfetched> {
        if !self.enabled {
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
        if !addresses.iter().all(|address| (self.may_reach)(address.ip())) {
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
            // The address may hold a password, or a signature that opens it.
            let error = error.without_url();
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

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{Ipv4Addr, TcpListener};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// A server that answers every request with `answer`, at the address that is answered.
    fn server(answer: impl Into<Vec<u8>>) -> String {
        serving("127.0.0.1", [answer.into()].into(), Duration::ZERO).0
    }

    /// A server at `host` that sends these parts to whoever asks, with a pause before each. Answers its address, and a
    /// count of those who came.
    fn serving(host: &str, parts: Vec<Vec<u8>>, pause: Duration) -> (String, Arc<AtomicUsize>) {
        let listener = TcpListener::bind((host, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let came = Arc::new(AtomicUsize::new(0));
        let count = came.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                count.fetch_add(1, Ordering::SeqCst);
                let mut request = [0; 2048];
                if stream.read(&mut request).is_err() {
                    continue;
                }
                for part in &parts {
                    std::thread::sleep(pause);
                    // Whoever hung up has seen enough.
                    if stream.write_all(part).is_err() {
                        break;
                    }
                }
            }
        });
        (format!("http://{address}/a"), came)
    }

    fn redirection(to: &str) -> Vec<u8> {
        format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
            .into()
    }

    async fn fetched(
        settings: Fetching,
        address: &str,
        most: usize,
    ) -> std::result::Result<Bytes, Unfetched> {
        Fetcher::new(settings).fetch_in_time(address, most).await
    }

    const OPEN: Fetching = Fetching { enabled: true, allow_private: true, within: Duration::from_secs(20) };

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
        let off = Fetching { enabled: false, ..OPEN };
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
        let endless = server(redirection("/b"));
        assert_eq!(fetched(OPEN, &endless, 5).await, Err(Unfetched::TooManyRedirections));
        let elsewhere = server(redirection("file:///etc/passwd"));
        assert_eq!(fetched(OPEN, &elsewhere, 5).await, Err(Unfetched::Address));
        let nowhere = server("HTTP/1.1 302 Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
        assert_eq!(fetched(OPEN, &nowhere, 5).await, Err(Unfetched::Address));
    }

    /// One address of this machine that counts as outside, so that a server there can lead inside.
    const OUTSIDE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

    #[tokio::test]
    async fn a_server_outside_leads_to_none_inside() {
        let fetcher =
            Fetcher { may_reach: |ip| ip == OUTSIDE || is_public(ip), ..Fetcher::new(Fetching::default()) };
        let hello = || vec![b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello".to_vec()];
        let host = OUTSIDE.to_string();
        let (inside, came_inside) = serving("127.0.0.1", hello(), Duration::ZERO);
        let (there, _) = serving(&host, hello(), Duration::ZERO);

        let (onward, came) = serving(&host, vec![redirection(&there)], Duration::ZERO);
        assert_eq!(fetcher.fetch_in_time(&onward, 5).await.as_deref(), Ok(b"hello".as_slice()));
        assert_eq!(came.load(Ordering::SeqCst), 1);
        let port = Url::parse(&inside).unwrap().port().unwrap();
        for hidden in [inside.clone(), format!("http://localhost:{port}/"), format!("//127.1:{port}/a")] {
            let (leading, came) = serving(&host, vec![redirection(&hidden)], Duration::ZERO);
            assert_eq!(fetcher.fetch_in_time(&leading, 5).await, Err(Unfetched::Private), "{hidden}");
            assert_eq!(came.load(Ordering::SeqCst), 1, "it was asked where to go");
            // Nor by a way round.
            let (round, _) = serving(&host, vec![redirection(&leading)], Duration::ZERO);
            assert_eq!(fetcher.fetch_in_time(&round, 5).await, Err(Unfetched::Private), "{hidden}");
        }
        assert_eq!(came_inside.load(Ordering::SeqCst), 0, "nobody came inside");
    }

    #[tokio::test]
    async fn who_is_too_slow_is_not_waited_for() {
        let soon = Duration::from_millis(300);
        let within = Fetching { within: soon, ..OPEN };
        let head = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec();
        let (silent, _) = serving("127.0.0.1", vec![head.clone()], Duration::from_secs(3));
        assert_eq!(fetched(within, &silent, 99).await, Err(Unfetched::TooSlow(soon)));
        // Something always comes, and never all of it.
        let parts = [head].into_iter().chain(std::iter::repeat_n(b"x".to_vec(), 60)).collect();
        let (dripping, _) = serving("127.0.0.1", parts, Duration::from_millis(50));
        assert_eq!(fetched(within, &dripping, 99).await, Err(Unfetched::TooSlow(soon)));
        let (leading, _) = serving("127.0.0.1", vec![redirection("/a")], Duration::from_millis(200));
        assert_eq!(fetched(within, &leading, 99).await, Err(Unfetched::TooSlow(soon)), "altogether");
    }
}
