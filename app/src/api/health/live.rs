//! `GET /healthz`: the process answers. A failure here is a reason to restart it.

use axum::http::StatusCode;

pub(crate) async fn handler() -> (StatusCode, &'static str) {
    (StatusCode::OK, "alive\n")
}
