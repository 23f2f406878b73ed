//! `GET /v1/sessions`: where one is logged in.

use axum::Json;
use axum::extract::State;

use super::Session;
use crate::api::caller::Caller;
use crate::api::page::Listed;
use crate::control_plane::ControlPlane;
use crate::problem::Problem;

/// Your own sessions, newest first
#[utoipa::path(
    get, path = "/v1/sessions", tag = "sessions", operation_id = "list_sessions",
    security(("bearer" = [])),
    responses((status = 200, description = "All that are alive", body = Listed<Session>))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
) -> Result<Json<Listed<Session>>, Problem> {
    let (user, current) = caller.person()?;
    let mut transaction = control_plane.store.begin().await?;
    let sessions = transaction.sessions_of(user.id, control_plane.now()).await?;
    let items = sessions.into_iter().map(|session| Session::of(session, current)).collect();
    Ok(Json(Listed { items, next_cursor: None }))
}
