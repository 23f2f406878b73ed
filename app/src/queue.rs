//! The queue between what asks for a job and what does it. It carries the jobs' ids alone: what is to be done, and what
//! has become of it, stands in the database.

#[cfg(test)]
mod memory;
mod sqs;

use std::time::Duration;

use async_trait::async_trait;
use ulid::Ulid;

#[cfg(test)]
pub(crate) use memory::MemoryQueue;
pub(crate) use sqs::SqsQueue;

/// At least once: a message comes again when it is not deleted in time.
#[async_trait]
pub(crate) trait Queue: Send + Sync {
    /// [`QueueError::Unavailable`] also where only some were sent.
    async fn send(&self, jobs: &[Ulid]) -> Result<(), QueueError>;

    /// Waits up to `patience` for the first one. What is received is of the receiver alone for `visibility`.
    async fn receive(&self, patience: Duration, visibility: Duration) -> Result<Vec<Received>, QueueError>;

    /// It stays the receiver's for so long from now on.
    async fn extend(&self, received: &Received, visibility: Duration) -> Result<(), QueueError>;

    /// It does not come again.
    async fn delete(&self, received: &Received) -> Result<(), QueueError>;

    /// Whether the queue answers.
    async fn check(&self) -> Result<(), QueueError>;
}

/// A message, as it was received this time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Received {
    /// `None` for a message that nobody here has sent.
    pub(crate) job: Option<Ulid>,
    receipt: String,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum QueueError {
    #[error("the queue cannot be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the queue did not take {0} of the messages")]
    Partial(usize),
}
