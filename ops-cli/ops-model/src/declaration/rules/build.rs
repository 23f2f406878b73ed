use std::collections::BTreeMap;

use super::Subject;
use super::subject::sidecars;
use crate::declaration::Fault;
use crate::declaration::document::{Entry, Node};

/// Every build is an image or a bundle, and not both.
pub(in crate::declaration) fn check_builds(file: &str, builds: &Node) -> Vec<Fault> {
    let fault = |build: &Entry| {
        let fault =
            |what: &str| Fault::new("declaration::build", file, format!("the build of `{}` has {what}", build.key));
        match (build.value.entry("image"), build.value.entry("bundle")) {
            (None, None) if !build.value.is_scalar() => Some(
                fault("neither an image nor a bundle")
                    .at(&build.key_span, "`image` or `bundle` is missing")
                    .remedy("`ops promote` writes this file: let it"),
            ),
            (Some(_), Some(bundle)) => Some(
                fault("an `image` and a `bundle`")
                    .at(&bundle.key_span, "not both")
                    .remedy("remove the one that it is not"),
            ),
            _ => None,
        }
    };
    artifacts(builds).iter().filter_map(fault).collect()
}

/// Services and tasks run images, sites serve bundles.
pub(in crate::declaration) fn check_use(subject: &Subject<'_>, builds: &Node) -> Vec<Fault> {
    let kept = artifacts(builds).iter().filter_map(|build| {
        let is_bundle = build.value.get("bundle").is_some();
        let is_image = build.value.get("image").is_some();
        (is_bundle != is_image).then_some((build.key.as_str(), is_bundle))
    });
    let is_bundle: BTreeMap<_, _> = kept.collect();
    let mut faults = Vec::new();
    let workloads = subject.workloads().flat_map(|workload| {
        let beside = sidecars(workload).iter().map(|sidecar| &sidecar.value);
        std::iter::once(&workload.value).chain(beside).map(move |it| (workload, it))
    });
    for (workload, node) in workloads {
        let Some((artifact, place)) = artifact(node) else { continue };
        if is_bundle.get(artifact) == Some(&true) {
            faults.push(
                subject
                    .fault("declaration::artifact", format!("`{}` cannot run `{artifact}`", workload.key))
                    .at(&place.span, "a bundle of files in builds.yaml")
                    .remedy("name an artifact whose build is an image; a site serves bundles"),
            );
        }
    }
    for site in subject.named("sites") {
        let Some((artifact, place)) = artifact(&site.value) else { continue };
        if is_bundle.get(artifact) == Some(&false) {
            faults.push(
                subject
                    .fault("declaration::artifact", format!("the site `{}` cannot serve `{artifact}`", site.key))
                    .at(&place.span, "an image in builds.yaml")
                    .remedy("name an artifact whose build is a bundle; services and tasks run images"),
            );
        }
    }
    faults
}

fn artifacts(builds: &Node) -> &[Entry] {
    builds.get("artifacts").map_or(&[], Node::entries)
}

fn artifact(node: &Node) -> Option<(&str, &Node)> {
    let place = node.get("artifact")?;
    Some((place.text()?, place))
}
