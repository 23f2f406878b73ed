//! `DELETE /v1/environments/{environment}/holds/{id}`: lift it.

use axum::extract::State;
use axum::http::StatusCode;
use ulid::Ulid;

use crate::api::caller::Caller;
use crate::api::path::Segments;
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::problem::Problem;
use crate::text::EnvironmentName;

/// Lift a hold
#[utoipa::path(
    delete, path = "/v1/environments/{environment}/holds/{id}", tag = "holds", operation_id = "lift_hold",
    security(("bearer" = [])),
    params(("environment" = EnvironmentName, Path, description = "Name of the environment"), ("id" = Ulid, Path, description = "Of the hold")),
    responses((status = 204, description = "Lifted"))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    Segments((environment, id)): Segments<(EnvironmentName, Ulid)>,
) -> Result<StatusCode, Problem> {
    caller.must_in(Action::LiftRestraint, &environment)?;
    let mut write = control_plane.write(&caller).await?;
    if !write.transaction.lift_hold(&environment, id, &caller.actor(), write.now).await? {
        return Err(Problem::not_found("there is no such hold"));
    }
    write.audit("hold.lift", format!("hold:{id}"), Some(environment.as_str()), None).await?;
    write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
