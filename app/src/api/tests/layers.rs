//! What happens to every request.

use std::io::Read as _;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, Request, header};
use axum::routing::get;
use flate2::read::GzDecoder;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{App, text};
use crate::configuration::{Http, Times};
use crate::scrape;

const ORIGIN: &str = "https://console.slipway.example";

fn with_origin() -> App {
    App::configured(Http { origins: vec![HeaderValue::from_static(ORIGIN)], ..Http::default() })
}

#[tokio::test]
async fn a_request_has_a_name_and_keeps_the_one_it_brings() {
    let app = App::start();
    let named = async |id: &str| {
        let answer = app.ask_with("GET", "/nothing", "", Value::Null, &[("x-request-id", id)]).await;
        assert_eq!(text(&answer.body, "request_id"), answer.headers["x-request-id"]);
        text(&answer.body, "request_id").to_owned()
    };
    assert_eq!(named("Root-1_67891233-abcdef").await, "Root-1_67891233-abcdef");
    let longest = "a".repeat(64);
    assert_eq!(named(&longest).await, longest);
    for unfit in ["", "a b", "a\"b", &"a".repeat(65), "a;b"] {
        let id = named(unfit).await;
        assert!(id != unfit && id.parse::<ulid::Ulid>().is_ok(), "{unfit}: {id}");
    }
    assert_ne!(named("").await, named("").await);
}

#[tokio::test]
async fn a_panic_is_a_problem_and_no_more() {
    async fn panics() {
        panic!("a secret of the server's")
    }
    let app = App::serving(Http::default(), Router::new().route("/panics", get(panics)));
    let answer = app.ask("GET", "/panics", "", Value::Null).await;
    assert_eq!((answer.status.as_u16(), &*answer.content_type), (500, "application/problem+json"));
    assert!(!answer.body.to_string().contains("secret"), "{answer:?}");
    assert_eq!(text(&answer.body, "request_id"), answer.headers["x-request-id"]);
    assert_eq!(app.ask("GET", "/version", "", Value::Null).await.status, 200);
}

#[tokio::test]
async fn what_takes_too_long_is_given_up() {
    let times = Times { request: Duration::from_millis(20), ..Times::default() };
    let hangs = Router::new().route("/hangs", get(std::future::pending::<()>));
    let app = App::serving(Http { times, ..Http::default() }, hangs);
    let answer = app.ask("GET", "/hangs", "", Value::Null).await;
    assert_eq!((answer.status.as_u16(), &*answer.content_type), (503, "application/problem+json"), "{answer:?}");
    assert_eq!(answer.headers[header::RETRY_AFTER], "5");
}

#[tokio::test]
async fn browsers_are_told_what_to_refuse() {
    let app = with_origin();
    for path in ["/version", "/v1/users/me", "/nothing", "/openapi.json", "/readyz"] {
        let answer = app.ask("GET", path, "", Value::Null).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
            ("strict-transport-security", "max-age=63072000; includeSubDomains"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ] {
            assert_eq!(answer.headers[name], value, "{path} {name}");
        }
        let cached = answer.headers.get(header::CACHE_CONTROL).map(|value| value == "no-store");
        assert_eq!(cached, path.starts_with("/v1/").then_some(true), "{path}");
    }
}

#[tokio::test]
async fn pages_of_other_origins_ask_only_where_they_are_named() {
    let preflight = [("access-control-request-method", "PUT"), ("access-control-request-headers", "authorization")];
    let ask = async |app: &App, method: &str, origin: &str| {
        let headers: Vec<_> = [("origin", origin)].into_iter().chain(preflight).collect();
        app.ask_with(method, "/v1/users/me/password", "", Value::Null, &headers).await
    };
    let allowed = |answer: &super::Answer| {
        answer.headers.get("access-control-allow-origin").map(|origin| origin.to_str().expect("text").to_owned())
    };
    let app = with_origin();
    let answer = ask(&app, "OPTIONS", ORIGIN).await;
    assert_eq!((answer.status.as_u16(), allowed(&answer).as_deref()), (200, Some(ORIGIN)), "{answer:?}");
    let methods = answer.headers["access-control-allow-methods"].to_str().expect("text");
    assert!(methods.contains("PUT") && methods.contains("DELETE"), "{methods}");
    assert!(answer.headers["access-control-allow-headers"].to_str().expect("text").contains("authorization"));
    assert!(answer.headers.get("access-control-allow-credentials").is_none());
    assert!(answer.headers[header::VARY].to_str().expect("text").contains("origin"));
    // The script has to see what is wrong, too.
    assert_eq!(allowed(&ask(&app, "PUT", ORIGIN).await).as_deref(), Some(ORIGIN));

    let others = [
        "https://evil.example",
        "https://console.slipway.example.evil.example",
        "null",
        "http://console.slipway.example",
    ];
    for origin in others {
        assert_eq!(allowed(&ask(&app, "OPTIONS", origin).await), None, "{origin}");
        assert_eq!(allowed(&ask(&app, "PUT", origin).await), None, "{origin}");
    }
    let closed = App::start();
    assert_eq!(allowed(&ask(&closed, "OPTIONS", ORIGIN).await), None);
    assert_eq!(allowed(&ask(&closed, "PUT", ORIGIN).await), None);
}

