//! A service goes back by a rollout of the task definition that ran before, with the settings of that time.

use std::collections::BTreeMap;

use ops_model::observation::{Observation, ObservedService};
use ops_model::plan::{Act, Change, ChangeClass, ServiceAct, TaskDefinitionAct};
use ops_model::rollout::RolloutStatus;
use ops_plan::{SettingsWayBack, settings_way_back};

use super::WayBack;

pub(super) fn way_back(change: &Change, act: &ServiceAct, before: &Observation) -> WayBack {
    let none = |why: &str| WayBack::None(why.to_owned());
    let update = match act {
        ServiceAct::Update { task_definition: Some(_), update, .. } => Some(update),
        ServiceAct::Await { .. } => None,
        ServiceAct::Create { .. } | ServiceAct::Replace { .. } => {
            return none("nothing ran before that it could go back to");
        }
        // They brought no other task definition.
        ServiceAct::Update { task_definition: None, .. } | ServiceAct::Delete => return WayBack::NotAsked,
    };
    let Some(live) = before.services.get(&change.name) else {
        return none("nothing ran before that it could go back to");
    };
    let Some(update) = update else {
        return none("its rollout was under way before this reconcile began");
    };
    if !ran_well(live) {
        return none("what ran before was not healthy itself");
    }
    let SettingsWayBack { update, bake_seconds } = settings_way_back(&live.settings, update);
    let act = ServiceAct::Update {
        task_definition: Some(TaskDefinitionAct::Registered { arn: live.task_definition.arn.clone() }),
        update,
        tags: BTreeMap::new(),
        after_rollback: None,
        then_await: None,
    };
    WayBack::By(Box::new(Change {
        name: change.name.clone(),
        class: ChangeClass::NewDeployment,
        act: Act::Service(act),
        differences: Vec::new(),
        timeout_seconds: change.timeout_seconds.saturating_add(bake_seconds),
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
