use std::collections::BTreeMap;

use super::Subject;
use super::subject::{Container, containers};
use crate::declaration::Fault;
use crate::declaration::document::{Entry, Node};

/// Mounts and volumes find each other.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for workload in subject.workloads() {
        let volumes = workload.value.get("volumes").map_or(&[][..], Node::entries);
        for container in containers(workload) {
            for mount in mounts(&container) {
                check_mount(subject, &container, mount, volumes, faults);
            }
            check_paths(subject, &container, faults);
        }
        for volume in volumes {
            check_use(subject, workload, volume, faults);
            check_file_system(subject, volume, faults);
        }
    }
}

fn mounts<'a>(container: &Container<'a>) -> &'a [Entry] {
    container.node.get("mounts").map_or(&[], Node::entries)
}

fn check_mount(
    subject: &Subject<'_>,
    container: &Container<'_>,
    mount: &Entry,
    volumes: &[Entry],
    faults: &mut Vec<Fault>,
) {
    let Some(node) = mount.value.get("volume") else { return };
    let Some(name) = node.text().filter(|name| !volumes.iter().any(|volume| volume.key == **name)) else { return };
    let names: Vec<String> = volumes.iter().map(|volume| format!("`{}`", volume.key)).collect();
    faults.push(
        subject
            .fault(
                "declaration::mount",
                format!("{} mounts `{name}`, which is no volume of `{}`", container.in_words(), container.workload.key),
            )
            .at(&node.span, "not declared")
            .remedy(if names.is_empty() {
                format!(
                    "declare it under `volumes:` of `{}`; `{name}: {{}}` is a temporary folder",
                    container.workload.key
                )
            } else {
                format!("the volumes are {}", names.join(", "))
            }),
    );
}

fn check_paths(subject: &Subject<'_>, container: &Container<'_>, faults: &mut Vec<Fault>) {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for mount in mounts(container) {
        let Some(other) = seen.insert(mount.key.strip_suffix('/').unwrap_or(&mount.key), &mount.key) else { continue };
        faults.push(
            subject
                .fault("declaration::mount", format!("`{}` and `{other}` are one folder", mount.key))
                .at(&mount.key_span, "the second time")
                .remedy("remove one of the two"),
        );
    }
}

fn check_use(subject: &Subject<'_>, workload: &Entry, volume: &Entry, faults: &mut Vec<Fault>) {
    let is_it = |mount: &Entry| mount.value.get("volume").and_then(Node::text) == Some(volume.key.as_str());
    if !containers(workload).any(|container| mounts(&container).iter().any(is_it)) {
        faults.push(
            subject
                .fault("declaration::volume", format!("no container of `{}` mounts `{}`", workload.key, volume.key))
                .at(&volume.key_span, "of use to nobody")
                .remedy(format!("add `mounts:` with `/folder: {{ volume: {} }}`, or remove the volume", volume.key)),
        );
    }
}

/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSVolumeConfiguration.html>
fn check_file_system(subject: &Subject<'_>, volume: &Entry, faults: &mut Vec<Fault>) {
    let Some(efs) = volume.value.get("efs") else { return };
    let (Some(_), Some(path)) = (efs.entry("access_point"), efs.entry("path")) else { return };
    faults.push(
        subject
            .fault("declaration::volume", format!("the volume `{}` has an access point and a path", volume.key))
            .at(&path.key_span, "the access point has a path of its own")
            .remedy("remove one of the two"),
    );
}
