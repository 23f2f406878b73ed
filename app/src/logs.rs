//! One JSON object a line on standard output, which is where ECS and Kubernetes collect it.

use tracing_subscriber::EnvFilter;

pub(crate) fn default_filter() -> EnvFilter {
    EnvFilter::new("info")
}

/// Called once, from `main`, before anything is logged.
pub(crate) fn start(filter: EnvFilter) {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_env_filter(filter)
        .init();
}
