//! Clients that mean no good, or know no better, over raw sockets.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::json;
use xtask::database::Database;

use crate::control_plane::{add_user, signing_key};
use crate::server::{PASSWORD, Server, app};

/// A server with endpoints below `/v1`, whose database is away: what is refused before the database is asked can be seen.
fn without_tables(variables: &[(&str, &str)]) -> Server {
    let keys = signing_key();
    let here = [("SLIPWAY_DATABASE_URL", "mysql://app:s3cret@127.0.0.1:1/slipway"), ("SLIPWAY_SIGNING_KEYS", &*keys)];
    Server::start(&[variables, &here].concat())
}

/// Everything until the connection ends, however it does.
fn rest(connection: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let mut part = [0; 4096];
    loop {
        match connection.read(&mut part) {
            Ok(0) => break,
            Ok(length) => answer.extend_from_slice(&part[..length]),
            Err(error) => {
                let kind = error.kind();
                assert!(!matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut), "it is still open: {answer:?}");
                break;
            }
        }
    }
    String::from_utf8(answer).expect("UTF-8")
}

/// As much as it takes.
fn write(connection: &mut TcpStream, text: &[u8]) {
    let _refused = connection.write_all(text);
}

#[test]
fn a_head_that_does_not_come_ends_the_connection() {
    let server = Server::start(&[("SLIPWAY_HEAD_SECONDS", "1")]);
    let begun = Instant::now();
    let (mut silent, mut slow) = (server.connect(), server.connect());
    slow.write_all(b"GET /version HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").expect("half a head");
    assert_eq!(rest(&mut silent), "");
    assert_eq!(rest(&mut slow), "");
    assert!(begun.elapsed() >= Duration::from_secs(1), "{:?}", begun.elapsed());
    assert_eq!(server.get("/healthz").status, 200);
}

#[test]
fn a_head_that_trickles_is_not_waited_for() {
    let server = Server::start(&[("SLIPWAY_HEAD_SECONDS", "1")]);
    let mut slow = server.connect();
    slow.write_all(b"GET /version HTTP/1.1\r\nX-Slow: ").expect("half a head");
    let begun = Instant::now();
    while slow.write_all(b"a").is_ok() {
        assert!(begun.elapsed() < Duration::from_secs(30), "each byte buys it more time");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_body_that_does_not_come_is_told_and_ends_the_connection() {
    let server = without_tables(&[("SLIPWAY_BODY_SECONDS", "1")]);
    let mut slow = server.connect();
    let head = "POST /v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    slow.write_all(head.as_bytes()).expect("half a request");
    let answer = rest(&mut slow);
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("application/problem+json") && answer.contains("connection: close"), "{answer}");
    assert!(answer.contains("the body did not arrive within 1 s"), "{answer}");
}

#[test]
fn a_flood_of_headers_is_refused() {
    let server = Server::start(&[]);
    for flood in [format!("X-Large: {}\r\n", "a".repeat(64 << 10)), "X-Many: a\r\n".repeat(200)] {
        let mut connection = server.connect();
        write(&mut connection, format!("GET /version HTTP/1.1\r\nHost: localhost\r\n{flood}\r\n").as_bytes());
        let answer = rest(&mut connection);
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    }
    assert_eq!(server.get("/version").status, 200);
}

#[test]
fn a_body_of_10_megabytes_is_not_read_to_its_end() {
    let server = without_tables(&[]);
    for head in ["Content-Length: 10485760", "Transfer-Encoding: chunked"] {
        let mut connection = server.connect();
        let line = "POST /v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
        write(&mut connection, format!("{line}{head}\r\n\r\n").as_bytes());
        let part = format!("{:x}\r\n{}\r\n", 1 << 16, "a".repeat(1 << 16));
        for _ in 0..160 {
            write(&mut connection, part.as_bytes());
        }
        let answer = rest(&mut connection);
        assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("application/problem+json"), "{head}: {answer}");
    }
}

#[test]
fn one_password_for_many_accounts_is_stopped_over_the_wire() {
    let database = Database::start("").expect("a server");
    let (url, keys) = (database.url("owner"), signing_key());
    let variables = [
        ("SLIPWAY_DATABASE_URL", url.as_str()),
        ("SLIPWAY_SIGNING_KEYS", keys.as_str()),
        ("SLIPWAY_LOGIN_RATE", "4"),
        ("SLIPWAY_CORS_ORIGINS", "https://console.slipway.example"),
    ];
    assert!(app(&variables).arg("migrate").status().expect("the binary runs").success());
    assert_eq!(add_user(&variables, "ada@example.com").0, Some(0));
    let server = Server::start(&variables);
    let spray = |name: &str| server.post("/v1/sessions", &json!({"email": name, "password": "Summer 2026 is here"}));
    // One is let in each 15 s: a busy machine may take that long for the four.
    let stopped = (0..100).map(|account| spray(&format!("ada{account}@example.com"))).find(|tried| {
        assert!([401, 429].contains(&tried.status), "{}", tried.body);
        tried.status == 429
    });
    let stopped = stopped.expect("a hundred were tried");
    let wait: u64 = stopped.header("retry-after").expect("when to come again").parse().expect("seconds");
    assert!((1..=15).contains(&wait), "{wait}");
    assert_eq!(stopped.json()["request_id"], stopped.header("x-request-id").expect("a name"));
    let login = server.post("/v1/sessions", &json!({"email": "ada@example.com", "password": PASSWORD}));
    assert_eq!(login.status, 429, "who is right does not get through either, or a guess would show: {}", login.body);
}
