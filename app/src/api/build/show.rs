//! `GET /v1/builds/{id}`: one build.

use axum::Json;
use axum::extract::State;
use ulid::Ulid;

use super::Build;
use crate::api::caller::Caller;
use crate::api::path::Segments;
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::identity::Place;
use crate::problem::Problem;

/// One build
#[utoipa::path(
    get, path = "/v1/builds/{id}", tag = "builds", operation_id = "show_build",
    security(("bearer" = [])),
    params(("id" = Ulid, Path, description = "Of the build")),
    responses((status = 200, description = "It", body = Build))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    Segments(id): Segments<Ulid>,
) -> Result<Json<Build>, Problem> {
    caller.must(Action::ReadBuilds, &Place::Everywhere)?;
    let mut transaction = control_plane.store.begin().await?;
    let build = transaction.build(id).await?.ok_or_else(|| Problem::not_found("there is no such build"))?;
    Ok(Json(build.into()))
}
