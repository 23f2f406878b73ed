//! One JSON object a line on standard output, which is where ECS and Kubernetes collect it.

use std::io;
use std::panic::{self, PanicHookInfo};

use tracing::{Level, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Registry, fmt};

use crate::traces::Traces;

pub(crate) fn default_filter() -> EnvFilter {
    EnvFilter::new("info")
}

/// Called once, from `main`, before anything is logged. Panics are logged, too.
pub(crate) fn start(filter: EnvFilter, traces: Option<&Traces>) {
    // What is traced does not depend on what is logged; and what the exporter does itself is not traced.
    let spans = traces.map(|traces| {
        let own = Targets::new().with_target(env!("CARGO_CRATE_NAME"), Level::INFO);
        tracing_opentelemetry::layer().with_tracer(traces.tracer()).with_filter(own)
    });
    Registry::default().with(lines(io::stdout).with_filter(filter)).with(spans).init();
    panic::set_hook(Box::new(log_panic));
}

fn lines<S, W>(output: W) -> impl Layer<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    fmt::layer().json().flatten_event(true).with_current_span(true).with_span_list(false).with_writer(output)
}

fn log_panic(panicked: &PanicHookInfo<'_>) {
    let place = panicked.location().map(ToString::to_string);
    tracing::error!(place, "panicked: {}", panicked.payload_as_str().unwrap_or("without a message"));
}

#[cfg(test)]
mod tests {
    use std::io::Seek as _;
    use std::sync::Arc;

    use super::*;

    #[test]
    fn a_panic_is_one_line_and_names_its_request() {
        let output = Arc::new(tempfile::tempfile().expect("a file"));
        let subscriber = Registry::default().with(lines(Arc::clone(&output)));
        tracing::subscriber::with_default(subscriber, || {
            let usual = panic::take_hook();
            panic::set_hook(Box::new(log_panic));
            let panicked = panic::catch_unwind(|| {
                let _span = tracing::error_span!("request", request_id = "one").entered();
                panic!("two\nlines");
            });
            panic::set_hook(usual);
            panicked.expect_err("a panic");
        });
        (&*output).rewind().expect("its begin");
        let line: serde_json::Value = serde_json::from_reader(&*output).expect("one line of JSON");
        assert_eq!((&line["level"], &line["message"]), (&"ERROR".into(), &"panicked: two\nlines".into()));
        assert_eq!(line["span"]["request_id"], "one");
        assert!(line["place"].as_str().is_some_and(|place| place.contains("logs.rs:")), "{line}");
    }
}
