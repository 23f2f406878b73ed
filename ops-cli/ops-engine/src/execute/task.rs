//! Runs a task to its end, once for each version of it: a run that an earlier process started is found and adopted.

use std::collections::{BTreeMap, BTreeSet};

use ops_model::outcome::{ChangeOutcome, Outcome};
use ops_model::ownership::{FAILED_TAG, SUCCEEDED_TAG};
use ops_model::plan::{Change, Kind, TaskAct};

use super::task_definitions::Revision;
use super::task_follower::{OnInterrupt, TaskFollower};
use super::task_verdict::{Start, start};
use super::{Execution, client_token, refused};
use crate::cloud::{CloudError, RunTask};
use crate::error_chain::error_chain;
use crate::pace::persistently;

/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html>
const LONGEST_STARTED_BY: usize = 128;

pub(super) async fn carry_out(
    execution: &Execution<'_>,
    change: &Change,
    act: &TaskAct,
) -> Result<ChangeOutcome, CloudError> {
    let TaskAct::Run { task_definition, settings, tags } = act;
    let Execution { cloud, cluster, environment, cancelled, .. } = execution;
    let revision = execution.task_definitions.provide(execution, &change.name, task_definition).await?;
    let started_by = started_by(environment, &change.name);
    let look = async || cloud.containers.tasks_started_by(cluster, &started_by).await;
    let earlier = persistently(cancelled, look).await?;
    let (arn, adopted) = match start(&earlier, &revision.arn, revision.content.as_ref()) {
        Start::Adopt(arn) => (arn, true),
        Start::Anew { failed } => {
            let request = RunTask {
                cluster: (*cluster).to_owned(),
                task_definition: revision.arn.clone(),
                settings: settings.clone(),
                command: None,
                tags: execution.tags_with(tags),
                started_by: started_by.clone(),
                client_token: attempt_token(execution, &change.name, &revision, &failed),
            };
            match persistently(cancelled, async || cloud.containers.run_task(&request).await).await {
                Ok(arn) => (arn, false),
                // It may have been started: the same attempt finds it.
                Err(error) if error.is_passing() => return Err(error),
                Err(error) => {
                    return Ok(remember(execution, &revision, refused(Kind::Task, &change.name, &error)).await);
                }
            }
        }
    };
    let follower = TaskFollower {
        execution,
        task: &change.name,
        revision: &revision,
        timeout_seconds: change.timeout_seconds,
        on_interrupt: OnInterrupt::LeaveRunning("the next reconcile finds it"),
    };
    Ok(remember(execution, &revision, follower.follow(&arn, adopted).await).await)
}

/// Says whose task it is, so that whoever comes later finds it.
fn started_by(environment: &str, task: &str) -> String {
    format!("slipway/{environment}/{task}").chars().take(LONGEST_STARTED_BY).collect()
}

/// The same for the same attempt: a process that was killed before it had an answer starts nothing twice. Another one
/// after each failure, also after one that ECS has forgotten, which the tag still tells of.
fn attempt_token(execution: &Execution<'_>, task: &str, revision: &Revision, failed: &[String]) -> String {
    let newest = execution.observation.newest_task_definitions.values();
    let tags = newest.filter(|newest| newest.arn == revision.arn).map(|newest| &newest.tags);
    let remembered = tags.filter_map(|tags| tags.get(FAILED_TAG)).cloned();
    let failed: BTreeSet<_> = remembered.chain(failed.iter().cloned()).collect();
    let mut parts = vec![execution.environment, task, &revision.arn];
    parts.extend(failed.iter().map(String::as_str));
    client_token(&parts)
}

/// Notes on the revision what became of it: ECS forgets its tasks within about an hour.
async fn remember(execution: &Execution<'_>, revision: &Revision, mut outcome: ChangeOutcome) -> ChangeOutcome {
    let tag = match outcome.outcome {
        Outcome::Succeeded => SUCCEEDED_TAG,
        Outcome::Failed => FAILED_TAG,
        _ => return outcome,
    };
    let attempt = outcome.rollout.as_ref().unwrap_or(&execution.record_id);
    let tags = BTreeMap::from([(tag.to_owned(), attempt.clone())]);
    let noted = persistently(&execution.cancelled, async || execution.cloud.containers.tag(&revision.arn, &tags).await);
    if let Err(error) = noted.await {
        let error = error_chain(&error);
        if outcome.outcome == Outcome::Succeeded {
            outcome.outcome = Outcome::Failed;
            outcome.reason = Some(format!("it ran with success, which could not be noted: {error}"));
        } else {
            outcome.evidence.unread.push(error);
        }
    }
    outcome
}
