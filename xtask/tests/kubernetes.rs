//! `k8s/base`, as kubectl renders it: objects that Kubernetes knows, and an app that runs with the fewest rights.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use xtask::kubernetes;
use xtask::python_environment::{self, Kind};

fn rendered() -> String {
    kubernetes::ensure_kubectl().expect("kubectl");
    kubernetes::render(Path::new("k8s/base")).expect("rendered")
}

fn objects() -> Vec<Value> {
    serde_yaml::from_multiple(&rendered()).expect("YAML documents")
}

fn object(kind: &str) -> Value {
    objects().into_iter().find(|object| object["kind"] == kind).expect(kind)
}

#[test]
fn the_objects_keep_to_the_schemas_of_kubernetes() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("base.yaml");
    std::fs::write(&file, rendered()).expect("written");
    let python = python_environment::ensure(Kind::Test).expect("Python");
    let checked = Command::new(python.with_file_name("kubernetes-validate"))
        .args(["--strict", "--kubernetes-version=1.31"])
        .arg(&file)
        .output()
        .expect("the validator runs");
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

#[test]
fn the_base_has_these_objects() {
    let mut kinds: Vec<_> =
        objects().iter().map(|object| object["kind"].as_str().expect("a kind").to_owned()).collect();
    kinds.sort();
    assert_eq!(kinds, ["Deployment", "PodDisruptionBudget", "Service", "ServiceAccount"]);
}

#[test]
fn selectors_find_the_pods() {
    let deployment = object("Deployment");
    let labels = &deployment["spec"]["template"]["metadata"]["labels"];
    let service = object("Service");
    let budget = object("PodDisruptionBudget");
    for selector in [
        &deployment["spec"]["selector"]["matchLabels"],
        &service["spec"]["selector"],
        &budget["spec"]["selector"]["matchLabels"],
        &deployment["spec"]["template"]["spec"]["topologySpreadConstraints"][0]["labelSelector"]["matchLabels"],
        &deployment["spec"]["template"]["spec"]["topologySpreadConstraints"][1]["labelSelector"]["matchLabels"],
    ] {
        for (name, value) in selector.as_object().expect("a selector") {
            assert_eq!(&labels[name], value);
        }
    }
    let target = &service["spec"]["ports"][0]["targetPort"];
    assert_eq!(target, &deployment["spec"]["template"]["spec"]["containers"][0]["ports"][0]["name"]);
}

/// The level `restricted` of the Pod Security Standards, and a file system that nobody writes to.
#[test]
fn the_app_has_the_fewest_rights() {
    let pod = &object("Deployment")["spec"]["template"]["spec"];
    assert_eq!(pod["automountServiceAccountToken"], false);
    assert_eq!(
        pod["securityContext"],
        json!({"runAsNonRoot": true, "runAsUser": 65532, "runAsGroup": 65532, "seccompProfile": {"type": "RuntimeDefault"}})
    );
    let container = &pod["containers"][0];
    assert_eq!(
        container["securityContext"],
        json!({"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": {"drop": ["ALL"]}})
    );
    assert!(container["resources"]["requests"]["cpu"].is_string());
    assert!(container["resources"]["limits"]["memory"].is_string());
}

/// A pod leaves without an error only if the app has time to: drain, then finish, then the grace period's end.
#[test]
fn the_grace_period_is_longer_than_the_apps_shutdown() {
    let pod = &object("Deployment")["spec"]["template"]["spec"];
    let container = &pod["containers"][0];
    let seconds = |name: &str| -> u64 {
        let variables = container["env"].as_array().expect("variables");
        let variable = variables.iter().find(|variable| variable["name"] == name).expect(name);
        variable["value"].as_str().expect("a value").parse().expect("seconds")
    };
    let grace = pod["terminationGracePeriodSeconds"].as_u64().expect("seconds");
    assert!(seconds("SLIPWAY_DRAIN_SECONDS") + seconds("SLIPWAY_FINISH_SECONDS") < grace);
    assert_eq!(container["readinessProbe"]["httpGet"]["path"], "/readyz");
    assert_eq!(container["livenessProbe"]["httpGet"]["path"], "/healthz");
}
