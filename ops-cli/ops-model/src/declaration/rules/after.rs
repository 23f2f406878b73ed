use std::collections::BTreeMap;

use super::Subject;
use crate::declaration::Fault;
use crate::declaration::document::{Entry, Node};

/// Services wait for services that exist, and never in a circle.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for service in subject.services() {
        for node in waits_for(service) {
            let Some(name) = node.text() else { continue };
            if name == service.key {
                faults.push(
                    subject
                        .fault("declaration::after", format!("`{name}` waits for itself"))
                        .at(&node.span, "itself")
                        .remedy("remove it"),
                );
            } else if !subject.is_service(name) {
                let names: Vec<String> = subject.services().iter().map(|service| format!("`{}`", service.key)).collect();
                faults.push(
                    subject
                        .fault("declaration::after", format!("`{}` waits for `{name}`, which is no service", service.key))
                        .at(&node.span, "not declared")
                        .remedy(format!("the services are {}", names.join(", "))),
                );
            }
        }
    }
    check_cycle(subject, faults);
}

fn waits_for(service: &Entry) -> &[Node] {
    service.value.get("after").map_or(&[], Node::items)
}

/// Takes away what waits for nothing that is left, until nothing moves; what stays goes in circles.
fn check_cycle(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    let mut left: BTreeMap<&str, &Entry> =
        subject.services().iter().map(|service| (service.key.as_str(), service)).collect();
    let next = |service: &Entry, left: &BTreeMap<&str, &Entry>| {
        let in_the_way = |node: &&Node| node.text().is_some_and(|name| name != service.key && left.contains_key(name));
        waits_for(service).iter().find(in_the_way).and_then(Node::text).map(str::to_owned)
    };
    loop {
        let free: Vec<&str> =
            left.iter().filter(|(_, service)| next(service, &left).is_none()).map(|(name, _)| *name).collect();
        if free.is_empty() {
            break;
        }
        for name in free {
            left.remove(name);
        }
    }
    // Each turn shows one circle and takes what can reach it away.
    while let Some((first, _)) = left.first_key_value() {
        let mut way = vec![(*first).to_owned()];
        let cycle_start = loop {
            let Some(current) = way.last().and_then(|name| left.get(name.as_str())) else { return };
            let Some(following) = next(current, &left) else { return };
            let seen = way.iter().position(|name| *name == following);
            way.push(following);
            if let Some(seen) = seen {
                break seen;
            }
        };
        let cycle = way.get(cycle_start..).unwrap_or_default();
        push_cycle(subject, cycle, faults);
        for name in &way {
            left.remove(name.as_str());
        }
        left.retain(|_, service| waits_for(service).iter().any(|node| node.text().is_some_and(|name| !way.iter().any(|gone| gone == name))));
        // What is left may only have waited for what was taken away.
        let still: Vec<&str> = left.iter().filter(|(_, service)| next(service, &left).is_some()).map(|(name, _)| *name).collect();
        left.retain(|name, _| still.contains(name));
    }
}

fn push_cycle(subject: &Subject<'_>, cycle: &[String], faults: &mut Vec<Fault>) {
    let [first, second, ..] = cycle else { return };
    let service = subject.services().iter().find(|service| service.key == *first);
    let Some(node) = service.and_then(|service| waits_for(service).iter().find(|node| node.text() == Some(second))) else {
        return;
    };
    let shown = cycle.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" after ");
    faults.push(
        subject
            .fault("declaration::after_cycle", format!("services wait for each other in a circle: {shown}"))
            .at(&node.span, "part of the circle")
            .remedy("remove one `after:` of the circle"),
    );
}
