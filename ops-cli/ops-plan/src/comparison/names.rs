//! What the declaration calls a member of an AWS document.

use super::canonical::{SERVICE, TASK_DEFINITION, Table};
use super::difference::Found;
use crate::desired::VERSION_LABEL;

/// Path of a difference in a task definition, from the service or task: `environment.LOG_LEVEL`,
/// `containers.proxy.image`; `overrides.task_definition.pidMode` where the declaration has no name for it.
pub(crate) fn task_definition_path(found: &Found, main_container: &str) -> String {
    match found.keys.as_slice() {
        [_, container, labels, label] if labels == "dockerLabels" && label.starts_with(VERSION_LABEL) => {
            let secret = format!("secrets.{}.version", label.trim_start_matches(VERSION_LABEL));
            if container == main_container { secret } else { format!("containers.{container}.{secret}") }
        }
        [containers, container, rest @ ..] if containers == "containerDefinitions" && !rest.is_empty() => {
            match name(found, &TASK_DEFINITION, OF_CONTAINER) {
                Some(name) if container == main_container => name,
                Some(name) => format!("containers.{container}.{name}"),
                None => format!("overrides.task_definition.{}", found.keys.join(".")),
            }
        }
        keys => name(found, &TASK_DEFINITION, OF_DOCUMENT)
            .unwrap_or_else(|| format!("overrides.task_definition.{}", keys.join("."))),
    }
}

/// Path of a difference in a service's settings: `deployment.maximum_percent`.
pub(crate) fn service_path(found: &Found) -> String {
    name(found, &SERVICE, OF_DOCUMENT).unwrap_or_else(|| format!("overrides.service.{}", found.keys.join(".")))
}

/// How much of a path stands above the part that a name is about.
#[derive(Clone, Copy)]
struct Below {
    steps: usize,
    stars: usize,
}

const OF_DOCUMENT: Below = Below { steps: 0, stars: 0 };
/// Below `containerDefinitions.*`.
const OF_CONTAINER: Below = Below { steps: 2, stars: 1 };

/// The name of the nearest row that has one, its stars filled with the keys on the way, and the keys below it.
fn name(found: &Found, table: &Table, below: Below) -> Option<String> {
    let steps: Vec<&str> = found.pattern.split('.').collect();
    // Keys may hold dots, steps do not: both have the same number.
    (below.steps + 1..=steps.len()).rev().find_map(|length| {
        let row = table.field(&steps.get(..length)?.join("."))?;
        if row.declared.is_empty() {
            return None;
        }
        let on_the_way = steps.iter().zip(&found.keys).take(length);
        let mut keys = on_the_way.filter(|(step, _)| **step == "*").map(|(_, key)| declared_key(key)).skip(below.stars);
        let words = row
            .declared
            .split('.')
            .map(|word| if word == "*" { keys.next().unwrap_or_default() } else { word.to_owned() });
        let mut name: Vec<String> = words.collect();
        name.extend(found.keys.iter().skip(length).cloned());
        Some(name.join("."))
    })
}

/// Capacity providers of Fargate are written small in the declaration.
fn declared_key(key: &str) -> String {
    if matches!(key, "FARGATE" | "FARGATE_SPOT") { key.to_lowercase() } else { key.to_owned() }
}
