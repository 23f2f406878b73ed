//! For tests: an account whose answers are made by hand, and what was sent to it, byte for byte.

use std::fmt;
use std::sync::{Arc, Mutex};

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use ops_engine::cloud::Cloud;
use serde_json::Value;

use crate::Account;

/// One request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sent {
    /// Of the JSON and the query protocol; method and path of the others.
    pub(crate) operation: String,
    pub(crate) body: Value,
}

impl Sent {
    pub(crate) fn new(operation: &str, body: Value) -> Self {
        Self { operation: operation.to_owned(), body }
    }
}

type Answer = dyn Fn(&Sent) -> (u16, String) + Send + Sync;

#[derive(Clone)]
pub(crate) struct Wire {
    answer: Arc<Answer>,
    sent: Arc<Mutex<Vec<Sent>>>,
}

impl Wire {
    /// Status and body for each request.
    pub(crate) fn answering(answer: impl Fn(&Sent) -> (u16, String) + Send + Sync + 'static) -> Self {
        Self { answer: Arc::new(answer), sent: Arc::default() }
    }

    /// The same success to every request.
    pub(crate) fn succeeding(body: &Value) -> Self {
        let body = body.to_string();
        Self::answering(move |_| (200, body.clone()))
    }

    pub(crate) fn cloud(&self) -> Cloud {
        Account::new(&self.config(), None).cloud()
    }

    pub(crate) fn config(&self) -> SdkConfig {
        let credentials = aws_sdk_ecs::config::Credentials::new("key", "secret", None, None, "test");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("ap-northeast-2"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .retry_config(RetryConfig::disabled())
            .http_client(self.clone())
            .build()
    }

    /// In the order of their sending.
    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.sent.lock().expect("unpoisoned").clone()
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = request.body().bytes().expect("a body in memory");
        // A link that AWS gave is signed already.
        let link = request.uri().contains("X-Amz-Signature=");
        let signed = request.headers().get("authorization").is_some_and(|signed| signed.contains("Signature="));
        assert!(signed != link, "{request:?}");
        if let Some(length) = request.headers().get("content-length") {
            assert_eq!(length, body.len().to_string());
        }
        let text = String::from_utf8(body.to_vec()).expect("text");
        let target = request.headers().get("x-amz-target").and_then(|target| target.rsplit('.').next());
        let action = text.strip_prefix("Action=").and_then(|rest| rest.split('&').next());
        let path = request.uri().trim_start_matches("https://").split_once('/').map_or("", |(_, path)| path);
        let operation = target.or(action).map_or_else(|| format!("{} /{path}", request.method()), str::to_owned);
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        let sent = Sent { operation, body };
        let (status, answer) = (self.answer)(&sent);
        self.sent.lock().expect("unpoisoned").push(sent);
        let status = status.try_into().expect("a status");
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(answer))))
    }
}

impl HttpClient for Wire {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Wire").finish_non_exhaustive()
    }
}

/// An error of the JSON protocols.
pub(crate) fn refusal(code: &str, message: &str) -> (u16, String) {
    (400, serde_json::json!({"__type": code, "message": message}).to_string())
}
