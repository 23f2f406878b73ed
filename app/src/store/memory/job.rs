use async_trait::async_trait;
use jiff::Timestamp;
use ulid::Ulid;

use super::MemoryTransaction;
use crate::store::{Job, JobRepository, JobState, Page, StoreError};

#[async_trait]
impl JobRepository for MemoryTransaction {
    async fn add_job(&mut self, job: &Job) -> Result<(), StoreError> {
        self.state.jobs.insert(job.id, job.clone());
        Ok(())
    }

    async fn job(&mut self, id: Ulid) -> Result<Option<Job>, StoreError> {
        Ok(self.state.jobs.get(&id).cloned())
    }

    async fn claim_due_jobs(
        &mut self,
        limit: u32,
        now: Timestamp,
        again_at: Timestamp,
    ) -> Result<Vec<Job>, StoreError> {
        let due = |job: &&mut Job| {
            matches!(job.state, JobState::Waiting | JobState::Sent | JobState::Running) && job.due_at <= now
        };
        let mut claimed: Vec<&mut Job> = self.state.jobs.values_mut().filter(due).collect();
        claimed.sort_by_key(|job| job.due_at);
        claimed.truncate(limit as usize);
        for job in &mut claimed {
            (job.state, job.due_at, job.updated_at) = (JobState::Sent, again_at, now);
        }
        Ok(claimed.into_iter().map(|job| job.clone()).collect())
    }

    async fn begin_job(&mut self, id: Ulid, now: Timestamp, again_at: Timestamp) -> Result<Option<Job>, StoreError> {
        let is_free = |job: &&mut Job| match job.state {
            JobState::Waiting | JobState::Sent => true,
            JobState::Running => job.due_at <= now,
            JobState::Done | JobState::Failed => false,
        };
        let Some(job) = self.state.jobs.get_mut(&id).filter(is_free) else { return Ok(None) };
        (job.state, job.due_at, job.updated_at) = (JobState::Running, again_at, now);
        job.attempts += 1;
        Ok(Some(job.clone()))
    }

    async fn extend_job(&mut self, id: Ulid, now: Timestamp, again_at: Timestamp) -> Result<(), StoreError> {
        if let Some(job) = self.state.jobs.get_mut(&id).filter(|job| job.state == JobState::Running) {
            (job.due_at, job.updated_at) = (again_at, now);
        }
        Ok(())
    }

    async fn update_job(&mut self, job: &Job) -> Result<(), StoreError> {
        self.add_job(job).await
    }

    async fn jobs_in(&mut self, state: JobState, page: Page) -> Result<Vec<Job>, StoreError> {
        Ok(page.newest_of(self.state.jobs.values().filter(|job| job.state == state), |job| job.id))
    }

    async fn forget_jobs(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        let known = self.state.jobs.len();
        self.state.jobs.retain(|_, job| job.state != JobState::Done || job.due_at >= before);
        Ok((known - self.state.jobs.len()) as u64)
    }
}
