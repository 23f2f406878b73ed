//! `GET /readyz`: the process wants traffic. A failure here is a reason to send none, and none to restart it.

use axum::extract::State;
use axum::http::StatusCode;

use crate::problem::Problem;
use crate::readiness::Readiness;

pub(crate) async fn handler(State(readiness): State<Readiness>) -> Result<&'static str, Problem> {
    if readiness.is_withdrawn() {
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "this process is shutting down"));
    }
    let missing = readiness.missing().await;
    if missing.is_empty() { Ok("ready\n") } else { Err(Problem::not_ready(missing)) }
}
