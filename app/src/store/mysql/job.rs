use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::mysql::MySqlRow;
use ulid::Ulid;

use super::MySqlTransaction;
use super::columns::{Columns, json, variant};
use super::moment::stored;
use crate::store::{Job, JobRepository, JobState, Page, StoreError};

/// Rows that are removed in one statement, which holds their locks.
const SOME: u32 = 1000;

fn job(row: &MySqlRow) -> Result<Job, StoreError> {
    let columns = Columns::of("jobs", row)?;
    Ok(Job {
        id: columns.id(),
        content: columns.json("content")?,
        state: columns.variant("state")?,
        attempts: columns.get("attempts")?,
        error: columns.get("error")?,
        due_at: columns.moment("due_at")?,
        created_at: columns.moment("created_at")?,
        updated_at: columns.moment("updated_at")?,
    })
}

#[async_trait]
impl JobRepository for MySqlTransaction {
    async fn add_job(&mut self, job: &Job) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO jobs (
             id, kind, content, state, attempts, error, due_at, created_at, updated_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(job.id.to_string())
        .bind(job.content.kind())
        .bind(json(&job.content)?)
        .bind(variant(&job.state)?)
        .bind(job.attempts)
        .bind(&job.error)
        .bind(stored(job.due_at))
        .bind(stored(job.created_at))
        .bind(stored(job.updated_at))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    async fn job(&mut self, id: Ulid) -> Result<Option<Job>, StoreError> {
        let row = sqlx::query("SELECT * FROM jobs WHERE id = ?").bind(id.to_string());
        row.fetch_optional(&mut *self.0).await?.as_ref().map(job).transpose()
    }

    async fn claim_due_jobs(
        &mut self,
        limit: u32,
        now: Timestamp,
        again_at: Timestamp,
    ) -> Result<Vec<Job>, StoreError> {
        // What another sweep holds is skipped, not waited for.
        let rows = sqlx::query(
            "SELECT * FROM jobs WHERE state IN ('waiting', 'sent', 'running') AND due_at <= ? ORDER BY due_at LIMIT ?
             FOR UPDATE SKIP LOCKED",
        );
        let rows = rows.bind(stored(now)).bind(limit).fetch_all(&mut *self.0).await?;
        let mut claimed = rows.iter().map(job).collect::<Result<Vec<_>, _>>()?;
        for job in &mut claimed {
            (job.state, job.due_at, job.updated_at) = (JobState::Sent, again_at, now);
            self.update_job(job).await?;
        }
        Ok(claimed)
    }

    async fn begin_job(&mut self, id: Ulid, now: Timestamp, again_at: Timestamp) -> Result<Option<Job>, StoreError> {
        let begun = sqlx::query(
            "UPDATE jobs SET state = 'running', attempts = attempts + 1, due_at = ?, updated_at = ?
             WHERE id = ? AND (state IN ('waiting', 'sent') OR (state = 'running' AND due_at <= ?))",
        );
        let begun = begun.bind(stored(again_at)).bind(stored(now)).bind(id.to_string()).bind(stored(now));
        if begun.execute(&mut *self.0).await?.rows_affected() == 1 { self.job(id).await } else { Ok(None) }
    }

    async fn extend_job(&mut self, id: Ulid, now: Timestamp, again_at: Timestamp) -> Result<(), StoreError> {
        let extended = sqlx::query("UPDATE jobs SET due_at = ?, updated_at = ? WHERE id = ? AND state = 'running'");
        extended.bind(stored(again_at)).bind(stored(now)).bind(id.to_string()).execute(&mut *self.0).await?;
        Ok(())
    }

    async fn update_job(&mut self, job: &Job) -> Result<(), StoreError> {
        sqlx::query("UPDATE jobs SET state = ?, attempts = ?, error = ?, due_at = ?, updated_at = ? WHERE id = ?")
            .bind(variant(&job.state)?)
            .bind(job.attempts)
            .bind(&job.error)
            .bind(stored(job.due_at))
            .bind(stored(job.updated_at))
            .bind(job.id.to_string())
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    async fn jobs_in(&mut self, state: JobState, page: Page) -> Result<Vec<Job>, StoreError> {
        let rows = sqlx::query("SELECT * FROM jobs WHERE state = ? AND (? IS NULL OR id < ?) ORDER BY id DESC LIMIT ?");
        let after = page.after.map(|id| id.to_string());
        let rows = rows.bind(variant(&state)?).bind(after.clone()).bind(after).bind(page.limit);
        rows.fetch_all(&mut *self.0).await?.iter().map(job).collect()
    }

    async fn forget_jobs(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        // A job that is done is due when it was done.
        let forgotten = sqlx::query("DELETE FROM jobs WHERE state = 'done' AND due_at < ? ORDER BY due_at LIMIT ?");
        Ok(forgotten.bind(stored(before)).bind(SOME).execute(&mut *self.0).await?.rows_affected())
    }
}
