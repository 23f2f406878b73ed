//! `app queue`: the jobs that failed.

use std::io::{self, Write as _};

use clap::{Args, Subcommand};
use ops_engine::clock::SystemClock;
use serde_json::json;
use ulid::Ulid;

use super::open_control_plane;
use crate::configuration::Configuration;
use crate::control_plane::ControlPlane;
use crate::identity::PasswordError;
use crate::store::{Job, JobState, NewAuditEvent, Page, StoreError};

#[derive(Debug, Args)]
pub(crate) struct Queue {
    #[command(subcommand)]
    verb: QueueVerb,
}

#[derive(Debug, Subcommand)]
enum QueueVerb {
    /// Print the jobs that failed, newest first, one a line as JSON
    List,
    /// Have failed jobs tried again, with as many attempts as a new one
    Retry(Retry),
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Retry {
    /// Ids of jobs, as `list` prints them
    ids: Vec<Ulid>,
    /// All that have failed
    #[arg(long)]
    all: bool,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum QueueCommandError {
    #[error("SLIPWAY_DATABASE_URL is not set: it says where the jobs are")]
    NoDatabase,
    #[error("can't start the async runtime")]
    Runtime(#[source] io::Error),
    #[error("no job with the id {0} has failed")]
    Unknown(Ulid),
    #[error("can't print the jobs")]
    Print(#[source] io::Error),
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub(crate) fn run(arguments: Queue, configuration: &Configuration) -> Result<(), QueueCommandError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(QueueCommandError::Runtime)?.block_on(async {
        let control_plane =
            open_control_plane(configuration, SystemClock).await?.ok_or(QueueCommandError::NoDatabase)?;
        match arguments.verb {
            QueueVerb::List => list(&control_plane).await,
            QueueVerb::Retry(retry) => try_again(&control_plane, retry).await,
        }
    })
}

/// Every failed job, a page at a time.
async fn failed(control_plane: &ControlPlane) -> Result<Vec<Job>, StoreError> {
    let mut transaction = control_plane.store.begin().await?;
    let mut all: Vec<Job> = Vec::new();
    loop {
        let page = Page { after: all.last().map(|job| job.id), ..Page::ALL };
        let found = transaction.jobs_in(JobState::Failed, page).await?;
        if found.is_empty() {
            return Ok(all);
        }
        all.extend(found);
    }
}

async fn list(control_plane: &ControlPlane) -> Result<(), QueueCommandError> {
    let mut output = io::stdout().lock();
    for job in failed(control_plane).await? {
        let line = json!({
            "id": job.id, "kind": job.content.kind(), "attempts": job.attempts, "error": job.error,
            "created_at": job.created_at, "failed_at": job.due_at,
        });
        writeln!(output, "{line}").map_err(QueueCommandError::Print)?;
    }
    Ok(())
}

async fn try_again(control_plane: &ControlPlane, Retry { ids, all }: Retry) -> Result<(), QueueCommandError> {
    let failed = failed(control_plane).await?;
    if let Some(unknown) = ids.iter().find(|id| !failed.iter().any(|job| job.id == **id)) {
        return Err(QueueCommandError::Unknown(*unknown));
    }
    let wanted: Vec<_> = failed.into_iter().filter(|job| all || ids.contains(&job.id)).collect();
    let (now, count) = (control_plane.now(), wanted.len());
    let mut transaction = control_plane.store.begin().await?;
    for job in wanted {
        let event = NewAuditEvent {
            actor: "command:queue".to_owned(),
            action: "job.retry".to_owned(),
            subject: format!("job:{}", job.id),
            environment: None,
            reason: job.error.as_ref().map(|error| error.chars().take(LONGEST_REASON).collect()),
        };
        let again = Job { state: JobState::Waiting, attempts: 0, due_at: now, updated_at: now, ..job };
        transaction.update_job(&again).await?;
        transaction.append_audit_event(event, now).await?;
    }
    transaction.commit().await?;
    tracing::info!(count, "to be tried again");
    Ok(())
}

/// Characters of a reason in the audit log.
const LONGEST_REASON: usize = 1000;
