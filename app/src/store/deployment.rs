use async_trait::async_trait;
use jiff::Timestamp;
use ops_model::outcome::Outcome;
use ulid::Ulid;

use super::{Page, StoreError};
use crate::text::EnvironmentName;

/// A record of the engine: what became of one reconcile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Deployment {
    /// Of the record.
    pub(crate) id: Ulid,
    pub(crate) environment: EnvironmentName,
    /// Such as `reconcile`.
    pub(crate) operation: String,
    pub(crate) commit: String,
    pub(crate) outcome: Outcome,
    /// ARN that AWS knows whoever asked for it by.
    pub(crate) actor: String,
    pub(crate) started_at: Timestamp,
    pub(crate) finished_at: Timestamp,
    /// Of the record's bytes.
    pub(crate) record_sha256: [u8; 32],
    /// Byte for byte: the next record holds its SHA-256.
    pub(crate) record: String,
    /// Who brought it here.
    pub(crate) created_by: String,
    pub(crate) created_at: Timestamp,
}

/// Which deployments are wanted; `None` is any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct DeploymentFilter {
    pub(crate) outcome: Option<Outcome>,
    pub(crate) since: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
}

#[async_trait]
pub(crate) trait DeploymentRepository {
    async fn deployment(&mut self, environment: &EnvironmentName, id: Ulid) -> Result<Option<Deployment>, StoreError>;

    /// Newest first.
    async fn deployments(
        &mut self,
        environment: &EnvironmentName,
        filter: DeploymentFilter,
        page: Page,
    ) -> Result<Vec<Deployment>, StoreError>;

    /// [`StoreError::Conflict`]: it is there.
    async fn add_deployment(&mut self, deployment: &Deployment) -> Result<(), StoreError>;
}
