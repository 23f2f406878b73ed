//! `GET /v1/audit-events`: the audit log.

use axum::Json;
use axum::extract::State;

use super::AuditEvent;
use crate::api::caller::Caller;
use crate::api::page::{Asked, Listed};
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::identity::Place;
use crate::problem::Problem;

/// What everybody has done, newest first
#[utoipa::path(
    get, path = "/v1/audit-events", tag = "audit", operation_id = "list_audit_events",
    security(("bearer" = [])),
    params(Asked),
    responses((status = 200, description = "A page of it", body = Listed<AuditEvent>))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    asked: Asked,
) -> Result<Json<Listed<AuditEvent>>, Problem> {
    caller.must(Action::ReadAudit, &Place::Everywhere)?;
    let mut transaction = control_plane.store.begin_read(&caller.reader()).await?;
    let events = transaction.audit_events(asked.page()).await?;
    Ok(Json(asked.listed(events, |event| event.id, AuditEvent::from)))
}
