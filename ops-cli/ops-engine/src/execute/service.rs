//! One change to one service: the calls, in their order, and then the wait for the verdict.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use ops_model::observation::{ObservedService, ServiceSettings};
use ops_model::outcome::{ChangeOutcome, Outcome};
use ops_model::plan::{Change, ChangeClass, Kind, ServiceAct, SettingsUpdate, TaskDefinitionAct};
use ops_model::rollout::{Rollout, RolloutStatus};
use serde_json::{Map, Value};

use super::rollout::{Expectation, Follower};
use super::{Execution, client_token, deletion, listener_rule, verdict};
use crate::cloud::{CloudError, CreateService, ServiceUpdate};
use crate::pace::{Pace, Wait};

pub(super) async fn carry_out(
    execution: &Execution<'_>,
    change: &Change,
    act: &ServiceAct,
) -> Result<ChangeOutcome, CloudError> {
    match act {
        ServiceAct::Create { task_definition, settings, tags } => {
            create(execution, change, task_definition, settings, tags).await
        }
        ServiceAct::Update { task_definition, update, tags, after_rollback, then_await } => {
            let waits = Waits { after_rollback: after_rollback.as_deref(), then_await: then_await.as_deref() };
            update_service(execution, change, task_definition.as_ref(), update, tags, waits).await
        }
        ServiceAct::Await { rollout } => Ok(Follower::of(execution, change).follow(rollout).await),
        ServiceAct::Replace { task_definition, settings, tags } => {
            let deleted = deletion::delete(execution, change, execution.permits.replacement.as_ref()).await;
            if !deleted.outcome.is_success() {
                return Ok(deleted);
            }
            create(execution, change, task_definition, settings, tags).await
        }
        ServiceAct::Delete => Ok(deletion::delete(execution, change, execution.permits.deletion.as_ref()).await),
    }
}

/// ARNs of rollouts to wait for, before and after the update.
struct Waits<'a> {
    after_rollback: Option<&'a str>,
    then_await: Option<&'a str>,
}

async fn create(
    execution: &Execution<'_>,
    change: &Change,
    task_definition: &TaskDefinitionAct,
    settings: &ServiceSettings,
    tags: &BTreeMap<String, String>,
) -> Result<ChangeOutcome, CloudError> {
    // ECS refuses the name of a service that is still draining.
    if let Some(unfinished) = deletion::until_gone(execution, change).await {
        return Ok(unfinished);
    }
    let Some(settings) = listener_rule::in_settings(execution, &change.name, &settings.0) else {
        return Ok(without_listener_rule(change));
    };
    let task_definition = execution.task_definitions.provide(execution, &change.name, task_definition).await?.arn;
    let request = CreateService {
        cluster: execution.cluster.to_owned(),
        service: change.name.clone(),
        task_definition: task_definition.clone(),
        settings: ServiceSettings(settings),
        tags: execution.tags_with(tags),
        client_token: client_token(&[&execution.record_id, &change.name]),
    };
    let sent = execution.cloud.containers.create_service(&request).await;
    Follower::of(execution, change).find_and_follow(sent, &BTreeSet::new(), &Expectation { task_definition }).await
}

async fn update_service(
    execution: &Execution<'_>,
    change: &Change,
    task_definition: Option<&TaskDefinitionAct>,
    update: &SettingsUpdate,
    tags: &BTreeMap<String, String>,
    waits: Waits<'_>,
) -> Result<ChangeOutcome, CloudError> {
    let containers = &execution.cloud.containers;
    if let Some(rollback) = waits.after_rollback
        && let Some(unfinished) = until_rolled_back(execution, change, rollback).await?
    {
        return Ok(unfinished);
    }
    let live = containers.describe_services(execution.cluster, std::slice::from_ref(&change.name)).await?;
    let Some(live) = live.into_iter().next() else {
        let reason = "the service is gone: somebody deleted it after the plan was made".to_owned();
        return Ok(verdict(Kind::Service, &change.name, Outcome::Failed, Some(reason)));
    };
    let Some(settings) = listener_rule::in_settings(execution, &change.name, &update.0) else {
        return Ok(without_listener_rule(change));
    };
    let arn = match task_definition {
        Some(act) => Some(execution.task_definitions.provide(execution, &change.name, act).await?.arn),
        None => None,
    };
    let rollouts = containers.rollouts(execution.cluster, &change.name).await?;
    if let Some(reason) = went_back(execution, &change.name, &rollouts).await? {
        return Ok(verdict(Kind::Service, &change.name, Outcome::Superseded, Some(reason)));
    }
    let known = rollouts.into_iter().map(|rollout| rollout.id).collect();
    // Tags first: a change that ECS knows of must be traceable even if we end here.
    containers.tag(&live.arn, &execution.tags_with(tags)).await?;
    let follower = Follower::of(execution, change);
    if arn.is_none() && settings.is_empty() {
        let failed = match waits.after_rollback {
            Some(rollback) => execution
                .cloud
                .containers
                .rollout(rollback)
                .await?
                .filter(|it| it.status != RolloutStatus::RollbackSuccessful),
            None => None,
        };
        return Ok(match (waits.then_await, failed) {
            (Some(rollout), _) => follower.follow(rollout).await,
            (None, Some(rollback)) => ChangeOutcome {
                rollout: Some(rollback.id),
                ..verdict(Kind::Service, &change.name, Outcome::Failed, rollback.status_reason)
            },
            (None, None) => ChangeOutcome {
                task_definition: Some(live.task_definition.arn),
                ..verdict(Kind::Service, &change.name, Outcome::Succeeded, None)
            },
        });
    }
    let request = ServiceUpdate {
        cluster: execution.cluster.to_owned(),
        service: change.name.clone(),
        task_definition: arn.clone(),
        update: SettingsUpdate(settings),
    };
    let sent = containers.update_service(&request).await;
    let expectation = Expectation { task_definition: arn.unwrap_or(live.task_definition.arn) };
    match change.class {
        ChangeClass::InPlace => {
            sent?;
            match waits.then_await {
                Some(rollout) => Ok(follower.follow(rollout).await),
                None => Ok(follower.until_counts_match(update.desired_count(), &expectation).await),
            }
        }
        _ => {
            if sent.is_ok()
                && let Some(reason) = went_back_just_before(execution, &request).await
            {
                return Ok(verdict(Kind::Service, &change.name, Outcome::Superseded, Some(reason)));
            }
            follower.find_and_follow(sent, &known, &expectation).await
        }
    }
}

