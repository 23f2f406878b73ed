//! `GET /v1/environments/{environment}/holds`: those that hold.

use axum::Json;
use axum::extract::State;

use super::Hold;
use crate::api::caller::Caller;
use crate::api::page::{Asked, Listed};
use crate::api::path::Segments;
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::problem::Problem;
use crate::text::EnvironmentName;

/// The holds that hold, newest first
#[utoipa::path(
    get, path = "/v1/environments/{environment}/holds", tag = "holds", operation_id = "list_holds",
    security(("bearer" = [])),
    params(("environment" = EnvironmentName, Path, description = "Name of the environment"), Asked),
    responses((status = 200, description = "A page of them", body = Listed<Hold>))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    Segments(environment): Segments<EnvironmentName>,
    asked: Asked,
) -> Result<Json<Listed<Hold>>, Problem> {
    caller.must_in(Action::ReadEnvironment, &environment)?;
    let mut transaction = control_plane.store.begin().await?;
    let holds = transaction.holds(&environment, asked.page()).await?;
    Ok(Json(asked.listed(holds, |hold| hold.id, Hold::from)))
}
