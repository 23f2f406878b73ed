use super::{Subject, circle};
use crate::declaration::Fault;
use crate::declaration::document::{Entry, Node};

/// Services wait for services that exist, and never in a circle; tasks come before services that exist.
///
/// A task waits for nothing, so no circle leads through one.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for service in subject.services() {
        check_names(subject, service, &AFTER, faults);
    }
    for task in subject.tasks() {
        check_names(subject, task, &BEFORE, faults);
    }
    check_cycle(subject, faults);
}

/// A key that puts one thing before another.
struct Order {
    key: &'static str,
    code: &'static str,
    /// What it says, between two names.
    verb: &'static str,
}

const AFTER: Order = Order { key: "after", code: "declaration::after", verb: "waits for" };
const BEFORE: Order = Order { key: "before", code: "declaration::before", verb: "comes before" };

fn check_names(subject: &Subject<'_>, workload: &Entry, order: &Order, faults: &mut Vec<Fault>) {
    let nodes = workload.value.get(order.key).map_or(&[][..], Node::items);
    for (index, node) in nodes.iter().enumerate() {
        let Some(name) = node.text() else { continue };
        let fault = |message: &str| subject.fault(order.code, format!("`{}` {} {message}", workload.key, order.verb));
        let earlier = nodes.get(..index).unwrap_or_default();
        if earlier.iter().any(|other| other.text() == Some(name)) {
            faults.push(fault(&format!("`{name}` twice")).at(&node.span, "the second time").remedy("remove it"));
        } else if name == workload.key {
            faults.push(fault("itself").at(&node.span, "itself").remedy("remove it"));
        } else if !subject.is_service(name) {
            faults.push(
                fault(&format!("`{name}`, which is no service"))
                    .at(&node.span, if subject.is_task(name) { "a task" } else { "not declared" })
                    .remedy(no_service(subject, workload, name, order)),
            );
        }
    }
}

fn no_service(subject: &Subject<'_>, workload: &Entry, name: &str, order: &Order) -> String {
    if order.key == AFTER.key && subject.is_task(name) {
        format!("write `before: [{}]` under the task `{name}` instead", workload.key)
    } else {
        subject.services_in_words()
    }
}

fn waits_for(service: &Entry) -> &[Node] {
    service.value.get(AFTER.key).map_or(&[], Node::items)
}

fn check_cycle(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    let waits = subject.services().iter().map(|service| {
        let others = waits_for(service).iter().filter_map(Node::text).collect();
        (service.key.as_str(), others)
    });
    for circle in circle::all(waits.collect()) {
        push_cycle(subject, &circle, faults);
    }
}

fn push_cycle(subject: &Subject<'_>, circle: &[&str], faults: &mut Vec<Fault>) {
    let [first, second, ..] = circle else { return };
    let service = subject.services().iter().find(|service| service.key == **first);
    let Some(node) = service.and_then(|service| waits_for(service).iter().find(|node| node.text() == Some(*second)))
    else {
        return;
    };
    let shown = circle.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" after ");
    faults.push(
        subject
            .fault("declaration::after_cycle", format!("services wait for each other in a circle: {shown}"))
            .at(&node.span, "part of the circle")
            .remedy("remove one `after:` of the circle"),
    );
}
