//! `PUT /v1/environments/{environment}/promotions/{id}/plan`: what it would do has changed.

use axum::extract::State;
use serde::Deserialize;
use ulid::Ulid;
use utoipa::ToSchema;

use super::{Promotion, known, must_be_open};
use crate::api::body::Body;
use crate::api::caller::Caller;
use crate::api::entity_tag::{IfMatch, Tagged, stale};
use crate::api::path::Segments;
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::problem::Problem;
use crate::store;
use crate::text::{EnvironmentName, Lines, Sha256Text};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPlan {
    plan_sha256: Sha256Text,
    plan_summary: Lines,
}

/// Another plan for a promotion
///
/// Approvals of the plan before do not count any more.
#[utoipa::path(
    put, path = "/v1/environments/{environment}/promotions/{id}/plan", tag = "promotions", operation_id = "replan_promotion",
    security(("bearer" = [])),
    params(("environment" = EnvironmentName, Path, description = "Name of the environment"), ("id" = Ulid, Path, description = "Of the promotion"), ("If-Match" = Option<String>, Header, description = "The ETag that was seen")),
    request_body = NewPlan,
    responses((status = 200, description = "It, with the new plan", body = Promotion))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    Segments((environment, id)): Segments<(EnvironmentName, Ulid)>,
    if_match: IfMatch,
    body: Body<NewPlan>,
) -> Result<Tagged<Promotion>, Problem> {
    caller.must_in(Action::Promote, &environment)?;
    let NewPlan { plan_sha256, plan_summary } = body.read()?;
    let mut write = control_plane.write(&caller).await?;
    let promotion = known(write.transaction.as_mut(), &environment, id).await?;
    if_match.must_be(promotion.revision)?;
    must_be_open(&promotion)?;
    let revision = promotion.revision + 1;
    let plan_sha256 = plan_sha256.bytes();
    let changed = store::Promotion { plan_sha256, plan_summary, revision, updated_at: write.now, ..promotion };
    if !write.transaction.update_promotion(&changed).await? {
        return Err(stale());
    }
    write.audit("promotion.replan", format!("promotion:{id}"), Some(environment.as_str()), None).await?;
    let body = Promotion::of(write.transaction.as_mut(), changed).await?;
    write.commit().await?;
    Ok(Tagged { revision, body })
}
