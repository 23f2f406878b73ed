//! One service: live against wanted, and the act that removes the difference.

use ops_model::declaration::Environment;
use ops_model::observation::{Observation, ObservedService};
use ops_model::ownership::{ENVIRONMENT_TAG, owned_by};
use ops_model::plan::{ChangeClass, Gate, ServiceAct, ServiceChange, TaskDefinitionAct};
use ops_model::rollout::{Rollout, RolloutStatus};

use crate::desired::DesiredService;
use crate::{settings, task_definition};

/// Seconds that a deleted service may take to drain: deregistration and the tasks' stop time-out.
const DELETION_TIMEOUT_SECONDS: u32 = 600;

pub(crate) enum Comparison {
    InSync,
    NotOwned(Gate),
    Change(Box<ServiceChange>),
}

pub(crate) fn compare(
    environment: &str,
    name: &str,
    desired: &DesiredService,
    observation: &Observation,
) -> Comparison {
    // A draining service is as good as gone; whoever creates its successor waits until it is.
    let live = observation.services.get(name).filter(|service| !service.draining);
    let task_definition_act = task_definition_act(desired, observation);
    let Some(live) = live else {
        return change(
            name,
            desired,
            ChangeClass::Create,
            ServiceAct::Create { task_definition: task_definition_act, settings: desired.settings.clone() },
        );
    };
    if !owned_by(environment, &live.tags) {
        let owner = live.tags.get(ENVIRONMENT_TAG).cloned();
        return Comparison::NotOwned(Gate::NotOwned { service: name.to_owned(), owner });
    }
    let mut differences = task_definition::differences(&live.task_definition.content, &desired.task_definition);
    let new_task_definition = !differences.is_empty();
    let compared = settings::compare(&live.settings, &desired.settings);
    differences.extend(compared.differences);
    if differences.is_empty() {
        return match advancing_rollout(live) {
            Some(rollout) => {
                change(name, desired, ChangeClass::UnderWay, ServiceAct::Await { rollout: rollout.id.clone() })
            }
            None => Comparison::InSync,
        };
    }
    differences.sort();
    let warnings = failed_before(live, &task_definition_act).into_iter().collect();
    let class = if new_task_definition {
        ChangeClass::NewDeployment
    } else {
        compared.class.unwrap_or(ChangeClass::NewDeployment)
    };
    Comparison::Change(Box::new(ServiceChange {
        service: name.to_owned(),
        class,
        act: ServiceAct::Update {
            task_definition: new_task_definition.then_some(task_definition_act),
            update: compared.update,
            after_rollback: rollback_under_way(live).map(|rollout| rollout.id.clone()),
            then_await: advancing_rollout(live)
                .filter(|_| class == ChangeClass::InPlace)
                .map(|rollout| rollout.id.clone()),
        },
        differences,
        timeout_seconds: desired.timeout_seconds,
        warnings,
    }))
}

/// Owned services that are no longer declared.
pub(crate) fn deletions(environment: &Environment, observation: &Observation) -> Vec<ServiceChange> {
    observation
        .services
        .values()
        .filter(|service| !environment.services.contains_key(&service.name))
        .filter(|service| !service.draining && owned_by(&environment.environment, &service.tags))
        .map(|service| ServiceChange {
            service: service.name.clone(),
            class: ChangeClass::Delete,
            act: ServiceAct::Delete,
            differences: Vec::new(),
            timeout_seconds: DELETION_TIMEOUT_SECONDS,
            warnings: Vec::new(),
        })
        .collect()
}

fn change(name: &str, desired: &DesiredService, class: ChangeClass, act: ServiceAct) -> Comparison {
    Comparison::Change(Box::new(ServiceChange {
        service: name.to_owned(),
        class,
        act,
        differences: Vec::new(),
        timeout_seconds: desired.timeout_seconds,
        warnings: Vec::new(),
    }))
}

/// ECS has no idempotency token for registering, so the newest revision is used when it is the wanted one.
fn task_definition_act(desired: &DesiredService, observation: &Observation) -> TaskDefinitionAct {
    let content = &desired.task_definition;
    match observation.newest_task_definitions.get(&content.family) {
        Some(newest) if task_definition::differences(&newest.content, content).is_empty() => {
            TaskDefinitionAct::Registered { arn: newest.arn.clone() }
        }
        _ => TaskDefinitionAct::Register { content: content.clone() },
    }
}

fn advancing_rollout(live: &ObservedService) -> Option<&Rollout> {
    live.rollout
        .as_ref()
        .filter(|rollout| rollout.status.is_advancing() && rollout.task_definition == live.task_definition.arn)
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
