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
use crate::store::{EndReason, NewAuditEvent, User};

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
    Body(PasswordChange { current_password, new_password }): Body<PasswordChange>,
) -> Result<StatusCode, Problem> {
    if !control_plane.hasher.verify(current_password, caller.user.password_hash.clone()).await? {
        return Err(Problem::forbidden("the current password is wrong"));
    }
    let password_hash = Some(control_plane.hasher.hash(new_password).await?);
    let (actor, now) = (caller.actor(), control_plane.now());
    let User { id, revision, .. } = caller.user;
    let changed = User { password_hash, revision: revision + 1, updated_at: now, ..caller.user };
    let mut transaction = control_plane.store.begin().await?;
    if !transaction.update_user(&changed).await? {
        return Err(Problem::conflict("somebody else has changed this user at the same time"));
    }
    transaction.end_sessions_of(id, Some(caller.session_id), EndReason::Password, now).await?;
    let event = NewAuditEvent {
        actor,
        action: "user.change_password".to_owned(),
        subject: format!("user:{id}"),
        environment: None,
        reason: None,
    };
    transaction.append_audit_event(event, now).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
