//! `DELETE /v1/environments/{environment}/promotions/{id}`: it is not wanted any more.

use axum::extract::State;
use axum::http::StatusCode;
use ulid::Ulid;

use super::{known, must_be_open};
use crate::api::caller::Caller;
use crate::api::entity_tag::stale;
use crate::api::path::Segments;
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::problem::Problem;
use crate::store::{self, PromotionState};
use crate::text::EnvironmentName;

/// Withdraw a promotion
///
/// It stays among the promotions, with what was said about it.
#[utoipa::path(
    delete, path = "/v1/environments/{environment}/promotions/{id}", tag = "promotions", operation_id = "withdraw_promotion",
    security(("bearer" = [])),
    params(("environment" = EnvironmentName, Path, description = "Name of the environment"), ("id" = Ulid, Path, description = "Of the promotion")),
    responses((status = 204, description = "Withdrawn"))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    Segments((environment, id)): Segments<(EnvironmentName, Ulid)>,
) -> Result<StatusCode, Problem> {
    caller.must_in(Action::Promote, &environment)?;
    let mut write = control_plane.write(&caller).await?;
    let promotion = known(write.transaction.as_mut(), &environment, id).await?;
    must_be_open(&promotion)?;
    let (state, revision) = (PromotionState::Withdrawn, promotion.revision + 1);
    let changed = store::Promotion { state, revision, updated_at: write.now, ..promotion };
    if !write.transaction.update_promotion(&changed).await? {
        return Err(stale());
    }
    write.audit("promotion.withdraw", format!("promotion:{id}"), Some(environment.as_str()), None).await?;
    write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
