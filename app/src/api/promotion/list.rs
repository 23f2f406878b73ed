//! `GET /v1/environments/{environment}/promotions`: what was asked for.

use axum::Json;
use axum::extract::State;
use ulid::Ulid;

use super::Promotion;
use crate::api::caller::Caller;
use crate::api::page::{Asked, Listed};
use crate::api::path::Segments;
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::problem::Problem;
use crate::text::EnvironmentName;

/// What was asked for in an environment, newest first
#[utoipa::path(
    get, path = "/v1/environments/{environment}/promotions", tag = "promotions", operation_id = "list_promotions",
    security(("bearer" = [])),
    params(("environment" = EnvironmentName, Path, description = "Name of the environment"), Asked),
    responses((status = 200, description = "A page of it", body = Listed<Promotion>))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    Segments(environment): Segments<EnvironmentName>,
    asked: Asked,
) -> Result<Json<Listed<Promotion>>, Problem> {
    caller.must_in(Action::ReadEnvironment, &environment)?;
    let mut transaction = control_plane.store.begin_read(&caller.reader()).await?;
    let found = transaction.promotions(&environment, asked.page()).await?;
    let mut shown = Vec::new();
    for promotion in found {
        shown.push(Promotion::of(transaction.as_mut(), promotion).await?);
    }
    let id: fn(&Promotion) -> Ulid = |promotion| promotion.id;
    Ok(Json(asked.listed(shown, id, std::convert::identity)))
}
