use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use super::{Page, StoreError};
use crate::jobs::JobContent;

/// What is to be done after a transaction, written in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Job {
    pub(crate) id: Ulid,
    pub(crate) content: JobContent,
    pub(crate) state: JobState,
    /// How often somebody has begun it.
    pub(crate) attempts: u32,
    /// Why the last attempt failed.
    pub(crate) error: Option<String>,
    /// Waiting: when to send it. Sent, running: when to send it again, should nobody have done it.
    pub(crate) due_at: Timestamp,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum JobState {
    /// It is not in the queue yet.
    Waiting,
    /// It is in the queue.
    Sent,
    /// A worker has begun it. One that is due was left by its worker.
    Running,
    Done,
    /// Nobody tries again unless a person says so.
    Failed,
}

#[async_trait]
pub(crate) trait JobRepository {
    async fn add_job(&mut self, job: &Job) -> Result<(), StoreError>;

    async fn job(&mut self, id: Ulid) -> Result<Option<Job>, StoreError>;

    /// Those that are to be sent, oldest first; each is of one transaction alone until that ends. They are sent from
    /// now on, and due again at `again_at`.
    async fn claim_due_jobs(&mut self, limit: u32, now: Timestamp, again_at: Timestamp)
    -> Result<Vec<Job>, StoreError>;

    /// That somebody begins it; `None` when it has been done or has failed, or somebody else has it. Nobody else begins it
    /// before `again_at`.
    async fn begin_job(&mut self, id: Ulid, now: Timestamp, again_at: Timestamp) -> Result<Option<Job>, StoreError>;

    /// That whoever has begun it goes on.
    async fn extend_job(&mut self, id: Ulid, now: Timestamp, again_at: Timestamp) -> Result<(), StoreError>;

    /// What has become of it.
    async fn update_job(&mut self, job: &Job) -> Result<(), StoreError>;

    /// Newest first.
    async fn jobs_in(&mut self, state: JobState, page: Page) -> Result<Vec<Job>, StoreError>;

    /// Those that were done before a moment, some at a time; how many.
    async fn forget_jobs(&mut self, before: Timestamp) -> Result<u64, StoreError>;
}
