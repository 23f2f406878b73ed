//! `PUT /v1/environments/{environment}`: tell how it is.

use axum::extract::State;
use ulid::Ulid;

use super::Environment;
use crate::api::body::Body;
use crate::api::caller::Caller;
use crate::api::entity_tag::{IfMatch, Tagged, stale};
use crate::api::path::Segments;
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::problem::Problem;
use crate::store::{self, EnvironmentStatus};
use crate::text::EnvironmentName;

/// Tell how an environment is
///
/// The first report makes the environment known; each later one says in `If-Match` which one it follows.
#[utoipa::path(
    put, path = "/v1/environments/{environment}", tag = "environments", operation_id = "report_environment",
    security(("bearer" = [])),
    params(("environment" = EnvironmentName, Path, description = "Name of the environment"), ("If-Match" = Option<String>, Header, description = "The ETag that was seen")),
    request_body = EnvironmentStatus,
    responses((status = 200, description = "As it is known from now on", body = Environment))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    Segments(name): Segments<EnvironmentName>,
    if_match: IfMatch,
    body: Body<EnvironmentStatus>,
) -> Result<Tagged<Environment>, Problem> {
    caller.must_in(Action::ReportEnvironment, &name)?;
    let status = body.read()?;
    let mut write = control_plane.write(&caller).await?;
    let now = write.now;
    let environment = match write.transaction.environment(&name).await? {
        None if !if_match.is_absent() => return Err(stale()),
        None => {
            let id = Ulid::generate();
            let made = store::Environment { id, name, status, revision: 1, created_at: now, updated_at: now };
            write.transaction.add_environment(&made).await?;
            made
        }
        Some(known) => {
            if_match.must_be(known.revision)?;
            let changed = store::Environment { status, revision: known.revision + 1, updated_at: now, ..known };
            if !write.transaction.update_environment(&changed).await? {
                return Err(stale());
            }
            changed
        }
    };
    // Reports come every few minutes: the audit log keeps what people decide, and this is none of it.
    write.commit().await?;
    Ok(Tagged { revision: environment.revision, body: environment.into() })
}
