use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ulid::Ulid;
use utoipa::ToSchema;

use super::StoreError;
use crate::text::{ArtifactName, CommitId, Digest, EnvironmentName, Line, Version};
use crate::whole::Whole;

/// An environment, as whoever observed it last has told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Environment {
    pub(crate) id: Ulid,
    pub(crate) name: EnvironmentName,
    pub(crate) status: EnvironmentStatus,
    /// Raised by every change.
    pub(crate) revision: u32,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// What an environment is like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnvironmentStatus {
    /// Commit of the declaration that was looked at.
    pub(crate) declared_commit: CommitId,
    /// Builds that are declared.
    pub(crate) declared: Vec<PlacedBuild>,
    /// Builds that run.
    pub(crate) running: Vec<PlacedBuild>,
    pub(crate) sync: SyncState,
    pub(crate) health: Health,
    /// What differs though git has not changed.
    pub(crate) drift: Vec<Drift>,
    /// What a plan waits for.
    pub(crate) gates: Vec<WaitingGate>,
    /// How many people have to agree with a promotion, as git declares.
    #[schema(value_type = u8, maximum = 100)]
    pub(crate) approvals_needed: Whole<0, 100>,
    /// When AWS was asked.
    pub(crate) observed_at: Timestamp,
}

/// The build of an artifact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlacedBuild {
    pub(crate) artifact: ArtifactName,
    pub(crate) version: Version,
    pub(crate) digest: Digest,
}

/// Whether the environment is as declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SyncState {
    InSync,
    OutOfSync,
    Unknown,
}

/// Whether it works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Health {
    Healthy,
    Progressing,
    Degraded,
    Unknown,
}

/// A difference that nobody declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Drift {
    /// Such as `service/api`.
    pub(crate) subject: Line,
    pub(crate) difference: Line,
}

/// A gate that holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WaitingGate {
    /// Such as `freeze`.
    pub(crate) gate: Line,
    pub(crate) reason: Line,
    /// What would open it.
    pub(crate) opens: Option<Line>,
}

#[async_trait]
pub(crate) trait EnvironmentRepository {
    async fn environment(&mut self, name: &EnvironmentName) -> Result<Option<Environment>, StoreError>;

    /// By name.
    async fn environments(&mut self) -> Result<Vec<Environment>, StoreError>;

    /// [`StoreError::Conflict`]: there is one of this name.
    async fn add_environment(&mut self, environment: &Environment) -> Result<(), StoreError>;

    /// Its status; whether it was there in the revision before.
    async fn update_environment(&mut self, environment: &Environment) -> Result<bool, StoreError>;
}
