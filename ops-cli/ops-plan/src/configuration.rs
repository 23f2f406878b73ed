//! What one build meets in two environments: the declared settings of what runs it, where they differ.

use std::collections::{BTreeMap, BTreeSet};

use ops_model::declaration::{Environment, Workload};
use serde::Serialize;
use serde_json::Value;

/// A setting that two environments declare differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigurationDifference {
    /// Such as `services.api.environment.LOG_LEVEL`.
    pub path: String,
    /// `None`: not there.
    pub from: Option<String>,
    pub into: Option<String>,
}

/// Differences of the services, tasks and sites that use any of these artifacts, defaults filled in, sorted by path.
#[must_use]
pub fn configuration_differences(
    from: &Environment,
    into: &Environment,
    artifacts: &BTreeSet<&str>,
) -> Vec<ConfigurationDifference> {
    let (from, into) = (settings(from, artifacts), settings(into, artifacts));
    let paths: BTreeSet<_> = from.keys().chain(into.keys()).collect();
    let differing = paths.into_iter().filter(|path| from.get(*path) != into.get(*path));
    let difference = |path: &String| ConfigurationDifference {
        path: path.clone(),
        from: from.get(path).cloned(),
        into: into.get(path).cloned(),
    };
    differing.map(difference).collect()
}

/// Every setting by its path.
fn settings(environment: &Environment, artifacts: &BTreeSet<&str>) -> BTreeMap<String, String> {
    let uses = |workload: &Workload| workload.artifacts().any(|artifact| artifacts.contains(artifact));
    let mut leaves = BTreeMap::new();
    for (name, service) in environment.services.iter().filter(|(_, service)| uses(&service.workload)) {
        collect(&format!("services.{name}"), &value(service), &mut leaves);
    }
    for (name, task) in environment.tasks.iter().filter(|(_, task)| uses(&task.workload)) {
        collect(&format!("tasks.{name}"), &value(task), &mut leaves);
    }
    let serves = |artifact: &Option<String>| artifact.as_deref().is_some_and(|artifact| artifacts.contains(artifact));
    for (name, site) in environment.sites.iter().filter(|(_, site)| serves(&site.artifact)) {
        collect(&format!("sites.{name}"), &value(site), &mut leaves);
    }
    leaves
}

/// What was read from YAML can be written as JSON.
fn value(declared: &impl Serialize) -> Value {
    serde_json::to_value(declared).unwrap_or_default()
}

fn collect(path: &str, value: &Value, leaves: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(key, member)| collect(&format!("{path}.{key}"), member, leaves));
        }
        Value::Null => {}
        Value::String(text) => {
            leaves.insert(path.to_owned(), text.clone());
        }
        other => {
            leaves.insert(path.to_owned(), other.to_string());
        }
    }
}
