use std::collections::BTreeMap;

use super::Subject;
use crate::declaration::Fault;
use crate::declaration::document::{Entry, Node};

/// Services wait for services that exist, and never in a circle.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for service in subject.services() {
        for (index, node) in waits_for(service).iter().enumerate() {
            let Some(name) = node.text() else { continue };
            let earlier = waits_for(service).get(..index).unwrap_or_default();
            if earlier.iter().any(|other| other.text() == Some(name)) {
                faults.push(
                    subject
                        .fault("declaration::after", format!("`{}` waits for `{name}` twice", service.key))
                        .at(&node.span, "the second time")
                        .remedy("remove it"),
                );
            } else if name == service.key {
                faults.push(
                    subject
                        .fault("declaration::after", format!("`{name}` waits for itself"))
                        .at(&node.span, "itself")
                        .remedy("remove it"),
                );
            } else if !subject.is_service(name) {
                faults.push(
                    subject
                        .fault(
                            "declaration::after",
                            format!("`{}` waits for `{name}`, which is no service", service.key),
                        )
                        .at(&node.span, "not declared")
                        .remedy(subject.services_in_words()),
                );
            }
        }
    }
    check_cycle(subject, faults);
}

fn waits_for(service: &Entry) -> &[Node] {
    service.value.get("after").map_or(&[], Node::items)
}

/// Shows a circle, takes it away, and looks again, until no service is left that waits in vain.
fn check_cycle(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    let mut left: BTreeMap<&str, &Entry> =
        subject.services().iter().map(|service| (service.key.as_str(), service)).collect();
    loop {
        remove_free(&mut left);
        let Some((first, _)) = left.first_key_value() else { return };
        let cycle = cycle_from(first, &left);
        push_cycle(subject, &cycle, faults);
        left.retain(|name, _| !cycle.contains(name));
    }
}

/// Takes away what waits for nothing that is left, until nothing moves; all that stays leads into circles.
fn remove_free(left: &mut BTreeMap<&str, &Entry>) {
    loop {
        let free: Vec<&str> = left.keys().copied().filter(|name| next(name, left).is_none()).collect();
        if free.is_empty() {
            return;
        }
        left.retain(|name, _| !free.contains(name));
    }
}

/// The first of the services that are left which a service waits for, itself aside.
fn next<'a>(name: &str, left: &BTreeMap<&'a str, &'a Entry>) -> Option<&'a str> {
    let service: &'a Entry = left.get(name).copied()?;
    waits_for(service).iter().filter_map(Node::text).find(|other| *other != name && left.contains_key(other))
}

/// Goes from service to service until one comes again: that one, and the way back to it.
fn cycle_from<'a>(first: &'a str, left: &BTreeMap<&'a str, &'a Entry>) -> Vec<&'a str> {
    let mut way = vec![first];
    while let Some(following) = way.last().and_then(|name| next(name, left)) {
        let seen = way.iter().position(|name| *name == following);
        way.push(following);
        if let Some(seen) = seen {
            return way.split_off(seen);
        }
    }
    way
}

fn push_cycle(subject: &Subject<'_>, cycle: &[&str], faults: &mut Vec<Fault>) {
    let [first, second, ..] = cycle else { return };
    let service = subject.services().iter().find(|service| service.key == **first);
    let Some(node) = service.and_then(|service| waits_for(service).iter().find(|node| node.text() == Some(*second)))
    else {
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
