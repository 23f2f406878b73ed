//! `GET /v1/environments/{environment}/deployments`: what was deployed.

use axum::Json;
use axum::extract::State;

use super::Deployment;
use super::filter::Wanted;
use crate::api::caller::Caller;
use crate::api::page::Listed;
use crate::api::path::Segments;
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::problem::Problem;
use crate::text::EnvironmentName;

/// What was deployed, newest first
#[utoipa::path(
    get, path = "/v1/environments/{environment}/deployments", tag = "deployments", operation_id = "list_deployments",
    security(("bearer" = [])),
    params(("environment" = EnvironmentName, Path, description = "Name of the environment"), Wanted),
    responses((status = 200, description = "A page of it", body = Listed<Deployment>))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    Segments(environment): Segments<EnvironmentName>,
    wanted: Wanted,
) -> Result<Json<Listed<Deployment>>, Problem> {
    caller.must_in(Action::ReadEnvironment, &environment)?;
    let asked = wanted.asked()?;
    let mut transaction = control_plane.store.begin_read(&caller.reader()).await?;
    let deployments = transaction.deployments(&environment, wanted.filter(), asked.page()).await?;
    Ok(Json(asked.listed(deployments, |deployment| deployment.id, Deployment::from)))
}
