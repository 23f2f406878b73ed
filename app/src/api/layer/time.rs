//! How long a request may take.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::api::body;
use crate::configuration::Times;
use crate::problem::Problem;

/// A client that is slow with its body is told 408 before; what takes so long is ours.
pub(crate) async fn layer(State(times): State<Times>, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(body::Time(times.body));
    tokio::time::timeout(times.request, next.run(request)).await.unwrap_or_else(|_| {
        tracing::warn!(after_s = times.request.as_secs(), "a request was cut: it took too long");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "this took too long, and was given up").into_response()
    })
}
