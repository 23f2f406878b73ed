//! `DELETE /v1/users/{id}`: take somebody's access away.

use axum::extract::State;
use axum::http::StatusCode;
use ulid::Ulid;

use crate::api::caller::{Caller, identity};
use crate::api::path::Segments;
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::identity::Place;
use crate::problem::Problem;
use crate::store::EndReason;

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
    if identity(&caller.actor()) == format!("user:{id}") {
        return Err(Problem::conflict("nobody deletes themselves: who would be left to undo it?"));
    }
    let mut write = control_plane.write(&caller).await?;
    if !write.transaction.delete_user(id, write.now).await? {
        return Err(Problem::not_found("there is no such user"));
    }
    write.transaction.end_sessions_of(id, None, EndReason::Deleted, write.now).await?;
    write.audit("user.delete", format!("user:{id}"), None, None).await?;
    write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
