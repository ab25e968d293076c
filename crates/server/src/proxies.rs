//! Proxies in front of the server, and the address from which a request came before them.
//!
//! What `X-Forwarded-For` says is believed only of the proxies that are named in the settings: anyone can write it.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderMap;

/// A network, such as `10.0.0.0/8`; one address is a network of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Network {
    address: IpAddr,
    /// How many of its first bits count.
    prefix: u32,
}

impl Network {
    fn contains(self, address: IpAddr) -> bool {
        let differ = |one: u128, other: u128, width: u32| {
            // A shift by the whole width is no shift at all.
            (one ^ other).checked_shr(width - self.prefix).unwrap_or(0)
        };
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                differ(own.to_bits().into(), other.to_bits().into(), 32) == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => differ(own.to_bits(), other.to_bits(), 128) == 0,
            _ => false,
        }
    }
}

/// Why a text is no network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a network is written as `10.0.0.0/8`, or as one address")]
pub(crate) struct InvalidNetwork;

impl FromStr for Network {
    type Err = InvalidNetwork;

    fn from_str(text: &str) -> Result<Self, InvalidNetwork> {
        let (address, prefix) =
            text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().map_err(|_| InvalidNetwork)?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(width), str::parse).map_err(|_| InvalidNetwork)?;
        if prefix <= width { Ok(Self { address, prefix }) } else { Err(InvalidNetwork) }
    }
}

/// Puts the address of whoever asked the first of our proxies in the place of the proxy's own.
pub(crate) async fn see_through(
    State(trusted): State<Arc<[Network]>>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>().copied() {
        let client = client(peer.ip(), request.headers(), &trusted);
        if client != peer.ip() {
            request.extensions_mut().insert(ConnectInfo(SocketAddr::new(client, 0)));
        }
    }
    next.run(request).await
}

/// The last address on the way here that is not one of our proxies. Whatever stands before it may be made up.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    // Each part by itself: what a client made up must not spoil what our proxies wrote after it.
    let forwarded = headers
        .get_all("x-forwarded-for")
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    let mut way: Vec<&[u8]> = forwarded.collect();
    let mut client = peer;
    while is_trusted(client) {
        match way.pop().and_then(address) {
            Some(before) => client = before,
            // A proxy of ours that says nothing, or nothing that can be read, is itself who asks.
            None => break,
        }
    }
    client
}

fn address(part: &[u8]) -> Option<IpAddr> {
    std::str::from_utf8(part).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", http::HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let trusted: Vec<Network> = trusted.iter().map(|text| text.parse().unwrap()).collect();
        client(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    /// ASVS 4.1.3.
    #[test]
    fn only_named_proxies_are_believed() {
        let ours = ["10.0.0.0/8", "fd00::/8"];
        assert_eq!(seen("192.0.2.1", &["198.51.100.7"], &[]), "192.0.2.1");
        assert_eq!(seen("192.0.2.1", &["198.51.100.7"], &ours), "192.0.2.1");
        assert_eq!(seen("10.1.2.3", &["198.51.100.7"], &ours), "198.51.100.7");
        assert_eq!(seen("fd00::1", &["198.51.100.7"], &ours), "198.51.100.7");
        assert_eq!(seen("::ffff:10.1.2.3", &["198.51.100.7"], &ours), "198.51.100.7");
        // What a client made up stands before what our proxies wrote.
        assert_eq!(seen("10.1.2.3", &["203.0.113.9, 198.51.100.7, 10.9.9.9"], &ours), "198.51.100.7");
        assert_eq!(seen("10.1.2.3", &["203.0.113.9", "198.51.100.7"], &ours), "198.51.100.7");
        assert_eq!(seen("10.1.2.3", &["ÿ, 198.51.100.7"], &ours), "198.51.100.7");
        assert_eq!(seen("10.1.2.3", &[], &ours), "10.1.2.3");
        assert_eq!(seen("10.1.2.3", &["198.51.100.7, unknown"], &ours), "10.1.2.3");
    }

    #[test]
    fn networks_are_read_and_contain_what_they_say() {
        for (network, inside, outside) in [
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
            ("192.0.2.7", "192.0.2.7", "192.0.2.6"),
            ("0.0.0.0/0", "203.0.113.9", "::1"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::1"),
            ("::/0", "2001:db8::1", "192.0.2.1"),
        ] {
            let network: Network = network.parse().unwrap();
            assert!(network.contains(inside.parse().unwrap()), "{network:?} {inside}");
            assert!(!network.contains(outside.parse().unwrap()), "{network:?} {outside}");
        }
        for wrong in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/-1", "proxy"] {
            assert_eq!(wrong.parse::<Network>(), Err(InvalidNetwork), "{wrong}");
        }
    }
}
