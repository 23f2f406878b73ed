//! `POST /v1/invitations/accept`: choose the first password.

use axum::extract::State;
use axum::http::StatusCode;

use crate::api::body::Body;
use crate::api::password_reset::{ChosenPassword, choose_password};
use crate::control_plane::ControlPlane;
use crate::problem::Problem;
use crate::store::LinkPurpose;

/// Accept an invitation
#[utoipa::path(
    post, path = "/v1/invitations/accept", tag = "users", operation_id = "accept_invitation",
    request_body = ChosenPassword,
    responses((status = 204, description = "You can log in"))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    body: Body<ChosenPassword>,
) -> Result<StatusCode, Problem> {
    choose_password(&control_plane, body.read()?, LinkPurpose::Invitation).await
}
