use super::Subject;
use super::subject::sidecars;
use crate::declaration::Fault;
use crate::declaration::document::{Entry, Node};

/// Containers find room in their task.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definition_cpu>
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for workload in subject.workloads() {
        check_sum(subject, workload, &CPU, faults);
        check_sum(subject, workload, &MEMORY, faults);
        for sidecar in sidecars(workload) {
            check_memory(subject, workload, sidecar, faults);
            check_reservation(subject, workload, sidecar, faults);
        }
    }
}

/// What containers share: its key at the task, its keys at a container, the first of them that is there, and its unit.
struct Share {
    of_task: &'static str,
    of_container: &'static [&'static str],
    unit: &'static str,
}

const CPU: Share = Share { of_task: "cpu", of_container: &["cpu"], unit: "CPU units" };
const MEMORY: Share =
    Share { of_task: "memory", of_container: &["memory_reservation", "memory"], unit: "MiB of memory" };

fn check_sum(subject: &Subject<'_>, workload: &Entry, share: &Share, faults: &mut Vec<Fault>) {
    let Some(whole) = workload.value.get(share.of_task).and_then(Node::whole_number) else { return };
    let mut sum: u64 = 0;
    for sidecar in sidecars(workload) {
        let Some(node) = share.of_container.iter().find_map(|key| sidecar.value.get(key)) else { continue };
        sum = sum.saturating_add(node.whole_number().unwrap_or_default());
        if sum > whole {
            let message = format!("containers of `{}` keep {sum} {} of {whole}", workload.key, share.unit);
            faults.push(
                subject
                    .fault("declaration::container_size", message)
                    .at(&node.span, "more than the task has")
                    .remedy(format!("lower this number, or raise `{}` of `{}`", share.of_task, workload.key)),
            );
            return;
        }
    }
}

fn check_memory(subject: &Subject<'_>, workload: &Entry, sidecar: &Entry, faults: &mut Vec<Fault>) {
    // What is kept is part of the sum.
    if sidecar.value.get("memory_reservation").is_none() {
        return;
    }
    let Some(whole) = workload.value.get("memory").and_then(Node::whole_number) else { return };
    let Some(node) = sidecar.value.get("memory") else { return };
    let Some(memory) = node.whole_number().filter(|memory| *memory > whole) else { return };
    let message =
        format!("the container `{}` may use {memory} MiB of memory, and `{}` has {whole}", sidecar.key, workload.key);
    faults.push(
        subject
            .fault("declaration::container_size", message)
            .at(&node.span, "more than the task has")
            .remedy(format!("lower this number, or raise `memory` of `{}`", workload.key)),
    );
}

fn check_reservation(subject: &Subject<'_>, workload: &Entry, sidecar: &Entry, faults: &mut Vec<Fault>) {
    let Some(node) = sidecar.value.get("memory_reservation") else { return };
    let Some(kept) = node.whole_number() else { return };
    let Some(memory) = sidecar.value.get("memory").and_then(Node::whole_number) else { return };
    if kept >= memory {
        let message = format!(
            "the container `{}` of `{}` keeps {kept} MiB of memory and may use {memory}",
            sidecar.key, workload.key
        );
        faults.push(
            subject
                .fault("declaration::container_size", message)
                .at(&node.span, "has to be less than `memory`")
                .remedy("lower `memory_reservation`, raise `memory`, or remove one of the two"),
        );
    }
}
