//! `POST /v1/environments/{environment}/promotions`: ask for a build.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use ulid::Ulid;
use utoipa::ToSchema;

use super::Promotion;
use crate::api::body::Body;
use crate::api::caller::Caller;
use crate::api::environment;
use crate::api::path::Segments;
use crate::api::write::{Attempt, IdempotencyKey};
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::jobs::{JobContent, Notice, NoticeEvent};
use crate::problem::Problem;
use crate::store::{self, Build, Job, Page, PromotionState, Transaction};
use crate::text::{EnvironmentName, Lines, RequestKey, Sha256Text};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPromotion {
    build_id: Ulid,
    /// Of what bringing it would do, such as the hash that `ops plan --out` writes.
    plan_sha256: Sha256Text,
    plan_summary: Lines,
}

/// Ask for a build in an environment
///
/// A build whose tests failed or were not run, and one that the environment holds off, is refused.
#[utoipa::path(
    post, path = "/v1/environments/{environment}/promotions", tag = "promotions", operation_id = "create_promotion",
    security(("bearer" = [])),
    params(("environment" = EnvironmentName, Path, description = "Name of the environment"), ("Idempotency-Key" = Option<RequestKey>, Header, description = "Which request this is: sent again, it is done once")),
    request_body = NewPromotion,
    responses((status = 201, description = "It waits for approvals, or to be done", body = Promotion))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    Segments(environment): Segments<EnvironmentName>,
    key: IdempotencyKey,
    body: Body<NewPromotion>,
) -> Result<Response, Problem> {
    caller.must_in(Action::Promote, &environment)?;
    let fingerprint = body.fingerprint;
    let NewPromotion { build_id, plan_sha256, plan_summary } = body.read()?;
    let mut write = match control_plane.write_once(&caller, key, fingerprint).await? {
        Attempt::First(write) => write,
        Attempt::Again(answer) => return Ok(answer),
    };
    let now = write.now;
    let known = environment::known(write.transaction.as_mut(), &environment).await?;
    let build = write.transaction.build(build_id).await?;
    let build = build.ok_or_else(|| Problem::conflict("there is no such build"))?;
    must_be_fit(write.transaction.as_mut(), &environment, &build).await?;
    let promotion = store::Promotion {
        id: Ulid::generate(),
        environment: environment.clone(),
        build_id,
        plan_sha256: plan_sha256.bytes(),
        plan_summary,
        approvals_needed: u8::try_from(known.status.approvals_needed.get()).unwrap_or(u8::MAX),
        state: PromotionState::Open,
        revision: 1,
        created_by: caller.actor(),
        created_at: now,
        updated_at: now,
    };
    write.transaction.add_promotion(&promotion).await?;
    if promotion.approvals_needed > 0 {
        let notice = Notice {
            event: NoticeEvent::ApprovalWanted,
            environment: environment.to_string(),
            title: format!("{} wants {} approvals for {environment}", build.version, promotion.approvals_needed),
            text: promotion.plan_summary.to_string(),
            subject: format!("promotion:{}", promotion.id),
            at: now,
        };
        write.transaction.add_job(&Job::new(JobContent::Announce { notice }, now)).await?;
    }
    let subject = format!("promotion:{}", promotion.id);
    write.audit("promotion.create", subject, Some(environment.as_str()), None).await?;
    let shown = Promotion::of(write.transaction.as_mut(), promotion).await?;
    write.created(&shown).await
}

/// # Errors
///
/// 409 when the build was not tested or is held.
async fn must_be_fit(
    transaction: &mut dyn Transaction,
    environment: &EnvironmentName,
    build: &Build,
) -> Result<(), Problem> {
    if build.test_report.failed.get() > 0 {
        return Err(Problem::conflict(format!("{} of its tests failed", build.test_report.failed.get())));
    }
    if build.test_report.passed.get() == 0 {
        return Err(Problem::conflict("nothing says that it was tested"));
    }
    let holds = transaction.holds(environment, Page::ALL).await?;
    let held = holds.iter().find(|hold| build.artifacts.iter().any(|artifact| artifact.digest == hold.digest));
    match held {
        Some(hold) => Err(Problem::conflict(format!("{} is held: {}", hold.artifact, hold.reason))),
        None => Ok(()),
    }
}
