//! The order of changes. First what services need to begin with (listener rules, open ways, and scaling that has to let go)
//! and what is dangerously open, then tasks and services, each after what it waits for; then what hangs on services and
//! tasks (scaling, schedules), and the sites that ask them; then other holes; what is removed goes last.

use std::collections::BTreeMap;

use ops_model::declaration::Environment;
use ops_model::plan::{Act, Change, ChangeClass, Kind, ScalingAct};

use crate::firewall;

/// How many services and tasks have to go before each one. A cycle, which `ops check` refuses, ends at the number of
/// them, so that this always returns.
#[must_use]
pub fn dependency_levels(environment: &Environment) -> BTreeMap<(Kind, &str), usize> {
    let services = environment.services.iter().map(|(name, service)| {
        let after = service.after.iter().map(|before| (Kind::Service, before.as_str()));
        let tasks = environment.tasks.iter().filter(|(_, task)| task.before.contains(name));
        let after = after.chain(tasks.map(|(task, _)| (Kind::Task, task.as_str())));
        ((Kind::Service, name.as_str()), after.collect::<Vec<_>>())
    });
    let tasks = environment.tasks.keys().map(|name| ((Kind::Task, name.as_str()), Vec::new()));
    let edges: BTreeMap<_, _> = services.chain(tasks).collect();
    let mut levels: BTreeMap<(Kind, &str), usize> = edges.keys().map(|node| (*node, 0)).collect();
    for _ in 0..edges.len() {
        for (node, after) in &edges {
            let level = after.iter().filter_map(|before| levels.get(before)).map(|level| level + 1);
            let level = level.max().unwrap_or(0).min(edges.len());
            levels.insert(*node, level);
        }
    }
    levels
}

/// What a change of this kind and name comes after, if it is to be changed too.
pub(crate) fn prerequisites<'a>(environment: &'a Environment, kind: Kind, name: &'a str) -> Vec<(Kind, &'a str)> {
    match kind {
        Kind::Service => {
            let declared = environment.services.get(name);
            let after = declared.into_iter().flat_map(|service| &service.after);
            let tasks = environment.tasks.iter().filter(|(_, task)| task.before.iter().any(|before| before == name));
            let own = [(Kind::ListenerRule, name), (Kind::Scaling, name)];
            own.into_iter()
                .chain(after.map(|before| (Kind::Service, before.as_str())))
                .chain(tasks.map(|(task, _)| (Kind::Task, task.as_str())))
                .collect()
        }
        Kind::Scaling => vec![(Kind::Service, name)],
        Kind::Site => vec![(Kind::SiteAccess, name)],
        Kind::Task | Kind::Schedule | Kind::ListenerRule | Kind::Scenario | Kind::Firewall | Kind::SiteAccess => {
            Vec::new()
        }
    }
}

/// What a wave is for; earlier ones first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Preparation,
    Work(usize),
    FollowUp,
    Sites,
    /// What nobody uses any more once all else is done.
    Closing,
    Removal,
}

pub(crate) fn in_order(environment: &Environment, mut changes: Vec<Change>) -> Vec<Vec<Change>> {
    let levels = dependency_levels(environment);
    changes.sort_by(|one, other| (one.kind(), &one.name).cmp(&(other.kind(), &other.name)));
    let mut waves: BTreeMap<Stage, Vec<Change>> = BTreeMap::new();
    for change in changes {
        let stage = match (&change.act, change.class) {
            (Act::Scaling(ScalingAct::Remove), _) => Stage::Preparation,
            (_, ChangeClass::Delete) => Stage::Removal,
            (Act::ListenerRule(_) | Act::SiteAccess(_), _) => Stage::Preparation,
            (Act::Firewall(act), _) if firewall::closes_plainly(act) => Stage::Closing,
            (Act::Firewall(_), _) => Stage::Preparation,
            (Act::Service(_) | Act::Task(_), _) => {
                Stage::Work(levels.get(&(change.kind(), change.name.as_str())).copied().unwrap_or(0))
            }
            (Act::Scaling(_) | Act::Schedule(_), _) => Stage::FollowUp,
            (Act::Site(_), _) => Stage::Sites,
        };
        waves.entry(stage).or_default().push(change);
    }
    waves.into_values().collect()
}