/// The wave before makes it, or is why this one does not run.
fn without_listener_rule(change: &Change) -> ChangeOutcome {
    let reason = "no listener rule to shift its traffic by was made or found".to_owned();
    verdict(Kind::Service, &change.name, Outcome::Failed, Some(reason))
}

/// Why an update does not fit any more: it holds what differed from a rollout that was under way when the service was looked
/// at, and ECS has gone back to settings of before, maybe within that very look.
async fn went_back(
    execution: &Execution<'_>,
    service: &str,
    rollouts: &[Rollout],
) -> Result<Option<String>, CloudError> {
    let Some(planned) = execution.observation.services.get(service) else { return Ok(None) };
    // What came after it this reconcile has brought itself.
    let newest = rollouts.first().filter(|newest| planned.rollout.as_ref().is_some_and(|it| it.id == newest.id));
    let Some(back) = newest.filter(|rollout| is_taken_back(rollout.status)) else { return Ok(None) };
    let live = execution.cloud.containers.describe_services(execution.cluster, &[service.to_owned()]).await?;
    let is_stale = live.first().is_some_and(|live| settings_beside(planned, &[]) != settings_beside(live, &[]));
    Ok(is_stale.then(|| {
        format!(
            "nothing was sent: the plan goes by the settings of {}, which ECS has taken back since; the next reconcile goes \
             by those that are set now",
            back.id
        )
    }))
}

/// The same of an update that ECS has just taken: it may have gone back after our last look, and `UpdateService` has no
/// condition to refuse by. Who cannot see it follows the rollout, and looks at everything again after it.
async fn went_back_just_before(execution: &Execution<'_>, request: &ServiceUpdate) -> Option<String> {
    let containers = &execution.cloud.containers;
    let planned = execution.observation.services.get(&request.service)?;
    let under_way = planned.rollout.as_ref().filter(|rollout| !rollout.status.is_final())?;
    // Our own rollout has ended it since: only its rollback tells.
    let back = containers.rollout(&under_way.id).await.ok()?.filter(|rollout| rollout.rollback.is_some())?;
    let live = containers.describe_services(execution.cluster, std::slice::from_ref(&request.service)).await.ok()?;
    let live = live.first()?;
    let sent: Vec<_> = request.update.0.keys().map(String::as_str).collect();
    let is_stale = settings_beside(planned, &sent) != settings_beside(live, &sent)
        || request.task_definition.is_none() && planned.task_definition.arn != live.task_definition.arn;
    is_stale.then(|| {
        format!(
            "ECS has taken {} back just before the update came, which holds only what differed from it; its rollout goes on \
             in ECS, and the next reconcile brings the rest",
            back.id
        )
    })
}

/// Settings without the count, which a rollback leaves as it is, and without these.
fn settings_beside(service: &ObservedService, sent: &[&str]) -> Map<String, Value> {
    let mut settings = service.settings.0.clone();
    settings.retain(|member, _| member != "desiredCount" && !sent.contains(&member.as_str()));
    settings
}

fn is_taken_back(status: RolloutStatus) -> bool {
    matches!(
        status,
        RolloutStatus::RollbackRequested
            | RolloutStatus::RollbackInProgress
            | RolloutStatus::RollbackSuccessful
            | RolloutStatus::RollbackFailed
    )
}

async fn until_rolled_back(
    execution: &Execution<'_>,
    change: &Change,
    rollback: &str,
) -> Result<Option<ChangeOutcome>, CloudError> {
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
        return Ok(Some(verdict(Kind::Service, &change.name, outcome, Some(why.to_owned()))));
    }
}
