//! `GET /v1/environments/{environment}`: how it is.

use axum::extract::State;

use super::{Environment, known};
use crate::api::caller::Caller;
use crate::api::entity_tag::Tagged;
use crate::api::path::Segments;
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::problem::Problem;
use crate::text::EnvironmentName;

/// How an environment is
#[utoipa::path(
    get, path = "/v1/environments/{environment}", tag = "environments", operation_id = "show_environment",
    security(("bearer" = [])),
    params(("environment" = EnvironmentName, Path, description = "Name of the environment")),
    responses((status = 200, description = "Its status; ETag names the revision", body = Environment))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    Segments(name): Segments<EnvironmentName>,
) -> Result<Tagged<Environment>, Problem> {
    caller.must_in(Action::ReadEnvironment, &name)?;
    let mut transaction = control_plane.store.begin().await?;
    let environment = known(transaction.as_mut(), &name).await?;
    Ok(Tagged { revision: environment.revision, body: environment.into() })
}
