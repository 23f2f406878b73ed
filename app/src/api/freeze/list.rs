//! `GET /v1/environments/{environment}/freezes`: those that hold.

use axum::Json;
use axum::extract::State;

use super::Freeze;
use crate::api::caller::Caller;
use crate::api::page::{Asked, Listed};
use crate::api::path::Segments;
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::problem::Problem;
use crate::text::EnvironmentName;

/// The freezes that hold, newest first
#[utoipa::path(
    get, path = "/v1/environments/{environment}/freezes", tag = "freezes", operation_id = "list_freezes",
    security(("bearer" = [])),
    params(("environment" = EnvironmentName, Path, description = "Name of the environment"), Asked),
    responses((status = 200, description = "A page of them", body = Listed<Freeze>))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    Segments(environment): Segments<EnvironmentName>,
    asked: Asked,
) -> Result<Json<Listed<Freeze>>, Problem> {
    caller.must_in(Action::ReadEnvironment, &environment)?;
    let mut transaction = control_plane.store.begin().await?;
    let freezes = transaction.freezes(&environment, control_plane.now(), asked.page()).await?;
    Ok(Json(asked.listed(freezes, |freeze| freeze.id, Freeze::from)))
}
