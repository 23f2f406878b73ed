//! What is known of each request afterwards: a line in the log, numbers for Prometheus, a span of its trace.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use metrics::{counter, gauge, histogram};
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::Status;
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Instrument as _;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::client::ClientAddress;
use super::request_id::RequestId;
use crate::scrape::{DURATION, IN_FLIGHT, REQUESTS};

/// Characters of a path that are logged.
const LONGEST_PATH: usize = 256;

pub(crate) async fn layer(client: ClientAddress, request: Request, next: Next) -> Response {
    let method = name(request.method());
    // Never the path itself: whoever asks for nonsense would make a new series with each request.
    let route = request.extensions().get().map_or("unmatched", MatchedPath::as_str).to_owned();
    let path: String = request.uri().path().chars().take(LONGEST_PATH).collect();
    let id = request.extensions().get().map_or_else(String::new, |RequestId(id)| id.clone());
    // Of the highest level: a filter that lets an event through lets it tell its request.
    let span = tracing::error_span!(
        "request", otel.name = %format_args!("{method} {route}"), otel.kind = "server", method, path, request_id = id,
        client = %client.0,
    );
    // No layer for traces, no parent.
    let _ = span.set_parent(TraceContextPropagator::new().extract(&HeaderExtractor(request.headers())));
    span.set_attribute("http.request.method", method);
    span.set_attribute("http.route", route.clone());
    let (begun, in_flight) = (Instant::now(), InFlight::new());
    async {
        let response = next.run(request).await;
        drop(in_flight);
        let (status, duration) = (response.status(), begun.elapsed());
        let class = format!("{}xx", status.as_u16() / 100);
        counter!(REQUESTS, "method" => method, "route" => route.clone(), "status" => class.clone()).increment(1);
        histogram!(DURATION, "method" => method, "route" => route.clone(), "status" => class).record(duration);
        let span = tracing::Span::current();
        span.set_attribute("http.response.status_code", i64::from(status.as_u16()));
        if status.is_server_error() {
            span.set_status(Status::error(status.to_string()));
        }
        let duration_ms = duration.as_secs_f64() * 1000.0;
        tracing::info!(status = status.as_u16(), duration_ms, route, "answered");
        response
    }
    .instrument(span)
    .await
}

/// One of a few: a client may make up methods, too.
fn name(method: &Method) -> &'static str {
    let known = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS, Method::PATCH];
    let names = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"];
    known.iter().position(|known| known == method).map_or("_OTHER", |index| names[index])
}

/// Until it is dropped, also where the client goes away before its answer.
struct InFlight;

impl InFlight {
    fn new() -> Self {
        gauge!(IN_FLIGHT).increment(1.0);
        Self
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        gauge!(IN_FLIGHT).decrement(1.0);
    }
}
