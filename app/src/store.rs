//! What is kept, and by whom it is asked for: a trait for each aggregate, and a [`Transaction`] that is all of them, so
//! that what belongs together is written together or not at all. MySQL keeps it; tests of what is above may keep it in
//! memory. One suite of tests holds both to the same contract.

mod audit;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod memory;
mod mysql;
mod session;
mod user;

use async_trait::async_trait;
use ulid::Ulid;

pub(crate) use audit::{AuditEvent, AuditRepository, NewAuditEvent};
#[cfg(test)]
pub(crate) use memory::MemoryStore;
pub(crate) use mysql::{DatabaseUrl, MigrateError, MySqlStore, migrate};
pub(crate) use session::{EndReason, RefreshToken, Session, SessionRepository};
pub(crate) use user::{User, UserRepository};

/// Where transactions come from.
#[async_trait]
pub(crate) trait Store: Send + Sync {
    /// One that may write.
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError>;

    /// One that reads a consistent state, from a replica where there is one: it may be some seconds old.
    async fn begin_read(&self) -> Result<Box<dyn Transaction>, StoreError>;

    /// Whether the store answers.
    async fn check(&self) -> Result<(), StoreError>;
}

/// All or nothing: what is dropped before [`Self::commit`] has not happened.
#[async_trait]
pub(crate) trait Transaction: UserRepository + SessionRepository + AuditRepository + Send {
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

/// A part of a list, oldest or newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    /// The last one of the part before.
    pub(crate) after: Option<Ulid>,
    /// How many at most.
    pub(crate) limit: u32,
}
