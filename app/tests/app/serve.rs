//! The real binary over real sockets: what it answers, how it starts, how it leaves.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::server::{COMMIT, Server, app};

#[test]
fn the_endpoints_answer() {
    let server = Server::start(&[]);
    let live = server.get("/healthz");
    assert_eq!((live.status, live.body.as_str()), (200, "alive\n"));
    let ready = server.get("/readyz");
    assert_eq!((ready.status, ready.body.as_str()), (200, "ready\n"));
    let version = server.get("/version");
    assert_eq!(version.status, 200);
    assert_eq!(version.header("content-type"), Some("application/json"));
    assert_eq!(version.json(), serde_json::json!({"version": "1.0.0", "commit": COMMIT, "environment": "dev"}));
}

#[test]
fn what_is_not_there_is_a_problem() {
    let server = Server::start(&[]);
    let missing = server.get("/versions?x=1");
    assert_eq!(missing.status, 404);
    assert_eq!(missing.header("content-type"), Some("application/problem+json"));
    let id = missing.header("x-request-id").expect("a name");
    assert_eq!(
        missing.json(),
        serde_json::json!({"type": "about:blank", "title": "Not Found", "status": 404, "detail": "there is nothing at /versions", "request_id": id})
    );
}

#[test]
fn a_wrong_method_is_a_problem_that_names_the_right_ones() {
    let server = Server::start(&[]);
    for path in ["/healthz", "/readyz", "/version"] {
        let refused = server.send("POST", path);
        assert_eq!(refused.status, 405, "{path}");
        assert_eq!(refused.header("allow"), Some("GET,HEAD"), "{path}");
        assert_eq!(refused.header("content-type"), Some("application/problem+json"), "{path}");
        let id = refused.header("x-request-id").expect("a name");
        assert_eq!(
            refused.json(),
            serde_json::json!({"type": "about:blank", "title": "Method Not Allowed", "status": 405, "detail": format!("{path} does not answer POST"), "request_id": id})
        );
    }
}

#[test]
fn it_is_ready_in_a_moment() {
    let begun = Instant::now();
    let server = Server::start(&[]);
    assert_eq!(server.get("/readyz").status, 200);
    // Milliseconds when the machine is free; the bound allows for a busy one and still catches a start that waits on something.
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}

