//! What is known of requests afterwards: numbers, logs and traces.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use serde_json::{Value, json};
use xtask::database::Database;

use crate::control_plane::{add_user, signing_key};
use crate::server::{PASSWORD, Server, app};

#[test]
fn prometheus_asks_on_a_port_of_its_own() {
    let database = Database::start("").expect("a server");
    let (url, keys) = (database.url("owner"), signing_key());
    let variables = [
        ("SLIPWAY_DATABASE_URL", url.as_str()),
        ("SLIPWAY_SIGNING_KEYS", keys.as_str()),
        ("SLIPWAY_METRICS_LISTEN", "127.0.0.1:0"),
        ("SLIPWAY_DRAIN_SECONDS", "0"),
    ];
    assert!(app(&variables).arg("migrate").status().expect("the binary runs").success());
    let mut server = Server::start(&variables);
    assert_eq!(server.get("/readyz").status, 200);
    assert_eq!(server.get("/v1/builds/nonsense").status, 401);
    assert_eq!(server.get("/metrics").status, 404, "nobody outside asks for it");

    let told = server.metrics();
    assert_eq!((told.status, told.header("content-type")), (200, Some("text/plain; version=0.0.4; charset=utf-8")));
    for line in [
        r#"http_server_requests_total{method="GET",route="/v1/builds/{id}",status="4xx"} 1"#,
        r#"http_server_requests_total{method="GET",route="unmatched",status="4xx"} 1"#,
        r#"slipway_build_info{version="1.0.0",commit="0123456789abcdef0123456789abcdef01234567",environment="dev"} 1"#,
        r#"database_connections{pool="writer",state="idle"} 1"#,
        r#"database_connections{pool="writer",state="in_use"} 0"#,
        "http_server_requests_in_flight 0",
        "# TYPE http_server_request_duration_seconds histogram",
    ] {
        assert!(told.body.lines().any(|told| told == line), "{line}\n{}", told.body);
    }
    #[cfg(target_os = "linux")]
    assert!(told.body.contains("\nprocess_resident_memory_bytes "), "{}", told.body);
    server.terminate();
    let ended = server.wait();
    assert_eq!(ended.code, Some(0), "{}", ended.log);
}

#[test]
fn a_port_for_metrics_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    for (variable, other) in
        [("SLIPWAY_LISTEN", "SLIPWAY_METRICS_LISTEN"), ("SLIPWAY_METRICS_LISTEN", "SLIPWAY_LISTEN")]
    {
        let output = app(&[(variable, &address), (other, "127.0.0.1:0")]).arg("serve").output().expect("it runs");
        assert_eq!(output.status.code(), Some(1));
        let log = String::from_utf8(output.stdout).expect("UTF-8");
        assert!(log.contains(&format!("can't listen on {address}, which {variable} names")), "{log}");
    }
}

#[test]
fn logs_are_json_and_hold_no_secret() {
    let database = Database::start("").expect("a server");
    let (url, keys) = (database.url("owner"), signing_key());
    let variables = [
        ("SLIPWAY_DATABASE_URL", url.as_str()),
        ("SLIPWAY_SIGNING_KEYS", keys.as_str()),
        ("SLIPWAY_DRAIN_SECONDS", "0"),
        // All that there is to tell.
        ("SLIPWAY_LOG", "trace"),
    ];
    assert!(app(&variables).arg("migrate").status().expect("the binary runs").success());
    assert_eq!(add_user(&variables, "ada@example.com").0, Some(0));
    let mut server = Server::start(&variables);
    let tokens = server.post("/v1/sessions", &json!({"email": "ada@example.com", "password": PASSWORD})).json();
    let (access, refresh) = (tokens["access_token"].as_str(), tokens["refresh_token"].as_str());
    let (access, refresh) = (access.expect("a token").to_owned(), refresh.expect("a token").to_owned());
    assert_eq!(server.get_as(&access, "/v1/users/me?password=in-the-query").status, 200);
    assert_eq!(server.post("/v1/sessions/refresh", &json!({"refresh_token": refresh})).status, 200);
    assert_eq!(
        server.post("/v1/sessions", &json!({"email": "ada@example.com", "password": "a wrong one"})).status,
        401
    );
    let missing = server.get("/line%0Abreak\"{");
    server.terminate();
    let ended = server.wait();
    assert_eq!(ended.code, Some(0));

    let lines: Vec<Value> = ended.log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let id = missing.header("x-request-id").expect("a name");
    let answered = lines.iter().find(|line| line["span"]["request_id"] == id && line["message"] == "answered");
    let answered = answered.expect("a line of the request");
    assert_eq!((&answered["status"], &answered["route"]), (&json!(404), &json!("unmatched")));
    assert_eq!((&answered["span"]["method"], &answered["span"]["client"]), (&json!("GET"), &json!("127.0.0.1")));
    assert!(answered["duration_ms"].is_f64() && answered["timestamp"].is_string(), "{answered}");
    let key = keys.lines().nth(1).expect("the key's only line");
    for secret in [PASSWORD, "a wrong one", "throwaway", &access, &refresh, key, "in-the-query"] {
        let line = ended.log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
    }
}

