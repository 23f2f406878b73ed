//! One service: live against wanted, and the act that removes the difference.

use std::collections::BTreeMap;

use ops_model::declaration::Environment;
use ops_model::observation::{Observation, ObservedService};
use ops_model::ownership::{ENVIRONMENT_TAG, owned_by};
use ops_model::plan::{Act, Change, ChangeClass, Difference, Gate, ServiceAct, SettingsUpdate, TaskDefinitionAct};
use ops_model::rollout::{Rollout, RolloutStatus};

use crate::change::change;
use crate::desired::DesiredService;
use crate::{settings, task_definition};

/// Seconds that a deleted service may take to drain: deregistration and the tasks' stop time-out.
const DELETION_TIMEOUT_SECONDS: u32 = 600;

pub(crate) enum Comparison {
    InSync,
    NotOwned(Gate),
    Change(Box<Change>),
}

pub(crate) fn compare(
    environment: &str,
    name: &str,
    desired: &DesiredService,
    observation: &Observation,
) -> Comparison {
    // A draining service is as good as gone; whoever creates its successor waits until it is.
    let live = observation.services.get(name).filter(|service| !service.draining);
    let provided = || task_definition::provide(&desired.task_definition, observation);
    let created = || settings::at_first(&desired.settings, desired.count);
    let tags = || desired.tags.clone();
    let Some(live) = live else {
        let act = ServiceAct::Create { task_definition: provided(), settings: created(), tags: tags() };
        return plain(name, desired, ChangeClass::Create, act);
    };
    if !owned_by(environment, &live.tags) {
        let owner = live.tags.get(ENVIRONMENT_TAG).cloned();
        return Comparison::NotOwned(Gate::NotOwned { service: name.to_owned(), owner });
    }
    let mut differences =
        task_definition::differences(&live.task_definition.content, &desired.task_definition, &desired.main_container);
    let new_task_definition = !differences.is_empty();
    let compared = settings::compare(&live.settings, &desired.settings, desired.count);
    differences.extend(compared.differences.iter().cloned());
    differences.extend(tag_differences(live, desired));
    let is_stalled = is_stalled(live);
    if differences.is_empty() && !is_stalled {
        let act = match (advancing_rollout(live), rollback_under_way(live)) {
            (Some(rollout), _) => ServiceAct::Await { rollout: rollout.id.clone() },
            (None, Some(rollback)) => after(rollback),
            (None, None) => return Comparison::InSync,
        };
        return plain(name, desired, ChangeClass::UnderWay, act);
    }
    differences.sort();
    let class = differences.iter().map(|difference| difference.class);
    let class = class.chain(is_stalled.then_some(ChangeClass::NewDeployment)).max();
    let class = class.unwrap_or(ChangeClass::NewDeployment);
    let mut reasons: Vec<String> = compared.reasons.iter().map(|reason| (*reason).to_owned()).collect();
    if new_task_definition {
        reasons.insert(0, "a task definition never changes: new tasks start from a new revision".to_owned());
    }
    if is_stalled {
        reasons.push(
            "the last rollout ended without anything to go back to, and ECS starts no task until the next".to_owned(),
        );
    }
    let provided = provided();
    let warnings = failed_before(live, &provided).into_iter().collect();
    let mut update = compared.into_update(new_task_definition);
    if is_stalled && !new_task_definition {
        update.force_new_deployment();
    }
    let act = if class == ChangeClass::Replacement {
        ServiceAct::Replace { task_definition: provided, settings: created(), tags: tags() }
    } else {
        ServiceAct::Update {
            task_definition: new_task_definition.then_some(provided),
            update,
            tags: tags(),
            after_rollback: rollback_under_way(live).map(|rollout| rollout.id.clone()),
            then_await: advancing_rollout(live)
                .filter(|_| class == ChangeClass::InPlace)
                .map(|rollout| rollout.id.clone()),
        }
    };
    Comparison::Change(Box::new(Change {
        differences,
        reasons,
        warnings,
        ..change(name, class, Act::Service(act), desired.timeout_seconds)
    }))
}

/// Owned services that are no longer declared.
pub(crate) fn deletions(environment: &Environment, observation: &Observation) -> Vec<Change> {
    observation
        .services
        .values()
        .filter(|service| !environment.services.contains_key(&service.name))
        .filter(|service| !service.draining && owned_by(&environment.environment, &service.tags))
        .map(|service| {
            let act = Act::Service(ServiceAct::Delete);
            change(&service.name, ChangeClass::Delete, act, DELETION_TIMEOUT_SECONDS)
        })
        .collect()
}

/// Tags that others put there are theirs.
fn tag_differences(live: &ObservedService, desired: &DesiredService) -> Vec<Difference> {
    let differing = desired.tags.iter().filter(|(name, value)| live.tags.get(*name) != Some(value));
    let differences = differing.map(|(name, value)| Difference {
        path: format!("tags.{name}"),
        live: live.tags.get(name).cloned(),
        declared: Some(value.clone()),
        class: ChangeClass::InPlace,
    });
    differences.collect()
}

/// A change that is not about a field.
fn plain(name: &str, desired: &DesiredService, class: ChangeClass, act: ServiceAct) -> Comparison {
    Comparison::Change(Box::new(change(name, class, Act::Service(act), desired.timeout_seconds)))
}

fn advancing_rollout(live: &ObservedService) -> Option<&Rollout> {
    live.rollout
        .as_ref()
        .filter(|rollout| rollout.status.is_advancing() && rollout.task_definition == live.task_definition.arn)
}

/// Whether the last rollout failed, or was stopped, and nothing took its place: what runs of the service, if anything, is not
/// replaced when it ends.
fn is_stalled(live: &ObservedService) -> bool {
    let status = live.rollout.as_ref().map(|rollout| rollout.status);
    matches!(status, Some(RolloutStatus::RollbackFailed | RolloutStatus::Stopped))
}

/// What is declared is what ECS goes back to: nothing is sent, and it is waited for.
fn after(rollback: &Rollout) -> ServiceAct {
    ServiceAct::Update {
        task_definition: None,
        update: SettingsUpdate::default(),
        tags: BTreeMap::new(),
        after_rollback: Some(rollback.id.clone()),
        then_await: None,
    }
}

fn rollback_under_way(live: &ObservedService) -> Option<&Rollout> {
    live.rollout.as_ref().filter(|rollout| {
        matches!(
            rollout.status,
            RolloutStatus::RollbackRequested | RolloutStatus::RollbackInProgress | RolloutStatus::StopRequested
        )
    })
}

fn failed_before(live: &ObservedService, act: &TaskDefinitionAct) -> Option<String> {
    let rollout = live.rollout.as_ref()?;
    let TaskDefinitionAct::Registered { arn } = act else { return None };
    let failed = matches!(rollout.status, RolloutStatus::RollbackSuccessful | RolloutStatus::RollbackFailed);
    (failed && rollout.task_definition == *arn).then(|| {
        let reason = rollout.status_reason.as_deref().unwrap_or("ECS gave no reason");
        format!("the last rollout of exactly this was rolled back: {reason}")
    })
}
