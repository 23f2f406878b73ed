use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::Subject;
use super::strategy::{ROLLING, strategy};
use crate::declaration::Fault;
use crate::declaration::document::{Entry, Node};

/// Every public service has a rule of the listener to itself: a path that no other answers, and a priority. Where traffic
/// shifts, the priority before is free too.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    let mut paths: BTreeMap<&str, &str> = BTreeMap::new();
    let mut priorities: BTreeMap<u64, (&str, &Node)> = BTreeMap::new();
    for service in subject.services() {
        let Some(public) = service.value.get("public") else { continue };
        let path_is_taken = check_path(subject, service, public, &mut paths, faults);
        let Some((node, priority, is_derived)) = priority(public) else { continue };
        // Two that answer one path have one derived priority: that has been said.
        if let Some((other, _)) = priorities.insert(priority, (&service.key, node))
            && !(path_is_taken && is_derived)
        {
            faults.push(taken(subject, service, node, priority, other));
        }
    }
    for service in subject.services() {
        check_rule_of_ops(subject, service, &priorities, faults);
    }
}

/// Where traffic shifts, ops puts a rule of its own directly before Terraform's.
fn check_rule_of_ops(
    subject: &Subject<'_>,
    service: &Entry,
    priorities: &BTreeMap<u64, (&str, &Node)>,
    faults: &mut Vec<Fault>,
) {
    if strategy(service).is_none_or(|strategy| strategy == ROLLING) {
        return;
    }
    let Some((node, priority, _)) = service.value.get("public").and_then(priority) else { return };
    let before = priority.saturating_sub(1);
    let label = match priorities.get(&before) {
        _ if priority == 1 => "there is none before 1".to_owned(),
        Some((other, _)) => format!("`{other}` has {before}"),
        None => return,
    };
    faults.push(
        subject
            .fault(
                "declaration::priority",
                format!("ops needs the priority before {priority} to shift the traffic of `{}`", service.key),
            )
            .at(&node.span, label)
            .remedy("write `priority:` with another number, the one before which nobody has"),
    );
}

fn check_path<'a>(
    subject: &Subject<'_>,
    service: &'a Entry,
    public: &'a Node,
    paths: &mut BTreeMap<&'a str, &'a str>,
    faults: &mut Vec<Fault>,
) -> bool {
    let Some(node) = public.get("path") else { return false };
    let Some(path) = node.text() else { return false };
    let Some(other) = paths.insert(path, &service.key) else { return false };
    faults.push(
        subject
            .fault("declaration::public_path", format!("`{}` and `{other}` both answer `{path}`", service.key))
            .at(&node.span, format!("taken by `{other}`"))
            .remedy("choose another path: only the first of the two would ever be asked"),
    );
    true
}

fn taken(subject: &Subject<'_>, service: &Entry, node: &Node, priority: u64, other: &str) -> Fault {
    subject
        .fault("declaration::priority", format!("`{}` and `{other}` have the priority {priority}", service.key))
        .at(&node.span, format!("taken by `{other}`"))
        .remedy("write `priority:` with another number: a load balancer has one rule of each priority")
}

/// The priority of a public service's rule, where it comes from, and whether it was derived.
fn priority(public: &Node) -> Option<(&Node, u64, bool)> {
    if let Some(node) = public.get("priority") {
        return Some((node, node.whole_number()?, false));
    }
    let node = public.get("path")?;
    Some((node, derived(node.text()?)?, true))
}

/// The priority of a rule whose declaration names none: longer paths are asked first, and a digest of the path keeps
/// those of one length apart. Terraform computes the same in `terraform/modules/declaration/rules/public.tf`.
fn derived(path: &str) -> Option<u64> {
    let digest = Sha256::digest(path);
    let start = u64::from(*digest.first()?) * 256 + u64::from(*digest.get(1)?);
    let length = u64::try_from(path.chars().count()).ok()?;
    Some(40_000_u64.checked_sub(100 * length)? + start % 100)
}

#[cfg(test)]
mod tests {
    use super::derived;

    /// The numbers that Terraform's tests name for the same paths.
    #[test]
    fn derived_priorities_are_terraforms() {
        assert_eq!(derived("/*"), Some(39_818));
        assert_eq!(derived("/api/*"), Some(39_495));
    }

    #[test]
    fn longer_paths_are_asked_first() {
        assert!(derived("/api/*") < derived("/*"));
        assert_eq!(derived(&"/".repeat(500)), None);
    }
}
