//! One JSON object a line on standard output, which is where ECS and Kubernetes collect it.

use std::panic;

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Registry, fmt};

use crate::traces::Traces;

pub(crate) fn default_filter() -> EnvFilter {
    EnvFilter::new("info")
}

/// Called once, from `main`, before anything is logged. Panics are logged, too.
pub(crate) fn start(filter: EnvFilter, traces: Option<&Traces>) {
    let lines = fmt::layer().json().flatten_event(true).with_current_span(true).with_span_list(false);
    // What is traced does not depend on what is logged; and what the exporter does itself is not traced.
    let spans = traces.map(|traces| {
        let own = Targets::new().with_target(env!("CARGO_CRATE_NAME"), Level::INFO);
        tracing_opentelemetry::layer().with_tracer(traces.tracer()).with_filter(own)
    });
    Registry::default().with(lines.with_filter(filter)).with(spans).init();
    panic::set_hook(Box::new(|panicked| {
        let place = panicked.location().map(ToString::to_string);
        tracing::error!(place, "panicked: {}", panicked.payload_as_str().unwrap_or("without a message"));
    }));
}
