//! The order of changes: what a service comes after is done first, deletions last.

use std::collections::BTreeMap;

use ops_model::declaration::{Environment, Service};
use ops_model::plan::ServiceChange;

/// How many services have to go before each one. A cycle, which `ops check` refuses, ends at the number of
/// services, so that this always returns.
#[must_use]
pub fn dependency_levels(services: &BTreeMap<String, Service>) -> BTreeMap<&str, usize> {
    let mut levels: BTreeMap<&str, usize> = services.keys().map(|name| (name.as_str(), 0)).collect();
    for _ in 0..services.len() {
        for (name, service) in services {
            let level = service.after.iter().filter_map(|before| levels.get(before.as_str())).map(|level| level + 1);
            let level = level.max().unwrap_or(0).min(services.len());
            levels.insert(name, level);
        }
    }
    levels
}

pub(crate) fn in_order(
    environment: &Environment,
    changes: Vec<ServiceChange>,
    deletions: Vec<ServiceChange>,
) -> Vec<Vec<ServiceChange>> {
    let levels = dependency_levels(&environment.services);
    let mut waves: BTreeMap<usize, Vec<ServiceChange>> = BTreeMap::new();
    for change in changes {
        let level = levels.get(change.service.as_str()).copied().unwrap_or(0);
        waves.entry(level).or_default().push(change);
    }
    if !deletions.is_empty() {
        waves.insert(usize::MAX, deletions);
    }
    waves.into_values().collect()
}
