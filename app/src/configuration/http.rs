use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::time::Duration;

use axum::http::HeaderValue;
use reqwest::Url;

use super::Reader;

/// How HTTP is answered, as far as the variables say.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    /// Where Prometheus asks; none: nowhere.
    pub(crate) metrics_listen: Option<SocketAddr>,
    pub(crate) origins: Vec<HeaderValue>,
    /// How many of the last addresses in `X-Forwarded-For` were written by proxies of ours.
    pub(crate) trusted_proxies: usize,
    pub(crate) rates: Rates,
    pub(crate) times: Times,
    /// The collector that traces are sent to.
    pub(crate) collector: Option<Url>,
}

/// Requests a minute. As many may come at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rates {
    /// From one address, by nobody who is known.
    pub(crate) address: NonZeroU32,
    /// By one user or token.
    pub(crate) identity: NonZeroU32,
    /// Attempts with a password or for one, from one address; and as many for one account.
    pub(crate) login: NonZeroU32,
}

/// How long a client, and a request, may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    /// From the end of one request to the end of the next one's head.
    pub(crate) head: Duration,
    /// For the body to arrive.
    pub(crate) body: Duration,
    /// From the head to the answer.
    pub(crate) request: Duration,
}

impl Default for Rates {
    fn default() -> Self {
        Self { address: rate_of(600), identity: rate_of(1200), login: rate_of(10) }
    }
}

impl Default for Times {
    fn default() -> Self {
        Self {
            // An idle connection is closed after it, too. A load balancer of AWS keeps one for 60 s and has to be the one
            // that closes it, or it sends a request into a connection that is just closing.
            head: Duration::from_secs(75),
            body: Duration::from_secs(10),
            request: Duration::from_secs(30),
        }
    }
}

impl Default for Http {
    fn default() -> Self {
        Self {
            metrics_listen: Some(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 9090))),
            origins: Vec::new(),
            trusted_proxies: 0,
            rates: Rates::default(),
            times: Times::default(),
            collector: None,
        }
    }
}

impl Http {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let usual = Self::default();
        Self {
            metrics_listen: reader.optional("SLIPWAY_METRICS_LISTEN", metrics_listen).unwrap_or(usual.metrics_listen),
            origins: reader.optional("SLIPWAY_CORS_ORIGINS", origins).unwrap_or_default(),
            trusted_proxies: reader.optional("SLIPWAY_TRUSTED_PROXIES", proxies).unwrap_or_default(),
            rates: Rates {
                address: reader.optional("SLIPWAY_ADDRESS_RATE", rate).unwrap_or(usual.rates.address),
                identity: reader.optional("SLIPWAY_IDENTITY_RATE", rate).unwrap_or(usual.rates.identity),
                login: reader.optional("SLIPWAY_LOGIN_RATE", rate).unwrap_or(usual.rates.login),
            },
            times: Times {
                head: reader.optional("SLIPWAY_HEAD_SECONDS", time).unwrap_or(usual.times.head),
                body: reader.optional("SLIPWAY_BODY_SECONDS", time).unwrap_or(usual.times.body),
                request: reader.optional("SLIPWAY_REQUEST_SECONDS", time).unwrap_or(usual.times.request),
            },
            collector: reader.optional("OTEL_EXPORTER_OTLP_ENDPOINT", collector),
        }
    }
}

fn metrics_listen(text: &str) -> Result<Option<SocketAddr>, String> {
    if text == "off" {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| "an address and a port, for example 0.0.0.0:9090, or off".to_owned())
}

/// What browsers send as `Origin` (RFC 6454, section 7): a scheme, a host and a port that is not the scheme's own.
fn origins(text: &str) -> Result<Vec<HeaderValue>, String> {
    let origin = |text: &str| {
        let url: Url = text.parse().ok()?;
        let web = ["http", "https"].contains(&url.scheme());
        (web && !text.contains('*') && url.origin().ascii_serialization() == text)
            .then(|| HeaderValue::from_str(text).ok())?
    };
    let all: Option<Vec<_>> = text.split(',').map(|text| origin(text.trim())).collect();
    all.ok_or_else(|| "exact origins with commas between them, for example https://console.slipway.example".to_owned())
}

fn proxies(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|count| *count <= 10).ok_or_else(|| "a whole number from 0 to 10".to_owned())
}

fn rate(text: &str) -> Result<NonZeroU32, String> {
    let rate: Option<NonZeroU32> = text.parse().ok();
    rate.filter(|rate| rate.get() <= 1_000_000).ok_or_else(|| "requests a minute, from 1 to 1000000".to_owned())
}

fn rate_of(requests: u32) -> NonZeroU32 {
    NonZeroU32::new(requests).unwrap_or(NonZeroU32::MIN)
}

fn time(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(seconds @ 1..=600) => Ok(Duration::from_secs(seconds)),
        _ => Err("a whole number of seconds from 1 to 600".to_owned()),
    }
}

fn collector(text: &str) -> Result<Url, String> {
    let url: Option<Url> = text.parse().ok();
    let url = url.filter(|url| ["http", "https"].contains(&url.scheme()) && url.has_host());
    url.ok_or_else(|| "the URL of an OTLP collector, for example http://localhost:4318".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exact_origins_are_taken() {
        let taken = origins("https://console.slipway.example, http://localhost:5173").expect("origins");
        assert_eq!(taken, ["https://console.slipway.example", "http://localhost:5173"]);
        for text in [
            "",
            "*",
            "null",
            "https://*.slipway.example",
            "https://slipway.example/",
            "https://slipway.example:443",
            "HTTPS://slipway.example",
            "https://slipway.example,",
            "https://ada@slipway.example",
            "slipway.example",
            "ftp://slipway.example",
        ] {
            assert!(origins(text).is_err(), "{text}");
        }
    }

    #[test]
    fn metrics_can_be_off() {
        assert_eq!(metrics_listen("off"), Ok(None));
        assert_eq!(metrics_listen("127.0.0.1:1"), Ok(Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 1)))));
        assert!(metrics_listen("none").is_err());
    }

    #[test]
    fn nothing_is_unlimited() {
        assert!(rate("0").is_err() && rate("1000001").is_err() && rate("-1").is_err());
        assert!(time("0").is_err() && time("601").is_err());
        assert!(proxies("11").is_err() && proxies("-1").is_err());
    }
}
