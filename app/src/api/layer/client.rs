//! Where a request comes from.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Once;

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The client's address, as far as it can be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClientAddress(pub(crate) IpAddr);

impl ClientAddress {
    /// What one client has for its own: of IPv6 a network of 64 bits (RFC 6177).
    pub(crate) fn network(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().copied().unwrap_or(Self(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))
    }
}

pub(crate) async fn layer(
    State(trusted_proxies): State<usize>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    if trusted_proxies == 0 && request.headers().contains_key(FORWARDED_FOR) {
        static TOLD: Once = Once::new();
        TOLD.call_once(|| {
            tracing::warn!(
                "requests come by a proxy, but SLIPWAY_TRUSTED_PROXIES is 0: limits of rates take all of its clients for one"
            );
        });
    }
    let address = client(peer.ip(), request.headers(), trusted_proxies);
    request.extensions_mut().insert(ClientAddress(address.to_canonical()));
    next.run(request).await
}

/// Each proxy appends whom it was asked by. What stands before the addresses that our own proxies wrote, the client may
/// have made up.
fn client(peer: IpAddr, headers: &HeaderMap, trusted_proxies: usize) -> IpAddr {
    let lines = headers.get_all(FORWARDED_FOR).iter().filter_map(|line| line.to_str().ok());
    let written: Vec<_> = lines.flat_map(|line| line.split(',')).collect();
    let trusted = written.iter().rev().take(trusted_proxies).map_while(|text| address(text.trim()));
    trusted.last().unwrap_or(peer)
}

/// Some proxies add the port.
fn address(text: &str) -> Option<IpAddr> {
    text.parse().ok().or_else(|| text.parse().ok().map(|address: SocketAddr| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(trusted_proxies: usize, lines: &[&'static str]) -> String {
        let lines = lines.iter().map(|line| {
            (axum::http::HeaderName::from_static("x-forwarded-for"), axum::http::HeaderValue::from_static(line))
        });
        let mut headers = HeaderMap::new();
        headers.extend(lines);
        client(IpAddr::V4(Ipv4Addr::LOCALHOST), &headers, trusted_proxies).to_string()
    }

    #[test]
    fn only_what_our_proxies_wrote_is_believed() {
        assert_eq!(seen(0, &["203.0.113.1"]), "127.0.0.1");
        assert_eq!(seen(1, &["203.0.113.1"]), "203.0.113.1");
        assert_eq!(seen(1, &["198.51.100.1, 203.0.113.1"]), "203.0.113.1");
        assert_eq!(seen(1, &["198.51.100.1", "203.0.113.1"]), "203.0.113.1");
        assert_eq!(seen(2, &["198.51.100.1, 203.0.113.1:443"]), "198.51.100.1");
        assert_eq!(seen(2, &["203.0.113.1"]), "203.0.113.1");
        assert_eq!(seen(2, &["nonsense, 203.0.113.1"]), "203.0.113.1");
        assert_eq!(seen(1, &[]), "127.0.0.1");
        assert_eq!(seen(1, &["[2001:db8::1]:443"]), "2001:db8::1");
    }

    #[test]
    fn a_network_of_64_bits_is_one_client() {
        let of = |text: &str| ClientAddress(text.parse().expect("an address")).network();
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:ffff:ffff:ffff"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_ne!(of("203.0.113.1"), of("203.0.113.2"));
    }
}
