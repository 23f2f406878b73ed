//! `DELETE /v1/environments/{environment}/freezes/{id}`: lift it.

use axum::extract::State;
use axum::http::StatusCode;
use ulid::Ulid;

use crate::api::caller::Caller;
use crate::api::path::Segments;
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::jobs::{JobContent, Notice, NoticeEvent};
use crate::problem::Problem;
use crate::store::Job;
use crate::text::EnvironmentName;

/// Lift a freeze
#[utoipa::path(
    delete, path = "/v1/environments/{environment}/freezes/{id}", tag = "freezes", operation_id = "lift_freeze",
    security(("bearer" = [])),
    params(("environment" = EnvironmentName, Path, description = "Name of the environment"), ("id" = Ulid, Path, description = "Of the freeze")),
    responses((status = 204, description = "Lifted"))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    Segments((environment, id)): Segments<(EnvironmentName, Ulid)>,
) -> Result<StatusCode, Problem> {
    caller.must_in(Action::LiftRestraint, &environment)?;
    let mut write = control_plane.write(&caller).await?;
    if !write.transaction.lift_freeze(&environment, id, &caller.actor(), write.now).await? {
        return Err(Problem::not_found("there is no such freeze"));
    }
    let now = write.now;
    let notice = Notice {
        event: NoticeEvent::FreezeLifted,
        environment: environment.to_string(),
        title: format!("{environment} is not frozen any more"),
        text: "a freeze was lifted".to_owned(),
        subject: format!("freeze:{id}"),
        at: now,
    };
    write.transaction.add_job(&Job::new(JobContent::Announce { notice }, now)).await?;
    write.audit("freeze.lift", format!("freeze:{id}"), Some(environment.as_str()), None).await?;
    write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
