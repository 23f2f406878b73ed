//! Errors as the API tells them: RFC 9457, `application/problem+json`.

use std::error::Error;

use axum::Json;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::identity::PasswordError;
use crate::store::StoreError;

/// A problem without a type of its own: RFC 9457 section 4.2.1 says that `about:blank` then takes the status's phrase as title.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    /// What the answer's header `x-request-id` and the server's log call the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    /// What of the server does not work, where that is why it wants no requests.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(ignore)]
    not_ready: Vec<&'static str>,
    /// Seconds.
    #[serde(skip)]
    retry_after: Option<u64>,
}

/// Seconds after which what was away may be there again.
const AWAY: u64 = 5;

impl Problem {
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Unknown"),
            status: status.as_u16(),
            detail: detail.into(),
            request_id: None,
            not_ready: Vec::new(),
            retry_after: (status == StatusCode::SERVICE_UNAVAILABLE).then_some(AWAY),
        }
    }

    /// The same, with the name of the request that it answers.
    pub(crate) fn of_request(self, id: &str) -> Self {
        Self { request_id: Some(id.to_owned()), ..self }
    }

    /// The same as a body alone.
    pub(crate) fn into_body(self) -> Body {
        Json(self).into_response().into_body()
    }

    pub(crate) fn not_ready(not_ready: Vec<&'static str>) -> Self {
        let detail = format!("not ready: {}", not_ready.join(", "));
        Self { not_ready, ..Self::new(StatusCode::SERVICE_UNAVAILABLE, detail) }
    }

    /// `seconds`: until it is worth while to ask again.
    pub(crate) fn too_many(seconds: u64) -> Self {
        let detail = format!("too many requests: ask again in {seconds} s");
        Self { retry_after: Some(seconds), ..Self::new(StatusCode::TOO_MANY_REQUESTS, detail) }
    }

    pub(crate) fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, detail)
    }

    pub(crate) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    pub(crate) fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }

    /// A fault of ours: the log has all of it, the answer nothing.
    pub(crate) fn internal(error: &(dyn Error + 'static)) -> Self {
        tracing::error!(causes = %crate::causes(error), "{error}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "this is a fault of the server's, and in its log")
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => Self::conflict("there is one already"),
            StoreError::Unavailable(_) => {
                tracing::warn!(causes = %crate::causes(&error), "{error}");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "the database cannot be reached: ask again in some seconds")
            }
            StoreError::Inconsistent { .. } | StoreError::Refused(_) => Self::internal(&error),
        }
    }
}

impl From<PasswordError> for Problem {
    fn from(error: PasswordError) -> Self {
        Self::internal(&error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(&self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        match status {
            // RFC 6750, section 3.
            StatusCode::UNAUTHORIZED => headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            // RFC 9110, section 15.5.9: what is left of the request may still come.
            StatusCode::REQUEST_TIMEOUT => headers.insert(header::CONNECTION, HeaderValue::from_static("close")),
            _ => None,
        };
        // For whoever knows more of the request.
        response.extensions_mut().insert(self);
        response
    }
}
