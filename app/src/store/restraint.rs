use async_trait::async_trait;
use jiff::Timestamp;
use ulid::Ulid;

use super::{Page, StoreError};
use crate::text::{ArtifactName, Digest, EnvironmentName, Line};

/// A time in which an environment is left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Freeze {
    pub(crate) id: Ulid,
    pub(crate) environment: EnvironmentName,
    pub(crate) reason: Line,
    /// `None`: until somebody lifts it.
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) created_by: String,
    pub(crate) created_at: Timestamp,
}

/// A build that an environment does not get until somebody lifts the hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hold {
    pub(crate) id: Ulid,
    pub(crate) environment: EnvironmentName,
    pub(crate) artifact: ArtifactName,
    pub(crate) digest: Digest,
    pub(crate) reason: Line,
    pub(crate) created_by: String,
    pub(crate) created_at: Timestamp,
}

/// What keeps an environment as it is. Those that were lifted are not among them.
#[async_trait]
pub(crate) trait RestraintRepository {
    /// Newest first; those that have not expired by then.
    async fn freezes(
        &mut self,
        environment: &EnvironmentName,
        now: Timestamp,
        page: Page,
    ) -> Result<Vec<Freeze>, StoreError>;

    async fn add_freeze(&mut self, freeze: &Freeze) -> Result<(), StoreError>;

    /// Whether it was there.
    async fn lift_freeze(
        &mut self,
        environment: &EnvironmentName,
        id: Ulid,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Newest first.
    async fn holds(&mut self, environment: &EnvironmentName, page: Page) -> Result<Vec<Hold>, StoreError>;

    async fn add_hold(&mut self, hold: &Hold) -> Result<(), StoreError>;

    /// Whether it was there.
    async fn lift_hold(
        &mut self,
        environment: &EnvironmentName,
        id: Ulid,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError>;
}
