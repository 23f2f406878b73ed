//! `GET /v1/builds`: what was built.

use axum::Json;
use axum::extract::State;

use super::Build;
use crate::api::caller::Caller;
use crate::api::page::{Asked, Listed};
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::identity::Place;
use crate::problem::Problem;

/// All builds, newest first
#[utoipa::path(
    get, path = "/v1/builds", tag = "builds", operation_id = "list_builds",
    security(("bearer" = [])),
    params(Asked),
    responses((status = 200, description = "A page of them", body = Listed<Build>))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    asked: Asked,
) -> Result<Json<Listed<Build>>, Problem> {
    caller.must(Action::ReadBuilds, &Place::Everywhere)?;
    let mut transaction = control_plane.store.begin_read(&caller.reader()).await?;
    let builds = transaction.builds(asked.page()).await?;
    Ok(Json(asked.listed(builds, |build| build.id, Build::from)))
}
