//! A notice becomes a job for each channel, so that one that is away keeps none of the others.
//!
//! Run twice it would tell everybody twice, so the jobs and the end of this one are written together.

use crate::control_plane::ControlPlane;
use crate::store::{Job, JobState};

use super::{Deliveries, JobContent, JobError, Notice};

impl Deliveries {
    pub(super) async fn announce(
        &self,
        control_plane: &ControlPlane,
        job: &Job,
        notice: &Notice,
    ) -> Result<(), JobError> {
        let now = control_plane.now();
        let mut transaction = control_plane.store.begin().await?;
        for channel in self.channels() {
            let content = JobContent::Deliver { channel, notice: notice.clone() };
            transaction.add_job(&Job::new(content, now)).await?;
        }
        let done = Job { state: JobState::Done, error: None, due_at: now, updated_at: now, ..job.clone() };
        transaction.update_job(&done).await?;
        transaction.commit().await?;
        control_plane.job_written.notify_one();
        Ok(())
    }
}