/// A request whose head is still on its way when the signal comes is in flight: it is answered, then the process ends in order.
#[test]
fn what_is_in_flight_at_sigterm_is_finished() {
    let mut server = Server::start(&[("SLIPWAY_DRAIN_SECONDS", "1"), ("SLIPWAY_FINISH_SECONDS", "20")]);
    let mut slow = server.connect();
    slow.write_all(b"GET /version HTTP/1.1\r\nHost: localhost\r\n").expect("half a request");
    server.terminate();

    // Draining: still answering, no longer wanting traffic.
    let withdrawn = server.until("/readyz turns 503", |server| {
        let ready = server.get("/readyz");
        (ready.status != 200).then_some(ready)
    });
    assert_eq!(withdrawn.status, 503);
    assert_eq!(withdrawn.json()["detail"], "this process is shutting down");
    assert_eq!(server.get("/healthz").status, 200);

    // Closed: nobody new comes in.
    let address = server.address();
    server.until("the listener closes", |_| TcpStream::connect(address).is_err().then_some(()));
    assert!(server.is_running(), "it left though a request was in flight");

    slow.write_all(b"\r\n").expect("the other half");
    let mut answer = String::new();
    slow.read_to_string(&mut answer).expect("an answer, then the end of the connection");
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.contains(COMMIT), "{answer}");
    let ended = server.wait();
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    assert!(ended.log.contains(r#""message":"stopped""#), "{}", ended.log);
}

/// One connection asks again and again: the answer that comes after the signal is the last one, and nothing is lost.
#[test]
fn a_connection_that_is_kept_alive_is_let_go_between_requests() {
    let mut server = Server::start(&[("SLIPWAY_DRAIN_SECONDS", "0"), ("SLIPWAY_FINISH_SECONDS", "20")]);
    let mut kept = server.connect();
    let ask = |connection: &mut TcpStream| {
        connection.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("a request");
        let mut answer = String::new();
        while !answer.ends_with("alive\n") {
            let mut part = [0; 1024];
            let length = connection.read(&mut part).expect("an answer");
            assert_ne!(length, 0, "it was closed within an answer: {answer}");
            answer.push_str(std::str::from_utf8(&part[..length]).expect("UTF-8"));
        }
        answer
    };
    for _ in 0..3 {
        assert!(!ask(&mut kept).contains("connection: close"));
    }
    // Idle: it is closed as soon as the listener is, and holds the end up no longer.
    let begun = Instant::now();
    server.terminate();
    assert_eq!(kept.read(&mut [0; 1]).expect("the end"), 0);
    let ended = server.wait();
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
}

#[test]
fn what_never_finishes_is_cut_and_told() {
    let mut server = Server::start(&[("SLIPWAY_DRAIN_SECONDS", "0"), ("SLIPWAY_FINISH_SECONDS", "1")]);
    let mut stuck = server.connect();
    stuck.write_all(b"GET /version HTTP/1.1\r\n").expect("half a request");
    server.get("/healthz");
    let begun = Instant::now();
    server.terminate();
    let ended = server.wait();
    assert!(begun.elapsed() >= Duration::from_secs(1), "{:?}", begun.elapsed());
    assert_eq!(ended.code, Some(1), "{}", ended.log);
    assert!(ended.log.contains("they had not finished 1 s after the listener closed"), "{}", ended.log);
}

#[test]
fn without_requests_it_leaves_after_the_drain() {
    let mut server = Server::start(&[("SLIPWAY_DRAIN_SECONDS", "0")]);
    let idle = server.connect();
    assert_eq!(server.get("/readyz").status, 200);
    server.interrupt();
    let ended = server.wait();
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    drop(idle);
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let mut server = Server::start(&[("SLIPWAY_DRAIN_SECONDS", "120")]);
    server.terminate();
    server.until("/readyz turns 503", |server| (server.get("/readyz").status == 503).then_some(()));
    server.terminate();
    let ended = server.wait();
    assert_eq!(ended.code, Some(1), "{}", ended.log);
    assert!(ended.log.contains("a second signal (SIGTERM)"), "{}", ended.log);
}

#[test]
fn a_port_that_is_taken_is_an_error() {
    let server = Server::start(&[]);
    let output =
        app(&[("SLIPWAY_LISTEN", &server.address().to_string())]).arg("serve").output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(1));
    let log = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(log.contains("can't listen on 127.0.0.1:"), "{log}");
    assert!(log.contains("in use"), "{log}");
}

#[test]
fn wrong_variables_are_all_named() {
    let output =
        app(&[("SLIPWAY_LISTEN", "nowhere"), ("SLIPWAY_COMMIT", "x")]).arg("serve").output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(1));
    let log = String::from_utf8(output.stdout).expect("UTF-8");
    let named: Vec<String> = log
        .lines()
        .map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).expect("a line of JSON");
            line["variable"].as_str().expect("a variable").to_owned()
        })
        .collect();
    assert_eq!(named, ["SLIPWAY_LISTEN", "SLIPWAY_COMMIT"]);
}

#[test]
fn the_health_check_tells_life_from_death() {
    let mut server = Server::start(&[("SLIPWAY_DRAIN_SECONDS", "0")]);
    let listen = server.address().to_string();
    let healthcheck =
        || app(&[("SLIPWAY_LISTEN", &listen)]).arg("healthcheck").output().expect("the binary runs").status.code();
    assert_eq!(healthcheck(), Some(0));
    server.terminate();
    server.wait();
    assert_eq!(healthcheck(), Some(1));
}
