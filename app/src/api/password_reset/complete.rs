//! `POST /v1/password-resets/complete`: choose another password.

use axum::extract::State;
use axum::http::StatusCode;

use super::{ChosenPassword, choose_password};
use crate::api::body::Body;
use crate::control_plane::ControlPlane;
use crate::problem::Problem;
use crate::store::LinkPurpose;

/// Choose another password, with a mailed link
///
/// All your sessions end.
#[utoipa::path(
    post, path = "/v1/password-resets/complete", tag = "users", operation_id = "complete_password_reset",
    request_body = ChosenPassword,
    responses((status = 204, description = "Log in with it"))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    body: Body<ChosenPassword>,
) -> Result<StatusCode, Problem> {
    choose_password(&control_plane, body.read()?, LinkPurpose::PasswordReset).await
}
