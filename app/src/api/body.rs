//! What a request brings, read with distrust.

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, JsonRejection};
use axum::extract::{FromRequest, OriginalUri, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use crate::configuration::Times;
use crate::problem::Problem;

/// How long a body may take to arrive; with each request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Time(pub(crate) Duration);

impl Default for Time {
    fn default() -> Self {
        Self(Times::default().body)
    }
}

/// A body of JSON. It is read when it is asked for, so that who may not ask learns nothing of it.
pub(crate) struct Body<T> {
    content: Result<T, Problem>,
    /// SHA-256 of what is asked of what: the same for a request that is sent again.
    pub(crate) fingerprint: [u8; 32],
}

impl<T> Body<T> {
    /// # Errors
    ///
    /// What is wrong with it.
    pub(crate) fn read(self) -> Result<T, Problem> {
        self.content
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let is_json = is_json(request.headers());
        let method = request.method().clone();
        // The router takes away what it has matched.
        let uri = request.extensions().get::<OriginalUri>().map_or_else(|| request.uri(), |OriginalUri(uri)| uri);
        let line = format!("{method} {}\n", uri.path());
        let bytes = received(request, state).await?;
        let fingerprint = Sha256::new().chain_update(line).chain_update(&bytes).finalize().into();
        let content = if is_json {
            Json::from_bytes(&bytes).map(|Json(content)| content).map_err(|rejection| refused(&rejection))
        } else {
            Err(not_json())
        };
        Ok(Self { content, fingerprint })
    }
}

/// A body of JSON whose every byte counts.
pub(crate) struct Document(Result<String, Problem>);

impl Document {
    /// # Errors
    ///
    /// What is wrong with it.
    pub(crate) fn read(self) -> Result<String, Problem> {
        self.0
    }
}

impl<S: Send + Sync> FromRequest<S> for Document {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let is_json = is_json(request.headers());
        let bytes = received(request, state).await?;
        Ok(Self(if is_json {
            String::from_utf8(bytes.into()).map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "the body is not UTF-8"))
        } else {
            Err(not_json())
        }))
    }
}

/// The whole body, if it comes in time.
async fn received<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    let Time(time) = request.extensions().get().copied().unwrap_or_default();
    match tokio::time::timeout(time, Bytes::from_request(request, state)).await {
        Ok(read) => read.map_err(|rejection| not_whole(&rejection)),
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            format!("the body did not arrive within {} s", time.as_secs()),
        )),
    }
}

fn not_whole(rejection: &BytesRejection) -> Problem {
    Problem::new(rejection.status(), "the body is too long or was not sent whole")
}

fn not_json() -> Problem {
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body has to be application/json")
}

fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

fn refused(rejection: &JsonRejection) -> Problem {
    match rejection {
        JsonRejection::JsonDataError(error) => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, error.body_text()),
        JsonRejection::JsonSyntaxError(_) => Problem::new(StatusCode::BAD_REQUEST, "the body is not JSON"),
        other => Problem::new(other.status(), other.body_text()),
    }
}