#[tokio::test]
async fn large_answers_are_compressed() {
    let app = App::start();
    let ask = async |path: &str, accepted: &str| {
        let request = Request::get(path).header(header::ACCEPT_ENCODING, accepted).body(Body::empty());
        let response = app.router.clone().oneshot(request.expect("a request")).await.expect("an answer");
        let encoding = response.headers().get(header::CONTENT_ENCODING).cloned();
        let size = to_bytes(response.into_body(), 1 << 20).await.expect("a body").len();
        (encoding.map(|encoding| encoding.to_str().expect("text").to_owned()), size)
    };
    let (plain, whole) = ask("/openapi.json", "identity").await;
    assert_eq!(plain, None);
    for name in ["gzip", "br"] {
        let (encoding, size) = ask("/openapi.json", name).await;
        assert_eq!(encoding.as_deref(), Some(name));
        assert!(size * 4 < whole, "{name}: {size} of {whole} bytes");
    }
    assert_eq!(ask("/version", "gzip, br").await.0, None, "it is small");
    let (encoding, _) = ask("/nothing", "gzip, br").await;
    assert_eq!(encoding, None, "the request's name is written into it");
}

#[tokio::test]
async fn the_page_with_the_description_needs_nothing_from_elsewhere() {
    let app = App::start();
    let ask = async |path: &str| {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        let response = app.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let mut body = Vec::from(to_bytes(body, 8 << 20).await.expect("a body"));
        if parts.headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding == "gzip") {
            let mut whole = Vec::new();
            GzDecoder::new(&*body).read_to_end(&mut whole).expect("gzip");
            body = whole;
        }
        (parts.status, parts.headers, String::from_utf8_lossy(&body).into_owned())
    };
    let (status, headers, page) = ask("/docs/").await;
    assert_eq!((status.as_u16(), &headers[header::CONTENT_TYPE]), (200, &HeaderValue::from_static("text/html")));
    let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
    assert!(policy.contains("script-src 'self';") && policy.contains("frame-ancestors 'none'"), "{policy}");
    // The policy lets no script run that is in the page itself, and nothing load that is not ours.
    assert!(!page.contains("<script>") && !page.contains("//"), "{page}");
    let named =
        page.split('"').filter(|text| text.ends_with(".js") || text.ends_with(".css") || text.ends_with(".png"));
    let named: Vec<_> = named.map(|name| name.trim_start_matches("./")).collect();
    assert!(named.len() >= 5, "{page}");
    for name in named {
        let (status, headers, _) = ask(&format!("/docs/{name}")).await;
        assert_eq!(status, 200, "{name}");
        let content_type = headers[header::CONTENT_TYPE].to_str().expect("text");
        assert!(content_type != "application/octet-stream", "{name}: {content_type}");
    }
    assert!(ask("/docs/swagger-initializer.js").await.2.contains("/openapi.json"));
    assert_eq!(ask("/docs").await.1[header::LOCATION], "/docs/");
    assert_eq!(ask("/docs/nothing.js").await.0, 404);
    assert_eq!(ask("/docs/../openapi.json").await.0, 404);
}

#[tokio::test]
async fn requests_are_counted_by_route_and_never_by_path() {
    let recorder = scrape::recorder().expect("a recorder");
    let handle = recorder.handle();
    let _measuring = metrics::set_default_local_recorder(&recorder);
    let app = App::start();
    for path in ["/v1/builds/one", "/v1/builds/two", "/nonsense/1", "/nonsense/2", "/healthz"] {
        app.ask("GET", path, "", Value::Null).await;
    }
    app.ask("BREW", "/version", "", Value::Null).await;
    app.ask("POST", "/v1/sessions", "", json!({})).await;
    let told = handle.render();
    for line in [
        r#"http_server_requests_total{method="GET",route="/v1/builds/{id}",status="4xx"} 2"#,
        r#"http_server_requests_total{method="GET",route="unmatched",status="4xx"} 2"#,
        r#"http_server_requests_total{method="_OTHER",route="/version",status="4xx"} 1"#,
        r#"http_server_requests_total{method="POST",route="/v1/sessions",status="4xx"} 1"#,
        r#"http_server_request_duration_seconds_bucket{method="POST",route="/v1/sessions",status="4xx",le="+Inf"} 1"#,
        "http_server_requests_in_flight 0",
    ] {
        assert!(told.lines().any(|told| told == line), "{line}\n{told}");
    }
    assert!(!told.contains("nonsense") && !told.contains("healthz") && !told.contains("BREW"), "{told}");
}
