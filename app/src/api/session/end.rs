//! `DELETE /v1/sessions/{id}`: log out, here or elsewhere.

use axum::extract::State;
use axum::http::StatusCode;
use ulid::Ulid;

use crate::api::caller::Caller;
use crate::api::path::Segments;
use crate::control_plane::ControlPlane;
use crate::problem::Problem;
use crate::store::EndReason;

/// End one of your own sessions
///
/// Its access tokens are refused from now on.
#[utoipa::path(
    delete, path = "/v1/sessions/{id}", tag = "sessions", operation_id = "end_session",
    security(("bearer" = [])),
    params(("id" = Ulid, Path, description = "Of the session")),
    responses((status = 204, description = "Ended"))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    Segments(id): Segments<Ulid>,
) -> Result<StatusCode, Problem> {
    let mut write = control_plane.write(&caller).await?;
    let (user, current) = caller.person()?;
    let session = write.transaction.session(id).await?;
    // Somebody else's is answered as one that is not there.
    let Some(session) = session.filter(|session| session.user_id == user.id && session.is_alive(write.now)) else {
        return Err(Problem::not_found("no such session of yours is alive"));
    };
    let reason = if id == current { EndReason::Logout } else { EndReason::Ended };
    write.transaction.end_session(session.id, reason, write.now).await?;
    write.audit("session.end", format!("session:{id}"), None, None).await?;
    write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
