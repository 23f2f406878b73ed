use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use ops_engine::cloud::CallCounter;

/// Calls of all clients of one account, by `service:Operation`.
#[derive(Debug, Clone, Default)]
pub(crate) struct SentCalls(Arc<Mutex<Counts>>);

#[derive(Debug, Default)]
struct Counts {
    calls: BTreeMap<String, u32>,
    attempts: BTreeMap<String, u32>,
}

impl SentCalls {
    /// What counts the calls of one client; `service` is the prefix that IAM policies use.
    pub(crate) fn counter(&self, service: &'static str) -> CountCalls {
        CountCalls { service, sent: self.clone() }
    }

    /// Every request that was sent, retries included.
    pub(crate) fn attempts(&self) -> BTreeMap<String, u32> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).attempts.clone()
    }
}

impl CallCounter for SentCalls {
    fn calls(&self) -> BTreeMap<String, u32> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).calls.clone()
    }
}

#[derive(Debug)]
pub(crate) struct CountCalls {
    service: &'static str,
    sent: SentCalls,
}

impl Intercept for CountCalls {
    fn name(&self) -> &'static str {
        "CountCalls"
    }

    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let operation = config.load::<Metadata>().map_or("unknown", Metadata::name);
        let call = format!("{}:{operation}", self.service);
        let first = config.load::<RequestAttempts>().is_none_or(|attempt| attempt.attempts() <= 1);
        let mut counts = self.sent.0.lock().unwrap_or_else(PoisonError::into_inner);
        if first {
            *counts.calls.entry(call.clone()).or_default() += 1;
        }
        *counts.attempts.entry(call).or_default() += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use aws_sdk_ecs::Client;
    use aws_sdk_ecs::config::retry::RetryConfig;
    use aws_sdk_ecs::operation::list_services::ListServicesOutput;
    use aws_smithy_mocks::{RuleMode, mock, mock_client};

    use super::*;

    #[tokio::test]
    async fn a_retried_call_counts_once() {
        let rule = mock!(Client::list_services)
            .sequence()
            .http_status(503, None)
            .times(2)
            .output(|| ListServicesOutput::builder().build())
            .build();
        let sent = SentCalls::default();
        let counter = sent.clone();
        let client = mock_client!(aws_sdk_ecs, RuleMode::Sequential, [&rule], |config| config
            .interceptor(counter.counter("ecs"))
            .retry_config(RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(1))));
        client.list_services().send().await.expect("the third attempt succeeds");
        assert_eq!(sent.calls(), BTreeMap::from([("ecs:ListServices".to_owned(), 1)]));
        assert_eq!(sent.attempts(), BTreeMap::from([("ecs:ListServices".to_owned(), 3)]));
    }
}
