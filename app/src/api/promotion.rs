//! The wish to bring a build into an environment, and who agrees with it.
//!
//! An approval is of exactly these artifacts and this plan: another plan takes other approvals.

pub(super) mod approve;
pub(super) mod create;
pub(super) mod list;
pub(super) mod replan;
pub(super) mod show;
pub(super) mod withdraw;

use jiff::Timestamp;
use serde::Serialize;
use ulid::Ulid;
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::store::{self, PromotionState, Transaction};
use crate::text::{EnvironmentName, Line, Lines, Sha256Text};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Promotion {
    id: Ulid,
    environment: EnvironmentName,
    build_id: Ulid,
    /// Of the plan that approvals are of.
    plan_sha256: Sha256Text,
    plan_summary: Lines,
    state: PromotionState,
    approvals_needed: u8,
    approvals: Vec<Approval>,
    /// Whether enough of them count.
    approved: bool,
    created_by: String,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// That somebody agrees.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Approval {
    id: Ulid,
    approved_by: String,
    reason: Line,
    /// Whether it is of the plan and the artifacts that there are now.
    counts: bool,
    created_at: Timestamp,
}

impl Promotion {
    async fn of(transaction: &mut dyn Transaction, promotion: store::Promotion) -> Result<Self, Problem> {
        let build = transaction.build(promotion.build_id).await?;
        let artifacts_sha256 = build.map(|build| build.artifacts_sha256());
        let counts = |approval: &store::Approval| {
            approval.plan_sha256 == promotion.plan_sha256 && Some(approval.artifacts_sha256) == artifacts_sha256
        };
        let approvals = transaction.approvals(promotion.id).await?;
        let approvals: Vec<_> = approvals
            .into_iter()
            .map(|approval| {
                let counts = counts(&approval);
                let store::Approval { id, approved_by, reason, created_at, .. } = approval;
                Approval { id, approved_by, reason, counts, created_at }
            })
            .collect();
        let counted = approvals.iter().filter(|approval| approval.counts).count();
        Ok(Self {
            id: promotion.id,
            environment: promotion.environment,
            build_id: promotion.build_id,
            plan_sha256: Sha256Text::of(&promotion.plan_sha256),
            plan_summary: promotion.plan_summary,
            state: promotion.state,
            approvals_needed: promotion.approvals_needed,
            approved: counted >= usize::from(promotion.approvals_needed),
            approvals,
            created_by: promotion.created_by,
            created_at: promotion.created_at,
            updated_at: promotion.updated_at,
        })
    }
}

/// # Errors
///
/// 404 when the environment has none with this id.
async fn known(
    transaction: &mut dyn Transaction,
    environment: &EnvironmentName,
    id: Ulid,
) -> Result<store::Promotion, Problem> {
    let promotion = transaction.promotion(id).await?;
    let promotion = promotion.filter(|promotion| promotion.environment == *environment);
    promotion.ok_or_else(|| Problem::not_found("there is no such promotion"))
}

/// # Errors
///
/// 409 when it has ended.
fn must_be_open(promotion: &store::Promotion) -> Result<(), Problem> {
    match promotion.state {
        PromotionState::Open => Ok(()),
        PromotionState::Completed => Err(Problem::conflict("this promotion was done")),
        PromotionState::Withdrawn => Err(Problem::conflict("this promotion was withdrawn")),
    }
}
