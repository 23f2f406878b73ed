//! `app healthcheck`: the container's own health check. An image from scratch has no curl.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// Shorter than the five seconds that ECS and Docker give a health check by default.
const TIMEOUT: Duration = Duration::from_secs(2);

#[derive(Debug, thiserror::Error)]
pub(crate) enum HealthcheckError {
    #[error("can't connect to {address}")]
    Connect {
        address: SocketAddr,
        #[source]
        source: io::Error,
    },
    #[error("no whole answer from {address}")]
    Answer {
        address: SocketAddr,
        #[source]
        source: io::Error,
    },
    #[error("{address} answered {status_line:?}")]
    Unhealthy { address: SocketAddr, status_line: String },
}

/// GET /healthz of the server that listens on `listen`.
pub(crate) fn run(listen: SocketAddr) -> Result<(), HealthcheckError> {
    let address = reachable(listen);
    let connection = TcpStream::connect_timeout(&address, TIMEOUT)
        .map_err(|source| HealthcheckError::Connect { address, source })?;
    let status_line = ask(&connection).map_err(|source| HealthcheckError::Answer { address, source })?;
    if status_line.split(' ').nth(1) == Some("200") {
        Ok(())
    } else {
        Err(HealthcheckError::Unhealthy { address, status_line })
    }
}

fn ask(mut connection: &TcpStream) -> io::Result<String> {
    connection.set_read_timeout(Some(TIMEOUT))?;
    connection.set_write_timeout(Some(TIMEOUT))?;
    connection.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut status_line = String::new();
    BufReader::new(connection).read_line(&mut status_line)?;
    Ok(status_line.trim_end().to_owned())
}

/// A server that listens on every address is asked on the loopback one.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let loopback = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(loopback, listen.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_means_loopback() {
        let on = |text: &str| reachable(text.parse().expect("an address")).to_string();
        assert_eq!(on("0.0.0.0:8080"), "127.0.0.1:8080");
        assert_eq!(on("[::]:8080"), "[::1]:8080");
        assert_eq!(on("127.0.0.2:1"), "127.0.0.2:1");
    }
}
