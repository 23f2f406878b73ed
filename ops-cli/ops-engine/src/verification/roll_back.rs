//! After a failed scenario: services go back to the task definition that ran before this reconcile.

use std::collections::{BTreeMap, BTreeSet};

use ops_model::declaration::{Environment, Workload};
use ops_model::observation::{Observation, ObservedService};
use ops_model::outcome::{ChangeOutcome, Outcome};
use ops_model::plan::{Act, Change, ChangeClass, Kind, Plan, ServiceAct, SettingsUpdate, TaskDefinitionAct};
use ops_model::rollout::RolloutStatus;

use crate::execute::{Execution, verdict};

/// Takes back what the plan has brought to services, by rollouts of its own, latest wave first, and says in their outcomes
/// what became of it. What cannot be taken back is said there, too.
pub(crate) async fn roll_back(
    execution: &Execution<'_>,
    environment: &Environment,
    plan: &Plan,
    failed: &[&str],
    outcomes: &mut Vec<ChangeOutcome>,
) {
    let because = format!("rolled back, because {} failed", in_words(failed));
    let mut waves = Vec::new();
    for wave in plan.waves.iter().rev() {
        let mut back = Vec::new();
        for change in wave {
            let Some(outcome) = outcome_of(outcomes, change) else { continue };
            match way_back(change, execution.observation) {
                WayBack::To(change) => back.push(*change),
                WayBack::None(why) => {
                    outcome.reason = Some(format!("left as it is, although {} failed: {why}", in_words(failed)))
                }
                WayBack::NotAsked => {}
            }
        }
        if !back.is_empty() {
            waves.push(back);
        }
    }
    if waves.is_empty() {
        return;
    }
    let back = Plan {
        environment: plan.environment.clone(),
        services: BTreeMap::new(),
        tasks: BTreeMap::new(),
        firewall: BTreeMap::new(),
        holes: Vec::new(),
        sites: BTreeMap::new(),
        waves,
        gates: Vec::new(),
        terraform_behind: Vec::new(),
        unread: BTreeMap::new(),
        left_out: Vec::new(),
    };
    for done in execution.run(&back).await {
        let brought = outcomes.iter_mut().find(|outcome| outcome.kind == Kind::Service && outcome.name == done.name);
        let Some(outcome) = brought else { continue };
        let detail = done.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        (outcome.outcome, outcome.reason) = match done.outcome {
            Outcome::Succeeded => (Outcome::RolledBack, Some(because.clone())),
            // It serves what the scenario refused, or nobody knows what.
            Outcome::RolledBack | Outcome::Failed => {
                (Outcome::Failed, Some(format!("{} failed, and going back failed too{detail}", in_words(failed))))
            }
            other => (other, Some(format!("{} failed, and going back has not ended{detail}", in_words(failed)))),
        };
        outcome.rollout = done.rollout;
        outcome.task_definition = done.task_definition.or_else(|| outcome.task_definition.clone());
        outcome.evidence = done.evidence;
    }
    let left = left_behind(execution, environment, plan, failed, outcomes);
    outcomes.extend(left);
}

/// Services that had the same builds already when this reconcile began, from one that was killed, say: they stay, and now
/// run another build than those that went back.
fn left_behind(
    execution: &Execution<'_>,
    environment: &Environment,
    plan: &Plan,
    failed: &[&str],
    outcomes: &[ChangeOutcome],
) -> Vec<ChangeOutcome> {
    let went_back = |name: &str| {
        let service = |it: &&ChangeOutcome| it.kind == Kind::Service && it.name == name;
        outcomes.iter().find(service).is_some_and(|it| it.outcome == Outcome::RolledBack)
    };
    let services = environment.services.iter().filter(|(name, _)| went_back(name));
    let theirs: BTreeSet<&str> = services.flat_map(|(_, service)| artifacts(&service.workload)).collect();
    let unchanged = environment.services.iter().filter(|(name, service)| {
        execution.observation.services.contains_key(*name)
            && !plan.changes().any(|change| change.kind() == Kind::Service && change.name == **name)
            && artifacts(&service.workload).any(|artifact| theirs.contains(artifact))
    });
    let reason =
        format!("left as it is, although {} failed: it ran this build before this reconcile began", in_words(failed));
    unchanged.map(|(name, _)| verdict(Kind::Service, name, Outcome::NotVerified, Some(reason.clone()))).collect()
}

fn artifacts(workload: &Workload) -> impl Iterator<Item = &str> {
    let sidecars = workload.containers.values().filter_map(|sidecar| sidecar.artifact.as_deref());
    std::iter::once(workload.artifact.as_str()).chain(sidecars)
}

fn outcome_of<'a>(outcomes: &'a mut [ChangeOutcome], change: &Change) -> Option<&'a mut ChangeOutcome> {
    outcomes
        .iter_mut()
        .find(|outcome| outcome.kind == change.kind() && outcome.name == change.name && outcome.outcome.is_success())
}

enum WayBack {
    To(Box<Change>),
    /// There is none, and why.
    None(&'static str),
    /// The change brought no other task definition.
    NotAsked,
}

fn way_back(change: &Change, before: &Observation) -> WayBack {
    match &change.act {
        Act::Service(ServiceAct::Update { task_definition: Some(_), .. } | ServiceAct::Await { .. }) => {}
        Act::Service(ServiceAct::Create { .. } | ServiceAct::Replace { .. }) => {
            return WayBack::None("nothing ran before that it could go back to");
        }
        Act::Task(_) => return WayBack::None("a task that has run cannot be taken back"),
        Act::Site(_) => return WayBack::None("a site goes back by `ops rollback`, without an upload"),
        Act::Service(_)
        | Act::Scaling(_)
        | Act::Schedule(_)
        | Act::ListenerRule(_)
        | Act::Firewall(_)
        | Act::SiteAccess(_) => return WayBack::NotAsked,
    }
    let Some(live) = before.services.get(&change.name) else {
        return WayBack::None("nothing ran before that it could go back to");
    };
    if let Act::Service(ServiceAct::Await { .. }) = change.act {
        return WayBack::None("its rollout was under way before this reconcile began");
    }
    if !ran_well(live) {
        return WayBack::None("what ran before was not healthy itself");
    }
    let act = ServiceAct::Update {
        task_definition: Some(TaskDefinitionAct::Registered { arn: live.task_definition.arn.clone() }),
        update: SettingsUpdate::default(),
        tags: BTreeMap::new(),
        after_rollback: None,
        then_await: None,
    };
    WayBack::To(Box::new(Change {
        name: change.name.clone(),
        class: ChangeClass::NewDeployment,
        act: Act::Service(act),
        differences: Vec::new(),
        timeout_seconds: change.timeout_seconds,
        reasons: Vec::new(),
        warnings: Vec::new(),
    }))
}

/// As many tasks as were wanted ran, and the rollout that brought them had succeeded, as far as anybody looked.
fn ran_well(live: &ObservedService) -> bool {
    let enough = live.running_count >= live.settings.desired_count().unwrap_or_default();
    let arrived = live.rollout.as_ref().is_none_or(|rollout| {
        // One that was rolled back left the one before it serving.
        matches!(rollout.status, RolloutStatus::Successful | RolloutStatus::RollbackSuccessful)
    });
    enough && arrived
}

fn in_words(scenarios: &[&str]) -> String {
    match scenarios {
        [one] => format!("scenario {one}"),
        several => format!("scenarios {}", several.join(", ")),
    }
}
