//! What is otherwise in a plan than in the one that somebody agreed to.

use std::collections::BTreeMap;

use ops_model::plan::{Change, Plan};

use crate::Selector;

/// Plans have moved when they differ in anything at all; this says in what, sorted. Empty: they are the same.
#[must_use]
pub fn moved(agreed: &Plan, now: &Plan) -> Vec<String> {
    if agreed == now {
        return Vec::new();
    }
    let (before, after) = (by_name(agreed), by_name(now));
    let mut moved: Vec<_> = after
        .iter()
        .filter_map(|(name, change)| match before.get(name) {
            None => Some(format!("{name} would be changed now")),
            Some(agreed) => (agreed != change).then(|| format!("{name} would be changed otherwise")),
        })
        .chain(before.keys().filter(|name| !after.contains_key(*name)).map(|name| format!("{name} is as declared now")))
        .collect();
    moved.sort();
    if agreed.gates != now.gates {
        moved.push("other gates hold it".to_owned());
    }
    if moved.is_empty() {
        moved.push("what is left alone stands otherwise".to_owned());
    }
    moved
}

fn by_name(plan: &Plan) -> BTreeMap<String, &Change> {
    let name = |change: &Change| Selector { kind: change.kind(), name: Some(change.name.clone()) }.to_string();
    plan.changes().map(|change| (name(change), change)).collect()
}
