//! `GET /v1/environments/{environment}/promotions/{id}`: one promotion.

use axum::extract::State;
use ulid::Ulid;

use super::{Promotion, known};
use crate::api::caller::Caller;
use crate::api::entity_tag::Tagged;
use crate::api::path::Segments;
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::problem::Problem;
use crate::text::EnvironmentName;

/// One promotion, with who agrees
#[utoipa::path(
    get, path = "/v1/environments/{environment}/promotions/{id}", tag = "promotions", operation_id = "show_promotion",
    security(("bearer" = [])),
    params(("environment" = EnvironmentName, Path, description = "Name of the environment"), ("id" = Ulid, Path, description = "Of the promotion")),
    responses((status = 200, description = "It; ETag names the revision", body = Promotion))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    Segments((environment, id)): Segments<(EnvironmentName, Ulid)>,
) -> Result<Tagged<Promotion>, Problem> {
    caller.must_in(Action::ReadEnvironment, &environment)?;
    let mut transaction = control_plane.store.begin().await?;
    let promotion = known(transaction.as_mut(), &environment, id).await?;
    let revision = promotion.revision;
    Ok(Tagged { revision, body: Promotion::of(transaction.as_mut(), promotion).await? })
}
