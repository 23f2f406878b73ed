use super::Subject;
use crate::declaration::Fault;
use crate::declaration::document::{Entry, Node};

/// Tasks are placed somewhere: there is a provider, one of them has a share, and one at most has a base.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html>
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for workload in subject.workloads() {
        let Some(capacity) = workload.value.entry("capacity") else { continue };
        check_shares(subject, workload, capacity, faults);
        check_bases(subject, workload, &capacity.value, faults);
    }
}

fn check_shares(subject: &Subject<'_>, workload: &Entry, capacity: &Entry, faults: &mut Vec<Fault>) {
    let providers = capacity.value.entries();
    let has_no_share = |provider: &Entry| provider.value.get("weight").and_then(Node::whole_number) == Some(0);
    let (label, remedy) = if capacity.value.is_scalar() {
        return;
    } else if providers.is_empty() {
        ("no provider", "name `fargate:`, `fargate_spot:` or both, or remove the line")
    } else if providers.iter().all(has_no_share) {
        ("every weight is 0", "give one of the providers a `weight` above 0: ECS places no task otherwise")
    } else {
        return;
    };
    faults.push(
        subject
            .fault("declaration::capacity", format!("the tasks of `{}` have nowhere to run", workload.key))
            .at(&capacity.key_span, label)
            .remedy(remedy),
    );
}

fn check_bases(subject: &Subject<'_>, workload: &Entry, capacity: &Node, faults: &mut Vec<Fault>) {
    let bases = capacity.entries().iter().filter_map(|provider| provider.value.get("base"));
    let mut bases = bases.filter(|base| base.whole_number().is_some_and(|tasks| tasks > 0));
    if let (Some(_), Some(second)) = (bases.next(), bases.next()) {
        faults.push(
            subject
                .fault("declaration::capacity", format!("two providers of `{}` have a base", workload.key))
                .at(&second.span, "the second base")
                .remedy("remove one of the two: ECS takes one base"),
        );
    }
}
