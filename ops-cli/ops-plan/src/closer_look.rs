//! What has to be read beside the services themselves. Most plans change nothing, and then all of this is left out.

use std::collections::BTreeSet;

use ops_model::plan::{Act, Kind};

use crate::{Inputs, family, plan};

/// What a first look leaves open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CloserLook {
    /// Services whose newest rollout has to be read: those that are not as declared, or not settled.
    pub services: BTreeSet<String>,
    /// Families whose newest task definition has to be read.
    pub families: BTreeSet<String>,
}

/// What has to be read before a plan can be made from a first look, in which no rollout and no newest task definition has
/// been read yet.
#[must_use]
pub fn closer_look(inputs: Inputs<'_>) -> CloserLook {
    let first = plan(inputs);
    let changed = first.changes().filter(|change| change.kind() == Kind::Service);
    let rolled = changed.filter(|change| matches!(change.act, Act::Service(_))).map(|change| change.name.clone());
    let unsettled = inputs.observation.services.values().filter(|service| !service.settled);
    let declared = |name: &String| inputs.environment.services.contains_key(name);
    let services: BTreeSet<_> =
        rolled.chain(unsettled.map(|service| service.name.clone())).filter(|name| declared(name)).collect();
    let tasks = inputs.environment.tasks.iter().filter(|(_, task)| !task.before.is_empty() || task.schedule.is_some());
    let looked_at = inputs.environment.services.iter().filter(|(name, _)| services.contains(*name));
    let workloads = looked_at
        .map(|(name, service)| (name, &service.workload))
        .chain(tasks.map(|(name, task)| (name, &task.workload)));
    let families = workloads.map(|(name, workload)| family(inputs.platform, name, workload));
    CloserLook { families: families.collect(), services }
}
