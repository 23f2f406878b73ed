use super::subject::{Container, containers};
use super::{Subject, circle};
use crate::declaration::Fault;
use crate::declaration::document::{Content, Entry, Node};

/// Containers wait for containers of the same task, for what these can reach, and never in a circle.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html>
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for workload in subject.workloads() {
        for container in containers(workload) {
            for dependency in depends_on(&container) {
                check_dependency(subject, &container, dependency, faults);
            }
        }
        check_circles(subject, workload, faults);
    }
}

fn depends_on<'a>(container: &Container<'a>) -> &'a [Entry] {
    container.node.get("depends_on").map_or(&[], Node::entries)
}

fn check_dependency(subject: &Subject<'_>, container: &Container<'_>, dependency: &Entry, faults: &mut Vec<Fault>) {
    let name = dependency.key.as_str();
    let fault =
        |what: &str| subject.fault("declaration::depends_on", format!("{} depends on {what}", container.in_words()));
    if name == container.name {
        faults.push(fault("itself").at(&dependency.key_span, "itself").remedy("remove it"));
        return;
    }
    let Some(other) = containers(container.workload).find(|other| other.name == name) else {
        let names: Vec<String> =
            containers(container.workload).map(|container| format!("`{}`", container.name)).collect();
        faults.push(
            fault(&format!("`{name}`, which is no container of the same task"))
                .at(&dependency.key_span, "not declared")
                .remedy(format!("the containers are {}", names.join(", "))),
        );
        return;
    };
    match dependency.value.text() {
        Some(condition @ ("complete" | "success")) if is_essential(&other) => faults.push(
            fault(&format!("the end of `{name}`, with which the whole task ends"))
                .at(&dependency.value.span, "the container is essential")
                .remedy(if other.is_main {
                    format!("write `start` or `healthy`: the main container is always essential, so `{condition}` never comes")
                } else {
                    format!("write `essential: false` under `{name}`, or `start` or `healthy` here")
                }),
        ),
        Some("healthy") if other.node.get("health_check").is_none() => faults.push(
            fault(&format!("the health of `{name}`, which nothing checks"))
                .at(&dependency.value.span, "has no `health_check`")
                .remedy(format!("add `health_check:` to `{name}`, or write `start`")),
        ),
        _ => {}
    }
}

fn is_essential(container: &Container<'_>) -> bool {
    container.is_main || container.node.get("essential").is_none_or(|node| node.content != Content::Boolean(false))
}

fn check_circles(subject: &Subject<'_>, workload: &Entry, faults: &mut Vec<Fault>) {
    let waits = containers(workload).map(|container| {
        (container.name, depends_on(&container).iter().map(|dependency| dependency.key.as_str()).collect())
    });
    for circle in circle::all(waits.collect()) {
        let [first, second, ..] = circle.as_slice() else { continue };
        let container = containers(workload).find(|container| container.name == *first);
        let Some(dependency) =
            container.and_then(|container| depends_on(&container).iter().find(|dependency| dependency.key == **second))
        else {
            continue;
        };
        let shown = circle.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" after ");
        let message = format!("containers of `{}` wait for each other in a circle: {shown}", workload.key);
        faults.push(
            subject
                .fault("declaration::depends_on_cycle", message)
                .at(&dependency.key_span, "part of the circle")
                .remedy("remove one `depends_on:` of the circle"),
        );
    }
}
