//! What does the jobs: it receives their ids, does them one by one beside each other, and says in the database what has
//! become of each.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rand::RngExt as _;
use tokio::sync::watch;
use tokio::task::JoinSet;
use ulid::Ulid;

use crate::control_plane::ControlPlane;
use crate::jobs::{Deliveries, JobError};
use crate::queue::{Queue, Received};
use crate::store::{Job, JobState, StoreError};

/// Jobs at a time in one process.
const AT_ONCE: usize = 16;

/// A message is ours for so long, and so is the job; a heartbeat keeps both.
const LEASE: Duration = Duration::from_secs(60);
const HEARTBEAT: Duration = Duration::from_secs(20);

/// How long the queue is asked to wait for a message: the longest that SQS does.
const PATIENCE: Duration = Duration::from_secs(20);

/// A job that takes longer is tried again.
const LONGEST: Duration = Duration::from_secs(120);

/// After so many attempts a job waits for a person.
const ATTEMPTS: u32 = 8;

/// Before the second attempt; twice as long before each further one.
const FIRST_DELAY: SignedDuration = SignedDuration::from_secs(5);
const LONGEST_DELAY: SignedDuration = SignedDuration::from_mins(15);

/// Characters of an error that are kept.
const LONGEST_ERROR: usize = 2000;

#[derive(Clone)]
pub(crate) struct Worker {
    pub(crate) control_plane: ControlPlane,
    pub(crate) queue: Arc<dyn Queue>,
    pub(crate) deliveries: Arc<Deliveries>,
}

impl Worker {
    /// Works until it is told to leave; then it ends what it has begun.
    pub(crate) async fn run(self, mut leaving: watch::Receiver<bool>) {
        let mut tasks = JoinSet::new();
        while !*leaving.borrow() {
            while tasks.len() >= AT_ONCE {
                tasks.join_next().await;
            }
            let received = tokio::select! {
                received = self.queue.receive(PATIENCE, LEASE) => received,
                _ = leaving.wait_for(|leaving| *leaving) => break,
            };
            match received {
                Ok(messages) => {
                    for message in messages {
                        let worker = self.clone();
                        tasks.spawn(async move { worker.handle(message).await });
                    }
                }
                Err(error) => {
                    tracing::warn!(causes = %crate::causes(&error), "no jobs come: {error}");
                    tokio::select! {
                        () = tokio::time::sleep(Duration::from_secs(1)) => {}
                        _ = leaving.wait_for(|leaving| *leaving) => break,
                    }
                }
            }
            while tasks.try_join_next().is_some() {}
        }
        tasks.join_all().await;
    }

    /// Whatever goes wrong here, the job is sent again when it is due.
    pub(crate) async fn handle(&self, message: Received) {
        let done = match message.job {
            Some(id) => self.work_on(id, &message).await,
            // Nobody here has sent it.
            None => Ok(()),
        };
        let deleted = match done {
            Ok(()) => self.queue.delete(&message).await.map_err(|error| crate::causes(&error)),
            Err(error) => Err(crate::causes(&error)),
        };
        if let Err(causes) = deleted {
            tracing::warn!(%causes, job = ?message.job, "a message will come again");
        }
    }

    async fn work_on(&self, id: Ulid, message: &Received) -> Result<(), StoreError> {
        let Some(job) = self.begin(id).await? else { return Ok(()) };
        if job.attempts > ATTEMPTS {
            return self.end(job, Err(JobError::failed("it was begun again and again, and never ended"))).await;
        }
        tracing::info!(job = %id, kind = job.content.kind(), attempt = job.attempts, "begun");
        let work = self.deliveries.run(&self.control_plane, &job);
        let result = tokio::select! {
            result = work => result,
            () = tokio::time::sleep(LONGEST) => Err(JobError::again("it took too long")),
            never = self.keep(id, message) => match never {},
        };
        self.end(job, result).await
    }

    async fn begin(&self, id: Ulid) -> Result<Option<Job>, StoreError> {
        let now = self.control_plane.now();
        let mut transaction = self.control_plane.store.begin().await?;
        let job = transaction.begin_job(id, now, until(now)).await?;
        transaction.commit().await?;
        Ok(job)
    }

    /// Nobody else begins it while this goes on.
    async fn keep(&self, id: Ulid, message: &Received) -> std::convert::Infallible {
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            if let Err(error) = self.queue.extend(message, LEASE).await {
                tracing::warn!(job = %id, causes = %crate::causes(&error), "the message may come to another worker");
            }
            let now = self.control_plane.now();
            let extended = async {
                let mut transaction = self.control_plane.store.begin().await?;
                transaction.extend_job(id, now, until(now)).await?;
                transaction.commit().await
            };
            if let Err(error) = extended.await {
                tracing::warn!(job = %id, causes = %crate::causes(&error), "another worker may begin it");
            }
        }
    }

    async fn end(&self, job: Job, result: Result<(), JobError>) -> Result<(), StoreError> {
        let now = self.control_plane.now();
        let (id, kind, attempt) = (job.id, job.content.kind(), job.attempts);
        let job = match result {
            Ok(()) => {
                tracing::info!(job = %id, kind, attempt, "done");
                Job { state: JobState::Done, error: None, due_at: now, updated_at: now, ..job }
            }
            Err(error) => {
                let again = error.may_be_tried_again() && attempt < ATTEMPTS;
                tracing::warn!(job = %id, kind, attempt, again, "{error}");
                let (state, due_at) =
                    if again { (JobState::Waiting, now + delay(attempt)) } else { (JobState::Failed, now) };
                let error = error.to_string().chars().take(LONGEST_ERROR).collect();
                Job { state, error: Some(error), due_at, updated_at: now, ..job }
            }
        };
        let mut transaction = self.control_plane.store.begin().await?;
        transaction.update_job(&job).await?;
        transaction.commit().await
    }
}

fn until(now: Timestamp) -> Timestamp {
    now + SignedDuration::try_from(LEASE).unwrap_or(SignedDuration::ZERO)
}

/// Twice as long each time, and not the same for all that failed together.
fn delay(attempt: u32) -> SignedDuration {
    let doubled = FIRST_DELAY.saturating_mul(1 << attempt.saturating_sub(1).min(16)).min(LONGEST_DELAY);
    let percent = rand::rng().random_range(75..125);
    SignedDuration::from_secs(doubled.as_secs() * percent / 100)
}

#[cfg(test)]
mod tests;
