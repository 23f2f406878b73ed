//! What is kept, and by whom it is asked for: a trait for each aggregate, and a [`Transaction`] that is all of them, so
//! that what belongs together is written together or not at all. MySQL keeps it; tests of what is above may keep it in
//! memory. One suite of tests holds both to the same contract.

mod api_token;
mod audit;
mod build;
#[cfg(test)]
mod contract;
mod deployment;
mod environment;
mod job;
#[cfg(test)]
mod memory;
mod mysql;
mod one_time_link;
mod promotion;
mod request;
mod restraint;
mod session;
mod upload;
mod user;

use async_trait::async_trait;
use ulid::Ulid;

pub(crate) use api_token::{ApiToken, ApiTokenRepository};
pub(crate) use audit::{AuditEvent, AuditRepository, NewAuditEvent};
pub(crate) use build::{Artifact, Build, BuildRepository, TestReport};
pub(crate) use deployment::{Deployment, DeploymentFilter, DeploymentRepository};
pub(crate) use environment::{Environment, EnvironmentRepository, EnvironmentStatus};
pub(crate) use job::{Job, JobRepository, JobState};
#[cfg(test)]
pub(crate) use memory::MemoryStore;
pub(crate) use mysql::{DatabaseUrl, MigrateError, MySqlStore, migrate};
pub(crate) use one_time_link::{LinkPurpose, OneTimeLink, OneTimeLinkRepository};
pub(crate) use promotion::{Approval, Promotion, PromotionRepository, PromotionState};
pub(crate) use request::{KnownRequest, RequestRepository};
pub(crate) use restraint::{Freeze, Hold, RestraintRepository};
pub(crate) use session::{EndReason, RefreshToken, Session, SessionRepository};
pub(crate) use upload::{Upload, UploadRepository};
pub(crate) use user::{User, UserRepository, sorted};
#[cfg(test)]
pub(crate) use {
    build::Tests,
    environment::{Health, PlacedBuild, SyncState},
};

/// Where transactions come from.
#[async_trait]
pub(crate) trait Store: Send + Sync {
    /// One that may write.
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError>;

    /// One that reads a consistent state, from a replica where there is one. What others have written it may not know of
    /// for some seconds; what the reader has written it knows of.
    async fn begin_read(&self, reader: &Reader) -> Result<Box<dyn Transaction>, StoreError>;

    /// Whether the store answers.
    async fn check(&self) -> Result<(), StoreError>;

    /// The connections that it has, where it has any.
    fn pools(&self) -> Vec<Pool> {
        Vec::new()
    }
}

/// Connections to one server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pool {
    pub(crate) name: &'static str,
    pub(crate) in_use: u32,
    pub(crate) idle: u32,
}

/// All or nothing: what is dropped before [`Self::commit`] has not happened.
#[async_trait]
pub(crate) trait Transaction:
    ApiTokenRepository
    + AuditRepository
    + BuildRepository
    + DeploymentRepository
    + EnvironmentRepository
    + JobRepository
    + OneTimeLinkRepository
    + PromotionRepository
    + RequestRepository
    + RestraintRepository
    + SessionRepository
    + UploadRepository
    + UserRepository
    + Send
{
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// Another one has what has to be unique.
    #[error("there is one already")]
    Conflict,
    #[error("the database cannot be reached or has no time")]
    Unavailable(#[source] sqlx::Error),
    #[error("the database holds what it should not: {table}.{column} of {id}")]
    Inconsistent { table: &'static str, column: &'static str, id: Ulid },
    #[error("the database refuses a statement")]
    Refused(#[source] sqlx::Error),
}

/// Who reads, and how often they have written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reader {
    pub(crate) identity: String,
    pub(crate) mark: u64,
}

/// A part of a list, oldest or newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    /// The last one of the part before.
    pub(crate) after: Option<Ulid>,
    /// How many at most.
    pub(crate) limit: u32,
}

impl Page {
    /// Of what there never is much of.
    pub(crate) const ALL: Self = Self { after: None, limit: 1000 };
}
