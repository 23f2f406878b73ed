//! Documents on the wire: one is sent as it is, and an answer is kept as it came. No member is lost on the way through the
//! SDK, and none needs code of ours.

use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::AfterDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use serde_json::Value;

use crate::aws_document::Document;

/// For `customize().mutate_request(…)`, which comes before the request is signed: the document takes the place of the body
/// that the SDK made.
pub(crate) fn sending(document: Document) -> impl Fn(&mut HttpRequest) + Send + Sync + 'static {
    let body = Value::Object(document).to_string();
    move |request| {
        request.headers_mut().insert("content-length", body.len().to_string());
        *request.body_mut() = SdkBody::from(body.as_str());
    }
}

/// Keeps the body of an answer: for SDKs that do not write their structures as JSON again.
#[derive(Debug, Clone, Default)]
pub(crate) struct AnswerBody(Arc<Mutex<Vec<u8>>>);

impl AnswerBody {
    pub(crate) fn document(&self) -> Result<Document, String> {
        let body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        serde_json::from_slice(&body).map_err(|error| format!("the answer is no JSON object: {error}"))
    }

    /// The objects of a list in it.
    pub(crate) fn items(&self, name: &str) -> Result<Vec<Document>, String> {
        let Some(items) = self.document()?.remove(name) else { return Ok(Vec::new()) };
        serde_json::from_value(items).map_err(|error| format!("{name} is no list of objects: {error}"))
    }
}

impl Intercept for AnswerBody {
    fn name(&self) -> &'static str {
        "AnswerBody"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response().body().bytes().unwrap_or_default();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = body.to_vec();
        Ok(())
    }
}
