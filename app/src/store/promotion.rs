use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ulid::Ulid;
use utoipa::ToSchema;

use super::{Page, StoreError};
use crate::text::{EnvironmentName, Line, Lines};

/// The wish to bring a build into an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Promotion {
    pub(crate) id: Ulid,
    pub(crate) environment: EnvironmentName,
    pub(crate) build_id: Ulid,
    /// Of what bringing it would do. Another plan takes other approvals.
    pub(crate) plan_sha256: [u8; 32],
    pub(crate) plan_summary: Lines,
    pub(crate) approvals_needed: u8,
    pub(crate) state: PromotionState,
    /// Raised by every change.
    pub(crate) revision: u32,
    pub(crate) created_by: String,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PromotionState {
    /// It waits: for approvals, or to be done.
    Open,
    /// It was done.
    Completed,
    Withdrawn,
}

/// That somebody agrees: with exactly these artifacts and this plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Approval {
    pub(crate) id: Ulid,
    pub(crate) promotion_id: Ulid,
    pub(crate) plan_sha256: [u8; 32],
    pub(crate) artifacts_sha256: [u8; 32],
    pub(crate) approved_by: String,
    pub(crate) reason: Line,
    pub(crate) created_at: Timestamp,
}

#[async_trait]
pub(crate) trait PromotionRepository {
    async fn promotion(&mut self, id: Ulid) -> Result<Option<Promotion>, StoreError>;

    /// Newest first.
    async fn promotions(&mut self, environment: &EnvironmentName, page: Page) -> Result<Vec<Promotion>, StoreError>;

    async fn add_promotion(&mut self, promotion: &Promotion) -> Result<(), StoreError>;

    /// Its plan and state; whether it was there in the revision before.
    async fn update_promotion(&mut self, promotion: &Promotion) -> Result<bool, StoreError>;

    /// Oldest first, those of earlier plans among them.
    async fn approvals(&mut self, promotion: Ulid) -> Result<Vec<Approval>, StoreError>;

    /// [`StoreError::Conflict`]: they have approved this plan before.
    async fn add_approval(&mut self, approval: &Approval) -> Result<(), StoreError>;
}
