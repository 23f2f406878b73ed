//! The planner and the model stay pure: what they are built from holds no async runtime and no AWS.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use cargo_metadata::{DependencyKind, MetadataCommand, PackageId};

const PURE: [&str; 2] = ["ops-model", "ops-plan"];
const RUNTIMES: [&str; 6] = ["tokio", "async-std", "smol", "futures", "hyper", "reqwest"];

/// Crates that may know each crate of ours: the arrows of the design.
const ARROWS: [(&str, &[&str]); 8] = [
    ("ops-model", &[]),
    ("ops-plan", &["ops-model"]),
    ("ops-engine", &["ops-model", "ops-plan"]),
    ("ops-aws", &["ops-model", "ops-plan", "ops-engine"]),
    ("ops-sim", &["ops-model", "ops-plan", "ops-engine"]),
    ("ops", &["ops-model", "ops-plan", "ops-engine", "ops-aws", "ops-sim"]),
    ("ops-fuzz", &["ops-model", "ops-plan"]),
    ("ops-trials", &["ops-model", "ops-plan", "ops-engine", "ops-sim"]),
];

/// Every package by name, with the names of all that it is built from.
fn built_from() -> BTreeMap<String, BTreeSet<String>> {
    // Crates of other platforms have never been downloaded where nobody compiled for them.
    let platform = Command::new("rustc").args(["--print", "host-tuple"]).output().expect("a compiler");
    let platform = String::from_utf8(platform.stdout).expect("a platform").trim().to_owned();
    let metadata = MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml"))
        .other_options(["--locked".to_owned(), "--offline".to_owned(), "--filter-platform".to_owned(), platform])
        .exec()
        .expect("cargo knows the workspace");
    let names: BTreeMap<&PackageId, &str> =
        metadata.packages.iter().map(|package| (&package.id, package.name.as_str())).collect();
    let nodes = metadata.resolve.as_ref().expect("dependencies are resolved").nodes.iter();
    let direct: BTreeMap<&PackageId, Vec<&PackageId>> = nodes
        .map(|node| {
            let built = node
                .deps
                .iter()
                .filter(|dependency| dependency.dep_kinds.iter().any(|kind| kind.kind != DependencyKind::Development));
            (&node.id, built.map(|dependency| &dependency.pkg).collect())
        })
        .collect();
    let workspace = metadata.workspace_members.iter();
    workspace
        .map(|member| {
            let (mut found, mut open) = (BTreeSet::new(), vec![member]);
            while let Some(package) = open.pop() {
                for dependency in &direct[package] {
                    if found.insert(*dependency) {
                        open.push(dependency);
                    }
                }
            }
            (names[member].to_owned(), found.into_iter().map(|package| names[package].to_owned()).collect())
        })
        .collect()
}

#[test]
fn planner_and_model_know_no_runtime_and_no_aws() {
    let built_from = built_from();
    for name in PURE {
        let impure: Vec<_> = built_from[name]
            .iter()
            .filter(|package| RUNTIMES.contains(&package.as_str()) || package.starts_with("aws-"))
            .collect();
        assert!(impure.is_empty(), "{name} is built from {impure:?}");
    }
}

#[test]
fn dependencies_run_one_way() {
    let built_from = built_from();
    let ours: Vec<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    for (name, allowed) in ARROWS {
        let wrong: Vec<_> = built_from[name]
            .iter()
            .filter(|package| ours.contains(&package.as_str()) && !allowed.contains(&package.as_str()))
            .collect();
        assert!(wrong.is_empty(), "{name} must not be built from {wrong:?}");
    }
}
