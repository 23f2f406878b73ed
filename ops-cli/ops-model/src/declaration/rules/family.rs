use std::collections::BTreeMap;

use super::Subject;
use crate::declaration::Fault;

/// A family of task definitions is one service's or one task's.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    // Names that nobody wrote cannot be the second time.
    let of_their_own = subject.workloads().filter(|workload| workload.value.get("family").is_none());
    let mut taken: BTreeMap<String, &str> =
        of_their_own.map(|workload| (format!("slipway-{}-{}", subject.folder, workload.key), &*workload.key)).collect();
    for workload in subject.workloads() {
        let Some(node) = workload.value.get("family") else { continue };
        let Some(family) = node.text() else { continue };
        if let Some(other) = taken.get(family) {
            faults.push(
                subject
                    .fault(
                        "declaration::family",
                        format!("`{}` and `{other}` have the family `{family}`", workload.key),
                    )
                    .at(&node.span, format!("taken by `{other}`"))
                    .remedy("choose another family, or remove the line"),
            );
        } else {
            taken.insert(family.to_owned(), &workload.key);
        }
    }
}
