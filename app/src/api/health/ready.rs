//! `GET /readyz`: the process wants traffic. A failure here is a reason to send none, and none to restart it.

use axum::extract::State;
use axum::http::StatusCode;

use crate::control_plane::ControlPlane;
use crate::problem::Problem;
use crate::readiness::Readiness;

pub(crate) async fn handler(
    State(readiness): State<Readiness>,
    State(control_plane): State<Option<ControlPlane>>,
) -> Result<&'static str, Problem> {
    if !readiness.is_ready() {
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "this process is shutting down"));
    }
    if let Some(control_plane) = control_plane {
        control_plane.store.check().await?;
    }
    Ok("ready\n")
}
