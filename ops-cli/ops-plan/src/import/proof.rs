//! Whether what was written means what was found.

use ops_model::declaration::Declaration;
use ops_model::plan::{Difference, Plan, ServiceStanding, TaskStanding};
use serde_json::Value;

use super::assembly::Imported;
use super::plain_secret::Withheld;
use crate::comparison::{canonical_service, canonical_task_definition};
use crate::{Inputs, plan};

/// The plan of what was written against what was found.
#[derive(Debug, Clone)]
pub struct Proof {
    pub plan: Plan,
    pub services: usize,
    pub tasks: usize,
    /// Values that AWS has and that were compared with what the declaration says of them.
    pub fields_compared: usize,
}

impl Proof {
    /// Whether nothing would change, and nothing waits for anything.
    #[must_use]
    pub fn holds(&self) -> bool {
        let Plan { services, tasks, .. } = &self.plan;
        self.plan.in_sync()
            && services.values().all(|standing| *standing == ServiceStanding::InSync)
            && tasks.values().all(|standing| *standing == TaskStanding::InSync)
    }
}

/// Plans the written declaration, with the contract as found, against the account as found. `declaration` is what was read
/// back from the text.
#[must_use]
pub fn prove(imported: &Imported, declaration: &Declaration) -> Proof {
    let mut platform = imported.platform.clone();
    platform.declaration_sha256.clone_from(&declaration.sha256);
    platform.applied_from = declaration.slow_part.clone();
    let mut builds = imported.renderable.clone();
    builds.artifacts.extend(declaration.builds.artifacts.clone());
    let inputs = Inputs {
        environment: &declaration.environment,
        builds: &builds,
        slow_part: &declaration.slow_part,
        platform: &platform,
        observation: &imported.observation,
    };
    let mut plan = plan(inputs);
    for change in plan.waves.iter_mut().flatten() {
        withhold(&mut change.differences, &imported.withheld);
    }
    let services = imported.observation.services.values().map(|service| {
        let content = canonical_task_definition(&service.task_definition.content);
        leaves(&Value::Object(content)) + leaves(&Value::Object(canonical_service(&service.settings)))
    });
    let families = imported.observation.newest_task_definitions.values();
    let tasks = families.map(|task| leaves(&Value::Object(canonical_task_definition(&task.content))));
    let scaling = imported.observation.scaling.values().map(|scaling| {
        let policies = scaling.policies.values().chain(scaling.scheduled_actions.values()).chain([&scaling.target]);
        policies.map(|document| leaves(&Value::Object(document.clone()))).sum::<usize>()
    });
    let schedules = imported.observation.schedules.values().map(|it| leaves(&Value::Object(it.0.clone())));
    let fields_compared = services.chain(tasks).chain(scaling).chain(schedules).sum();
    Proof {
        plan,
        services: declaration.environment.services.len(),
        tasks: declaration.environment.tasks.len(),
        fields_compared,
    }
}

fn withhold(differences: &mut [Difference], withheld: &Withheld) {
    for difference in differences {
        for side in [&mut difference.live, &mut difference.declared].into_iter().flatten() {
            *side = withheld.blot(side);
        }
    }
}

fn leaves(value: &Value) -> usize {
    match value {
        Value::Object(members) => members.values().map(leaves).sum(),
        Value::Array(items) => items.iter().map(leaves).sum(),
        _ => 1,
    }
}
