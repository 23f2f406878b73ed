use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use ulid::Ulid;

use super::{Queue, QueueError, Received};

/// A queue that can be cut off. What was received and not deleted comes again when a test says so.
#[derive(Debug, Clone, Default)]
pub(crate) struct MemoryQueue(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Ulid>,
    received: Vec<Ulid>,
    is_away: bool,
}

impl MemoryQueue {
    pub(crate) fn cut_off(&self, is_away: bool) {
        self.locked().is_away = is_away;
    }

    /// As when visibility ends.
    pub(crate) fn give_back(&self) {
        let mut state = self.locked();
        let received = std::mem::take(&mut state.received);
        state.waiting.extend(received);
    }

    pub(crate) fn len(&self) -> usize {
        let state = self.locked();
        state.waiting.len() + state.received.len()
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reached(&self) -> Result<std::sync::MutexGuard<'_, State>, QueueError> {
        let state = self.locked();
        if state.is_away { Err(QueueError::Unavailable("the queue is away".into())) } else { Ok(state) }
    }
}

#[async_trait]
impl Queue for MemoryQueue {
    async fn send(&self, jobs: &[Ulid]) -> Result<(), QueueError> {
        self.reached()?.waiting.extend(jobs);
        Ok(())
    }

    async fn receive(&self, _patience: Duration, _visibility: Duration) -> Result<Vec<Received>, QueueError> {
        let mut state = self.reached()?;
        let some = state.waiting.len().min(10);
        let jobs: Vec<_> = state.waiting.drain(..some).collect();
        state.received.extend(&jobs);
        Ok(jobs.into_iter().map(|job| Received { job: Some(job), receipt: job.to_string() }).collect())
    }

    async fn extend(&self, _received: &Received, _visibility: Duration) -> Result<(), QueueError> {
        self.reached().map(drop)
    }

    async fn delete(&self, received: &Received) -> Result<(), QueueError> {
        let mut state = self.reached()?;
        if let Some(index) = state.received.iter().position(|job| Some(*job) == received.job) {
            state.received.remove(index);
        }
        Ok(())
    }

    async fn check(&self) -> Result<(), QueueError> {
        self.reached().map(drop)
    }
}
