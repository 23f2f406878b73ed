//! `DELETE /v1/users/{id}`: take somebody's access away.

use axum::extract::State;
use axum::http::StatusCode;
use ulid::Ulid;

use crate::api::caller::Caller;
use crate::api::path::Segments;
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::identity::Place;
use crate::problem::Problem;
use crate::store::{EndReason, NewAuditEvent};

/// Delete a user, and end their sessions
#[utoipa::path(
    delete, path = "/v1/users/{id}", tag = "users", operation_id = "delete_user",
    security(("bearer" = [])),
    params(("id" = Ulid, Path, description = "Of the user")),
    responses((status = 204, description = "Deleted"))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    Segments(id): Segments<Ulid>,
) -> Result<StatusCode, Problem> {
    caller.must(Action::ManageUsers, &Place::Everywhere)?;
    if id == caller.user.id {
        return Err(Problem::conflict("nobody deletes themselves: who would be left to undo it?"));
    }
    let now = control_plane.now();
    let mut transaction = control_plane.store.begin().await?;
    if !transaction.delete_user(id, now).await? {
        return Err(Problem::not_found("there is no such user"));
    }
    transaction.end_sessions_of(id, None, EndReason::Deleted, now).await?;
    let event = NewAuditEvent {
        actor: caller.actor(),
        action: "user.delete".to_owned(),
        subject: format!("user:{id}"),
        environment: None,
        reason: None,
    };
    transaction.append_audit_event(event, now).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
