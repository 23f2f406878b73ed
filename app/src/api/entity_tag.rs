//! Updates of what somebody has seen, and of nothing newer: `ETag` and `If-Match` (RFC 9110, section 13.1.1).

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::problem::Problem;

/// The header `If-Match`, where there is one. Any tag that is not the one of a revision matches none.
pub(crate) struct IfMatch(Option<String>);

impl IfMatch {
    /// # Errors
    ///
    /// 428 when it is not said what was seen; 412 when that is not what there is.
    pub(crate) fn must_be(&self, revision: u32) -> Result<(), Problem> {
        match self.0.as_deref() {
            None => Err(Problem::new(
                StatusCode::PRECONDITION_REQUIRED,
                "say in If-Match which ETag you have seen, so that nothing newer is overwritten",
            )),
            Some(given) if given == "*" || given == tag(revision) => Ok(()),
            Some(_) => Err(stale()),
        }
    }

    /// Whether nothing was said.
    pub(crate) const fn is_absent(&self) -> bool {
        self.0.is_none()
    }
}

/// Somebody else was faster.
pub(crate) fn stale() -> Problem {
    Problem::new(StatusCode::PRECONDITION_FAILED, "it has changed since: read it again")
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let value = parts.headers.get(header::IF_MATCH);
        Ok(Self(value.map(|value| value.to_str().unwrap_or_default().trim().to_owned())))
    }
}

fn tag(revision: u32) -> String {
    format!("\"{revision}\"")
}

/// A resource as it is in a revision.
pub(crate) struct Tagged<T> {
    pub(crate) revision: u32,
    pub(crate) body: T,
}

impl<T: Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.body).into_response();
        if let Ok(tag) = HeaderValue::try_from(tag(self.revision)) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}
