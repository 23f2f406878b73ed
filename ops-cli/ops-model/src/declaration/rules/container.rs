use std::collections::BTreeMap;

use super::Subject;
use super::subject::{containers, main_name, sidecars};
use crate::declaration::Fault;
use crate::declaration::document::Entry;

/// Every container has a name, an image and a port to itself.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for workload in subject.workloads() {
        for sidecar in sidecars(workload) {
            check_name(subject, workload, sidecar, faults);
            check_image(subject, workload, sidecar, faults);
        }
        check_ports(subject, workload, faults);
    }
}

fn check_name(subject: &Subject<'_>, workload: &Entry, sidecar: &Entry, faults: &mut Vec<Fault>) {
    if sidecar.key == main_name(workload) {
        faults.push(
            subject
                .fault(
                    "declaration::container_name",
                    format!("a second container of `{}` is called `{}`", workload.key, sidecar.key),
                )
                .at(&sidecar.key_span, "the main container's name")
                .remedy("give the container another name, or write its lines where the main container's are"),
        );
    }
}

fn check_image(subject: &Subject<'_>, workload: &Entry, sidecar: &Entry, faults: &mut Vec<Fault>) {
    let fault = |what: &str| {
        let message = format!("the container `{}` of `{}` has {what}", sidecar.key, workload.key);
        subject.fault("declaration::container_image", message)
    };
    match (sidecar.value.entry("artifact"), sidecar.value.entry("image")) {
        (None, None) if !sidecar.value.is_scalar() => faults.push(
            fault("no image")
                .at(&sidecar.key_span, "`artifact` or `image` is missing")
                .remedy("add `artifact:`, a name in builds.yaml, or `image:` with a digest"),
        ),
        (Some(_), Some(image)) => faults.push(
            fault("an `artifact` and an `image`")
                .at(&image.key_span, "not both")
                .remedy("remove `artifact:`, or `image:` if it is built here"),
        ),
        _ => {}
    }
}

/// Containers of a task have one network interface together.
fn check_ports(subject: &Subject<'_>, workload: &Entry, faults: &mut Vec<Fault>) {
    let mut taken: BTreeMap<u64, &str> = BTreeMap::new();
    for container in containers(workload) {
        let Some(node) = container.node.get("port") else { continue };
        let Some(port) = node.whole_number() else { continue };
        if let Some(other) = taken.get(&port) {
            faults.push(
                subject
                    .fault(
                        "declaration::container_port",
                        format!("`{}` and `{other}` both listen on port {port} of `{}`", container.name, workload.key),
                    )
                    .at(&node.span, format!("taken by `{other}`"))
                    .remedy("choose another port: the containers of a task share its addresses"),
            );
        } else {
            taken.insert(port, container.name);
        }
    }
}
