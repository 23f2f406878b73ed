//! What Prometheus asks for: `/metrics`, on a port of its own that no load balancer leads to.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use metrics::{describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use crate::configuration::Configuration;
use crate::store::Store;

pub(crate) const REQUESTS: &str = "http_server_requests_total";
pub(crate) const DURATION: &str = "http_server_request_duration_seconds";
pub(crate) const IN_FLIGHT: &str = "http_server_requests_in_flight";
const CONNECTIONS: &str = "database_connections";
const MEMORY: &str = "process_resident_memory_bytes";

/// Seconds. Most answers take milliseconds; a login takes its hash; 30 is where requests are cut.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// How often samples are folded into buckets, so that they do not pile up where nobody asks.
const UPKEEP: Duration = Duration::from_secs(5);

/// Where measurements are kept.
pub(crate) fn recorder() -> Result<PrometheusRecorder, BuildError> {
    Ok(PrometheusBuilder::new().set_buckets(&BUCKETS)?.build_recorder())
}

/// What the measurements of the recorder in use are called. Tells which build this is.
pub(crate) fn describe(configuration: &Configuration) {
    describe_counter!(REQUESTS, "Requests that were answered, by route, method and class of status");
    describe_histogram!(DURATION, "From a request's head to its answer's");
    describe_gauge!(IN_FLIGHT, "Requests that are being answered");
    describe_gauge!(CONNECTIONS, "Connections of the pools to the database");
    describe_gauge!(MEMORY, "Memory of this process that is not swapped out");
    let Configuration { version, commit, environment, .. } = configuration;
    let build = [("version", version.clone()), ("commit", commit.clone()), ("environment", environment.clone())];
    gauge!("slipway_build_info", &build).set(1.0);
}

pub(crate) fn router(handle: PrometheusHandle, store: Option<Arc<dyn Store>>) -> Router {
    Router::new().route("/metrics", get(async move || render(&handle, store.as_deref())))
}

/// Without end.
pub(crate) async fn keep_up(handle: PrometheusHandle) {
    let mut interval = tokio::time::interval(UPKEEP);
    loop {
        interval.tick().await;
        handle.run_upkeep();
    }
}

fn render(handle: &PrometheusHandle, store: Option<&dyn Store>) -> impl IntoResponse + use<> {
    for pool in store.map(Store::pools).unwrap_or_default() {
        gauge!(CONNECTIONS, "pool" => pool.name, "state" => "in_use").set(f64::from(pool.in_use));
        gauge!(CONNECTIONS, "pool" => pool.name, "state" => "idle").set(f64::from(pool.idle));
    }
    if let Some(kibibytes) = resident_kibibytes() {
        gauge!(MEMORY).set(kibibytes * 1024.0);
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], handle.render())
}

/// Where the kernel tells it, as Linux does.
fn resident_kibibytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
