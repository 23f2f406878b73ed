//! `PUT /v1/users/me/password`: another password.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::body::Body;
use crate::api::caller::Caller;
use crate::control_plane::ControlPlane;
use crate::identity::NewPassword;
use crate::problem::Problem;
use crate::store::{EndReason, User};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    #[schema(format = "password", max_length = 128)]
    current_password: String,
    #[schema(value_type = String, format = "password", min_length = 12, max_length = 128)]
    new_password: NewPassword,
}

/// Change your password
///
/// All your other sessions end.
#[utoipa::path(
    put, path = "/v1/users/me/password", tag = "users", operation_id = "change_password",
    security(("bearer" = [])),
    request_body = PasswordChange,
    responses((status = 204, description = "Changed"))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    body: Body<PasswordChange>,
) -> Result<StatusCode, Problem> {
    let actor = caller.actor();
    let (user, session_id) = caller.person()?;
    let PasswordChange { current_password, new_password } = body.read()?;
    control_plane.limits.account(&user.email)?;
    if !control_plane.hasher.verify(current_password, user.password_hash.clone()).await? {
        return Err(Problem::forbidden("the current password is wrong"));
    }
    let password_hash = Some(control_plane.hasher.hash(new_password).await?);
    let mut write = control_plane.write_as(actor).await?;
    let (id, revision) = (user.id, user.revision + 1);
    if !write.transaction.update_user(&User { password_hash, revision, updated_at: write.now, ..user }).await? {
        return Err(Problem::conflict("somebody else has changed this user at the same time"));
    }
    write.transaction.end_sessions_of(id, Some(session_id), EndReason::Password, write.now).await?;
    write.audit("user.change_password", format!("user:{id}"), None, None).await?;
    write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
