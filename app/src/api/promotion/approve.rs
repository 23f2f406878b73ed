//! `POST /v1/environments/{environment}/promotions/{id}/approvals`: agree with a promotion.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use ulid::Ulid;
use utoipa::ToSchema;

use super::{Promotion, known, must_be_open};
use crate::api::body::Body;
use crate::api::caller::{Caller, identity};
use crate::api::path::Segments;
use crate::api::write::{Attempt, IdempotencyKey};
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::problem::Problem;
use crate::store::{Approval, StoreError};
use crate::text::{EnvironmentName, Line, RequestKey, Sha256Text};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewApproval {
    /// Of the plan that was read.
    plan_sha256: Sha256Text,
    reason: Line,
}

/// Agree with a promotion
///
/// With the plan that you have read: if there is another one by now, nothing is approved. It takes a person who is logged
/// in and has not asked for it.
#[utoipa::path(
    post, path = "/v1/environments/{environment}/promotions/{id}/approvals", tag = "promotions", operation_id = "approve_promotion",
    security(("bearer" = [])),
    params(("environment" = EnvironmentName, Path, description = "Name of the environment"), ("id" = Ulid, Path, description = "Of the promotion"), ("Idempotency-Key" = Option<RequestKey>, Header, description = "Which request this is: sent again, it is done once")),
    request_body = NewApproval,
    responses((status = 201, description = "The promotion, with who agrees", body = Promotion))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    Segments((environment, id)): Segments<(EnvironmentName, Ulid)>,
    key: IdempotencyKey,
    body: Body<NewApproval>,
) -> Result<Response, Problem> {
    caller.must_in(Action::Approve, &environment)?;
    if !caller.is_person() {
        return Err(Problem::forbidden("a person approves, not a token"));
    }
    let fingerprint = body.fingerprint;
    let NewApproval { plan_sha256, reason } = body.read()?;
    let mut write = match control_plane.write_once(&caller, key, fingerprint).await? {
        Attempt::First(write) => write,
        Attempt::Again(answer) => return Ok(answer),
    };
    let now = write.now;
    let promotion = known(write.transaction.as_mut(), &environment, id).await?;
    must_be_open(&promotion)?;
    let approved_by = caller.actor();
    if identity(&promotion.created_by) == approved_by {
        return Err(Problem::conflict("you have asked for it: somebody else approves it"));
    }
    if plan_sha256.bytes() != promotion.plan_sha256 {
        return Err(Problem::conflict("there is another plan by now: read it first"));
    }
    let build = write.transaction.build(promotion.build_id).await?;
    let build = build.ok_or_else(|| Problem::conflict("there is no such build"))?;
    let approval = Approval {
        id: Ulid::generate(),
        promotion_id: id,
        plan_sha256: promotion.plan_sha256,
        artifacts_sha256: build.artifacts_sha256(),
        approved_by,
        reason,
        created_at: now,
    };
    write.transaction.add_approval(&approval).await.map_err(|error| match error {
        StoreError::Conflict => Problem::conflict("you have approved this plan"),
        other => other.into(),
    })?;
    let (subject, reason) = (format!("promotion:{id}"), approval.reason.as_str());
    write.audit("promotion.approve", subject, Some(environment.as_str()), Some(reason)).await?;
    let shown = Promotion::of(write.transaction.as_mut(), promotion).await?;
    write.created(&shown).await
}
