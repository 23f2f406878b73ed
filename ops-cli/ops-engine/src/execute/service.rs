//! One change to one service: the calls, in their order, and then the wait for the verdict.

use std::collections::BTreeSet;
use std::time::Duration;

use ops_model::observation::ServiceSettings;
use ops_model::outcome::{Outcome, ServiceOutcome};
use ops_model::plan::{ChangeClass, ServiceAct, ServiceChange, SettingsUpdate, TaskDefinitionAct};
use sha2::{Digest as _, Sha256};

use super::rollout::{Expectation, Follower};
use super::{Execution, deletion, verdict};
use crate::cloud::{CloudError, CreateService, ServiceUpdate};
use crate::error_chain::error_chain;
use crate::event::Event;
use crate::pace::{Pace, Wait};

/// Never fails: whatever goes wrong is a verdict.
pub(super) async fn carry_out(execution: &Execution<'_>, change: &ServiceChange) -> ServiceOutcome {
    let done = match &change.act {
        ServiceAct::Create { task_definition, settings } => create(execution, change, task_definition, settings).await,
        ServiceAct::Update { task_definition, update, after_rollback, then_await } => {
            let waits = Waits { after_rollback: after_rollback.as_deref(), then_await: then_await.as_deref() };
            update_service(execution, change, task_definition.as_ref(), update, waits).await
        }
        ServiceAct::Await { rollout } => Ok(Follower::new(execution, change).follow(rollout).await),
        ServiceAct::Delete => Ok(deletion::delete(execution, change).await),
    };
    done.unwrap_or_else(|error| verdict(&change.service, Outcome::Failed, Some(error_chain(&error))))
}

/// ARNs of rollouts to wait for, before and after the update.
struct Waits<'a> {
    after_rollback: Option<&'a str>,
    then_await: Option<&'a str>,
}

async fn create(
    execution: &Execution<'_>,
    change: &ServiceChange,
    task_definition: &TaskDefinitionAct,
    settings: &ServiceSettings,
) -> Result<ServiceOutcome, CloudError> {
    // ECS refuses the name of a service that is still draining.
    if let Some(unfinished) = deletion::until_gone(execution, change).await {
        return Ok(unfinished);
    }
    let task_definition = provide(execution, change, task_definition).await?;
    let request = CreateService {
        cluster: execution.cluster.to_owned(),
        service: change.service.clone(),
        task_definition: task_definition.clone(),
        settings: settings.clone(),
        tags: execution.tags.clone(),
        client_token: client_token(&execution.record_id, &change.service),
    };
    let sent = execution.cloud.containers.create_service(&request).await;
    Follower::new(execution, change).find_and_follow(sent, &BTreeSet::new(), &Expectation { task_definition }).await
}

async fn update_service(
    execution: &Execution<'_>,
    change: &ServiceChange,
    task_definition: Option<&TaskDefinitionAct>,
    update: &SettingsUpdate,
    waits: Waits<'_>,
) -> Result<ServiceOutcome, CloudError> {
    let containers = &execution.cloud.containers;
    if let Some(rollback) = waits.after_rollback
        && let Some(unfinished) = until_rolled_back(execution, change, rollback).await?
    {
        return Ok(unfinished);
    }
    let live = containers.describe_services(execution.cluster, std::slice::from_ref(&change.service)).await?;
    let Some(live) = live.into_iter().next() else {
        let reason = "the service is gone: somebody deleted it after the plan was made".to_owned();
        return Ok(verdict(&change.service, Outcome::Failed, Some(reason)));
    };
    let arn = match task_definition {
        Some(act) => Some(provide(execution, change, act).await?),
        None => None,
    };
    let known = rollout_ids(execution, &change.service).await?;
    // Tags first: a change that ECS knows of must be traceable even if we end here.
    containers.tag_service(&live.arn, &execution.tags).await?;
    let request = ServiceUpdate {
        cluster: execution.cluster.to_owned(),
        service: change.service.clone(),
        task_definition: arn.clone(),
        update: update.clone(),
    };
    let sent = containers.update_service(&request).await;
    let expectation = Expectation { task_definition: arn.unwrap_or(live.task_definition.arn) };
    let follower = Follower::new(execution, change);
    match change.class {
        ChangeClass::InPlace => {
            sent?;
            match waits.then_await {
                Some(rollout) => Ok(follower.follow(rollout).await),
                None => Ok(follower.until_counts_match(update.desired_count, &expectation).await),
            }
        }
        _ => follower.find_and_follow(sent, &known, &expectation).await,
    }
}

/// The ARN of the task definition to use, registered if need be.
async fn provide(
    execution: &Execution<'_>,
    change: &ServiceChange,
    act: &TaskDefinitionAct,
) -> Result<String, CloudError> {
    match act {
        TaskDefinitionAct::Registered { arn } => Ok(arn.clone()),
        TaskDefinitionAct::Register { content } => {
            let arn = execution.cloud.containers.register_task_definition(content, &execution.tags).await?;
            execution
                .events
                .send(Event::TaskDefinitionRegistered { service: change.service.clone(), arn: arn.clone() });
            Ok(arn)
        }
    }
}

async fn rollout_ids(execution: &Execution<'_>, service: &str) -> Result<BTreeSet<String>, CloudError> {
    let rollouts = execution.cloud.containers.rollouts(execution.cluster, service).await?;
    Ok(rollouts.into_iter().map(|rollout| rollout.id).collect())
}

async fn until_rolled_back(
    execution: &Execution<'_>,
    change: &ServiceChange,
    rollback: &str,
) -> Result<Option<ServiceOutcome>, CloudError> {
    let mut pace = Pace::new(Duration::from_secs(change.timeout_seconds.into()), &execution.cancelled);
    loop {
        match execution.cloud.containers.rollout(rollback).await? {
            Some(rollout) if !rollout.status.is_final() => {}
            _ => return Ok(None),
        }
        let (outcome, why) = match pace.wait().await {
            Wait::Again => continue,
            Wait::DeadlinePassed => (Outcome::TimedOut, "the rollback that was under way did not end"),
            Wait::Cancelled => (Outcome::Interrupted, "interrupted while a rollback was under way; nothing was sent"),
        };
        return Ok(Some(verdict(&change.service, outcome, Some(why.to_owned()))));
    }
}

/// At most 36 characters, the same for one service within one reconcile, so that a call sent twice creates once.
fn client_token(record_id: &str, service: &str) -> String {
    let hash = Sha256::digest(format!("{record_id}/{service}"));
    hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
