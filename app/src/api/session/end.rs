//! `DELETE /v1/sessions/{id}`: log out, here or elsewhere.

use axum::extract::State;
use axum::http::StatusCode;
use ulid::Ulid;

use crate::api::caller::Caller;
use crate::api::path::Segments;
use crate::control_plane::ControlPlane;
use crate::problem::Problem;
use crate::store::{EndReason, NewAuditEvent};

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
    let now = control_plane.now();
    let mut transaction = control_plane.store.begin().await?;
    let session = transaction.session(id).await?;
    // Somebody else's is answered as one that is not there.
    let Some(session) = session.filter(|session| session.user_id == caller.user.id && session.is_alive(now)) else {
        return Err(Problem::not_found("no such session of yours is alive"));
    };
    let reason = if id == caller.session_id { EndReason::Logout } else { EndReason::Ended };
    transaction.end_session(session.id, reason, now).await?;
    let event = NewAuditEvent {
        actor: caller.actor(),
        action: "session.end".to_owned(),
        subject: format!("session:{id}"),
        environment: None,
        reason: None,
    };
    transaction.append_audit_event(event, now).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
