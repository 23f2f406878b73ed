//! The way from the database to the queue: jobs that are due are sent, and sent again when nobody has done them in time.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::{Notify, watch};

use crate::control_plane::ControlPlane;
use crate::queue::{Queue, QueueError};
use crate::store::StoreError;

/// Jobs that are sent in one transaction.
const SOME: u32 = 100;

/// A message that was lost on the way is sent again after so long.
const AGAIN: SignedDuration = SignedDuration::from_mins(5);

/// Answers to requests that say which one they are are kept for so long: nobody sends one again after that.
const REQUESTS: SignedDuration = SignedDuration::from_hours(24);

/// Jobs that were done are kept for so long, for whoever asks what became of them.
const DONE: SignedDuration = SignedDuration::from_hours(30 * 24);

#[derive(Debug, thiserror::Error)]
pub(crate) enum SweepError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Queue(#[from] QueueError),
}

/// Sends all that is due; how many. What could not be sent is due again at once: the transaction has not happened.
pub(crate) async fn sweep(control_plane: &ControlPlane, queue: &dyn Queue) -> Result<usize, SweepError> {
    let mut all = 0;
    loop {
        let now = control_plane.now();
        let mut transaction = control_plane.store.begin().await?;
        let due = transaction.claim_due_jobs(SOME, now, now + AGAIN).await?;
        if due.is_empty() {
            return Ok(all);
        }
        let ids: Vec<_> = due.iter().map(|job| job.id).collect();
        queue.send(&ids).await?;
        transaction.commit().await?;
        all += ids.len();
    }
}

/// Forgets what nobody asks for any more.
async fn forget(control_plane: &ControlPlane) -> Result<(), StoreError> {
    let now = control_plane.now();
    let mut transaction = control_plane.store.begin().await?;
    transaction.forget_requests(now - REQUESTS).await?;
    transaction.forget_jobs(now - DONE).await?;
    transaction.commit().await
}

/// Sweeps when a job was written, and every `interval` for those that somebody else wrote; until it is told to leave.
pub(crate) async fn run(
    control_plane: ControlPlane,
    queue: Arc<dyn Queue>,
    interval: Duration,
    mut leaving: watch::Receiver<bool>,
) {
    let written: Arc<Notify> = Arc::clone(&control_plane.job_written);
    loop {
        match sweep(&control_plane, queue.as_ref()).await {
            Ok(0) => {}
            Ok(sent) => tracing::debug!(sent, "jobs sent"),
            Err(error) => tracing::warn!(causes = %crate::causes(&error), "jobs are not sent: {error}"),
        }
        if let Err(error) = forget(&control_plane).await {
            tracing::warn!(causes = %crate::causes(&error), "nothing is forgotten: {error}");
        }
        tokio::select! {
            () = written.notified() => {}
            () = tokio::time::sleep(interval) => {}
            _ = leaving.wait_for(|leaving| *leaving) => return,
        }
    }
}
