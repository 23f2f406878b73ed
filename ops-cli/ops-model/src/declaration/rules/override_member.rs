use super::Subject;
use super::subject::main_name;
use crate::declaration::Fault;
use crate::declaration::document::{Content, Entry, Node};

/// Members that say what a thing is and whose: ops finds its own by them.
const OWNED: [(&str, &[&str]); 2] = [
    ("task_definition", &["family", "tags"]),
    ("service", &["cluster", "serviceName", "taskDefinition", "tags", "clientToken"]),
];

/// Overrides say how things are, never which things they are.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for workload in subject.workloads() {
        let Some(overrides) = workload.value.get("overrides") else { continue };
        for (document, owned) in OWNED {
            let members = overrides.get(document).map_or(&[][..], Node::entries);
            for member in members.iter().filter(|member| owned.contains(&member.key.as_str())) {
                faults.push(
                    subject
                        .fault(
                            "declaration::override",
                            format!("`{}` of `{}` is not for a declaration to override", member.key, workload.key),
                        )
                        .at(&member.key_span, "belongs to ops")
                        .remedy(match member.key.as_str() {
                            "tags" => "remove it, and write `tags:` beside `overrides:`",
                            _ => "remove it: ops finds by it what it has made",
                        }),
                );
            }
        }
        let task_definition = overrides.get("task_definition");
        if let Some(containers) = task_definition.and_then(|members| members.entry("containerDefinitions")) {
            check_containers(subject, workload, containers, faults);
        }
    }
}

/// A container is found by its name.
fn check_containers(subject: &Subject<'_>, workload: &Entry, containers: &Entry, faults: &mut Vec<Fault>) {
    let fault = |what: &str| {
        let message = format!("`containerDefinitions` in the overrides of `{}` {what}", workload.key);
        subject.fault("declaration::override", message)
    };
    // Nothing takes a member away.
    if containers.value.content == Content::Null {
        return;
    }
    let Content::Sequence(items) = &containers.value.content else {
        faults.push(
            fault("has to be a list")
                .at(&containers.key_span, "not a list")
                .remedy("write a list of mappings, each with the `name` of a container"),
        );
        return;
    };
    for item in items.iter().filter(|item| item.get("name").and_then(Node::text).is_none()) {
        let span = item.entries().first().map_or(&item.span, |entry| &entry.key_span);
        faults.push(
            fault("has an item without a name")
                .at(span, "of which container?")
                .remedy(format!("add `name:`; the main container is called `{}`", main_name(workload))),
        );
    }
}
