//! `POST /v1/password-resets`: a link for somebody who has forgotten their password.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::ClientAddress;
use crate::api::body::Body;
use crate::control_plane::ControlPlane;
use crate::identity::Email;
use crate::jobs::JobContent;
use crate::problem::Problem;
use crate::store::Job;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Forgotten {
    #[schema(value_type = String, format = "email", max_length = 254)]
    email: Email,
}

/// Ask for a link to choose another password with
///
/// The answer is the same whether or not somebody has the address; so is the work, as far as it can be measured.
#[utoipa::path(
    post, path = "/v1/password-resets", tag = "users", operation_id = "create_password_reset",
    request_body = Forgotten,
    responses((status = 202, description = "If somebody has the address, a link is on its way"))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    client: ClientAddress,
    body: Body<Forgotten>,
) -> Result<StatusCode, Problem> {
    let Forgotten { email } = body.read()?;
    control_plane.limits.login(client, &email)?;
    let mut write = control_plane.write_as("anonymous".to_owned()).await?;
    let now = write.now;
    let user = write.transaction.user_of_email(&email).await?;
    // Who has not accepted the invitation yet has no password to forget.
    if let Some(user) = user.filter(|user| user.password_hash.is_some()) {
        write.transaction.add_job(&Job::new(JobContent::SendPasswordReset { user_id: user.id }, now)).await?;
    }
    write.commit().await?;
    Ok(StatusCode::ACCEPTED)
}
