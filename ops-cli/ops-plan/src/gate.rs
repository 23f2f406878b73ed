//! Gates: why a plan may not run yet.

use std::collections::BTreeSet;

use ops_model::declaration::Environment;
use ops_model::observation::Observation;
use ops_model::ownership::owned_by;
use ops_model::plan::{Change, ChangeClass, Gate};
use serde_json::Value;

use crate::desired::unusable_secrets;

/// Paths in which the declaration is no longer what Terraform was applied from, sorted.
pub(crate) fn terraform_behind(declared: &Value, applied: &Value) -> Vec<String> {
    let mut paths = Vec::new();
    collect_paths("", declared, applied, &mut paths);
    paths
}

/// What holds the plan. What left the declaration does not: ops first stops using it, then Terraform removes it,
/// and the other way round neither could begin.
pub(crate) fn terraform(behind: &[String]) -> Option<Gate> {
    let paths: Vec<_> = behind.iter().filter(|path| !path.ends_with(REMOVED)).cloned().collect();
    (!paths.is_empty()).then_some(Gate::TerraformBehind { paths })
}

const REMOVED: &str = " (removed)";

fn collect_paths(path: &str, declared: &Value, applied: &Value, paths: &mut Vec<String>) {
    if let (Value::Object(declared), Value::Object(applied)) = (declared, applied) {
        for key in declared.keys().chain(applied.keys()).collect::<BTreeSet<_>>() {
            let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            let declared = declared.get(key).unwrap_or(&Value::Null);
            let applied = applied.get(key).unwrap_or(&Value::Null);
            collect_paths(&below, declared, applied, paths);
        }
    } else if declared != applied {
        paths.push(if declared.is_null() { format!("{path}{REMOVED}") } else { path.to_owned() });
    }
}

/// Much of what is owned going at once is more likely a slip than a wish.
pub(crate) fn deletions(environment: &Environment, observation: &Observation, deletions: &[Change]) -> Option<Gate> {
    let owned = observation
        .services
        .values()
        .filter(|service| !service.draining && owned_by(&environment.environment, &service.tags))
        .count();
    trips_breaker(environment, deletions.len(), owned)
        .then(|| Gate::Deletions { services: deletions.iter().map(|change| change.name.clone()).collect(), owned })
}

/// Whether so many deletions are more than the declaration lets through at once.
pub(crate) fn trips_breaker(environment: &Environment, deletions: usize, owned: usize) -> bool {
    deletions * 100 > owned * usize::from(environment.gates.deletions_percent)
}

/// Secrets that tasks could not start with: nothing is changed before they are there.
pub(crate) fn secrets(environment: &Environment, observation: &Observation) -> Option<Gate> {
    let services = environment.services.iter().map(|(name, service)| (name, &service.workload));
    let tasks = environment.tasks.iter().map(|(name, task)| (name, &task.workload));
    let unusable: Vec<_> = services
        .chain(tasks)
        .flat_map(|(name, workload)| unusable_secrets(name, workload, &observation.secrets))
        .collect();
    (!unusable.is_empty()).then_some(Gate::Secrets { unusable })
}

/// Changes that AWS makes only by deleting, or not at all.
pub(crate) fn classes(changes: &[Change]) -> Vec<Gate> {
    let gates = changes.iter().filter_map(|change| {
        let paths = |class| {
            let of_class = change.differences.iter().filter(|difference| difference.class == class);
            of_class.map(|difference| difference.path.clone()).collect::<Vec<_>>()
        };
        match change.class {
            ChangeClass::Refused => Some(Gate::Refused {
                service: change.name.clone(),
                paths: paths(ChangeClass::Refused),
                why: change.reasons.clone(),
            }),
            ChangeClass::Replacement => {
                Some(Gate::Replacement { service: change.name.clone(), paths: paths(ChangeClass::Replacement) })
            }
            _ => None,
        }
    });
    gates.collect()
}
