//! `GET /v1/environments`: those that one may see.

use axum::Json;
use axum::extract::State;

use super::Environment;
use crate::api::caller::Caller;
use crate::api::page::Listed;
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::identity::Place;
use crate::problem::Problem;

/// The environments that you may see, by name
///
/// All of them: there are never many.
#[utoipa::path(
    get, path = "/v1/environments", tag = "environments", operation_id = "list_environments",
    security(("bearer" = [])),
    responses((status = 200, description = "All of them", body = Listed<Environment>))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
) -> Result<Json<Listed<Environment>>, Problem> {
    let mut transaction = control_plane.store.begin_read(&caller.reader()).await?;
    let environments =
        transaction.environments().await?.into_iter().filter(|environment| {
            caller.may(Action::ReadEnvironment, &Place::Environment(environment.name.to_string()))
        });
    Ok(Json(Listed { items: environments.map(Environment::from).collect(), next_cursor: None }))
}
