//! Traces, as OpenTelemetry has them: a span a request, sent to a collector in batches.

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{ExporterBuildError, Protocol, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracerProvider, Tracer};
use reqwest::Url;

use crate::configuration::Configuration;

/// What sends them. It is asked to end, so that the last ones arrive.
pub(crate) struct Traces(SdkTracerProvider);

impl Traces {
    /// `None` where no collector is named.
    ///
    /// # Errors
    ///
    /// A variable of OpenTelemetry's own says nonsense.
    pub(crate) fn start(configuration: &Configuration) -> Result<Option<Self>, ExporterBuildError> {
        let Some(collector) = &configuration.http.collector else { return Ok(None) };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(endpoint(collector))
            .build()?;
        let Configuration { version, environment, .. } = configuration;
        let resource = Resource::builder()
            .with_service_name("slipway")
            .with_attributes([
                KeyValue::new("service.version", version.clone()),
                KeyValue::new("deployment.environment.name", environment.clone()),
            ])
            .build();
        let provider = SdkTracerProvider::builder().with_resource(resource).with_batch_exporter(exporter).build();
        Ok(Some(Self(provider)))
    }

    pub(crate) fn tracer(&self) -> Tracer {
        self.0.tracer("app")
    }

    /// Sends what is left.
    pub(crate) fn end(self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(%error, "the last traces may not have arrived");
        }
    }
}

/// <https://opentelemetry.io/docs/specs/otel/protocol/exporter/>, "Endpoint URLs for OTLP/HTTP".
fn endpoint(collector: &Url) -> String {
    format!("{}/v1/traces", collector.as_str().trim_end_matches('/'))
}
