//! A panic ends one request, not the process.

use std::any::Any;

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use tower_http::catch_panic::CatchPanicLayer;

use crate::problem::Problem;

type Answer = fn(Box<dyn Any + Send>) -> Response;

pub(crate) fn layer() -> CatchPanicLayer<Answer> {
    CatchPanicLayer::custom(answer as Answer)
}

/// The panic hook has logged it, within the request's span.
fn answer(_panic: Box<dyn Any + Send>) -> Response {
    let detail = "this is a fault of the server's, and in its log";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail).into_response()
}
