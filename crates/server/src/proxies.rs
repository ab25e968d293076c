//! Proxies in front of the server, and the address from which a request came before them.
//!
//! What `X-Forwarded-For` says is believed only of the proxies that are named in the settings: anyone can write it.

use std::net::{AddrParseError, IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderMap;
use ipnet::IpNet;

/// Reads a network, such as `10.0.0.0/8`; one address is a network of its own.
pub(crate) fn network(text: &str) -> Result<IpNet, AddrParseError> {
    text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
}

/// Puts the address of whoever asked the first of our proxies in the place of the proxy's own.
pub(crate) async fn see_through(
    State(trusted): State<Arc<[IpNet]>>,
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
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted =
        |address: IpAddr| trusted.iter().any(|network| network.contains(&address.to_canonical()));
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
        let trusted: Vec<IpNet> = trusted.iter().map(|text| network(text).unwrap()).collect();
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
    fn a_network_is_a_range_or_one_address() {
        assert_eq!(network("10.0.0.0/8").unwrap().to_string(), "10.0.0.0/8");
        assert_eq!(network("192.0.2.7").unwrap().to_string(), "192.0.2.7/32");
        assert_eq!(network("2001:db8::1").unwrap().to_string(), "2001:db8::1/128");
        for wrong in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/-1", "proxy"] {
            assert!(network(wrong).is_err(), "{wrong}");
        }
    }
}