/// What collects traces: answers one request after another and hands their bodies on.
fn collector() -> (String, mpsc::Receiver<(String, Vec<u8>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let (sender, received) = mpsc::channel();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let sender = sender.clone();
            std::thread::spawn(move || collect(connection.expect("a connection"), &sender));
        }
    });
    (url, received)
}

fn collect(mut connection: TcpStream, sender: &mpsc::Sender<(String, Vec<u8>)>) {
    let mut input = BufReader::new(connection.try_clone().expect("the same connection"));
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if input.read_line(&mut head).expect("a line") == 0 {
                return;
            }
        }
        let length =
            head.to_ascii_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        let mut body = vec![0; length.expect("a length")];
        input.read_exact(&mut body).expect("a body");
        let sent = sender.send((head.lines().next().unwrap_or_default().to_owned(), body));
        connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").expect("an answer");
        if sent.is_err() {
            return;
        }
    }
}

fn attribute(attributes: &[KeyValue], name: &str) -> Value {
    let found = attributes.iter().find(|attribute| attribute.key == name).and_then(|attribute| attribute.value.clone());
    match found {
        Some(AnyValue { value: Some(any_value::Value::StringValue(text)) }) => json!(text),
        Some(AnyValue { value: Some(any_value::Value::IntValue(number)) }) => json!(number),
        _ => Value::Null,
    }
}

#[test]
fn each_request_is_a_span_of_its_callers_trace_and_arrives_before_the_end() {
    let (url, received) = collector();
    let mut server = Server::start(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &url),
        ("SLIPWAY_DRAIN_SECONDS", "0"),
        // What is traced does not depend on what is logged; but the first line has to be there.
        ("SLIPWAY_LOG", "off,app::command=info"),
    ]);
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let parent = format!("00-{trace}-00f067aa0ba902b7-01");
    assert_eq!(server.get_with("/version", &[("traceparent", &parent), ("x-request-id", "one")]).status, 200);
    assert_eq!(server.get_with("/nothing", &[("traceparent", "nonsense"), ("x-request-id", "two")]).status, 404);
    server.terminate();
    let ended = server.wait();
    assert_eq!(ended.code, Some(0), "{}", ended.log);

    // The process has ended: whatever it sent has arrived.
    let mut spans: Vec<Span> = Vec::new();
    for (line, body) in received.try_iter() {
        assert_eq!(line, "POST /v1/traces HTTP/1.1");
        let request = ExportTraceServiceRequest::decode(&*body).expect("spans");
        for resource in request.resource_spans {
            let attributes = resource.resource.expect("a resource").attributes;
            assert_eq!(attribute(&attributes, "service.name"), "slipway");
            assert_eq!(attribute(&attributes, "service.version"), "1.0.0");
            assert_eq!(attribute(&attributes, "deployment.environment.name"), "dev");
            spans.extend(resource.scope_spans.into_iter().flat_map(|scope| scope.spans));
        }
    }
    let span = |id: &str| {
        let found = spans.iter().find(|span| attribute(&span.attributes, "request_id") == id);
        found.unwrap_or_else(|| panic!("no span of request {id}: {spans:?}"))
    };
    let (one, two) = (span("one"), span("two"));
    let hexadecimal = |id: &[u8]| id.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(one.name, "GET /version");
    assert_eq!(
        (hexadecimal(&one.trace_id), hexadecimal(&one.parent_span_id)),
        (trace.to_owned(), "00f067aa0ba902b7".to_owned())
    );
    assert_eq!(attribute(&one.attributes, "http.route"), "/version");
    assert_eq!(attribute(&one.attributes, "http.request.method"), "GET");
    assert_eq!(attribute(&one.attributes, "http.response.status_code"), 200);
    assert_eq!((two.name.as_str(), two.parent_span_id.len()), ("GET unmatched", 0));
    assert_ne!(hexadecimal(&two.trace_id), trace);
    assert_eq!(attribute(&two.attributes, "http.response.status_code"), 404);
}

#[test]
fn a_collector_that_is_away_holds_nobody_up() {
    let mut server =
        Server::start(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"), ("SLIPWAY_DRAIN_SECONDS", "0")]);
    assert_eq!(server.get("/version").status, 200);
    server.terminate();
    let ended = server.wait();
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    for line in ended.log.lines() {
        serde_json::from_str::<Value>(line).expect(line);
    }
}
