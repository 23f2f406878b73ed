use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::found::{found, proven, rich, service};

fn notes(imported: &ops_plan::import::Imported) -> String {
    let lines = imported.notes.iter().map(|note| format!("{}: {}\n", note.place, note.text));
    let left_out = imported.left_out.iter().map(|(name, why)| format!("left out {name}: {why}\n"));
    lines.chain(left_out).collect()
}

#[test]
fn a_service_of_another_hand_is_written_and_plans_empty() {
    let (imported, text, _, proof) = proven(&found(vec![rich()]));
    insta::assert_snapshot!("rich", format!("{text}\n--- notes\n{}", notes(&imported)));
    assert!(proof.holds(), "{:#?}", proof.plan);
    assert!(proof.fields_compared > 50, "{}", proof.fields_compared);
}

fn small(container: Value) -> Value {
    json!({
        "family": "shop-worker", "cpu": "256", "memory": "512", "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"], "containerDefinitions": [container],
    })
}

#[test]
fn a_secret_in_plain_is_never_copied() {
    let container = json!({
        "name": "worker", "image": "registry.example/worker:1", "command": ["run", "--url=mysql://root:hunter2hunter2@db/x"],
        "environment": [
            {"name": "DATABASE_PASSWORD", "value": "correct horse battery"}, {"name": "MODE", "value": "fast"},
        ],
        "dockerLabels": {"vendor.api-key": "abcdefghijkl"},
    });
    let (imported, text, _, proof) =
        proven(&found(vec![service("worker", &small(container), &json!({"desiredCount": 1}))]));
    let everything = format!("{text}{:?}{:?}", imported.notes, proof.plan);
    for secret in ["correct horse", "hunter2", "abcdefghijkl"] {
        assert!(!text.contains(secret), "{secret} in {text}");
        assert!(!format!("{:?}", imported.notes).contains(secret), "{secret} in {everything}");
        let shown: Vec<_> = proof.plan.changes().flat_map(|change| &change.differences).collect();
        assert!(!format!("{shown:?}").contains(secret), "{secret} in {shown:?}");
    }
    assert!(!proof.holds(), "what was not copied would be taken out, and the plan says so");
    insta::assert_snapshot!("plain_secret", notes(&imported));
}

#[test]
fn what_cannot_be_declared_is_said() {
    let good = service("worker", &small(json!({"name": "worker", "image": "registry.example/worker:1"})), &json!({}));
    let odd = service("Shop-Service-AbCdEf0123456789", &small(json!({"name": "x", "image": "y"})), &json!({}));
    let none = service("none", &json!({"family": "none"}), &json!({}));
    let (imported, _, declaration, proof) = proven(&found(vec![good, odd, none]));
    assert_eq!(imported.left_out.keys().collect::<Vec<_>>(), ["Shop-Service-AbCdEf0123456789", "none"]);
    assert_eq!(declaration.environment.services.keys().collect::<Vec<_>>(), ["worker"]);
    assert!(proof.holds(), "{:#?}", proof.plan);
    assert_eq!(imported.unpinned, ["worker".to_owned()].into(), "no task runs that would tell the digest");
}

#[test]
fn scaling_that_cannot_be_said_stays_somebody_elses() {
    let document = |value: Value| value.as_object().expect("a document").clone();
    let mut scaled = service(
        "worker",
        &small(json!({"name": "worker", "image": "registry.example/worker:1"})),
        &json!({"desiredCount": 3}),
    );
    let tracking = |metric: &str| {
        document(json!({"PolicyType": "TargetTrackingScaling", "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": 60.0, "PredefinedMetricSpecification": {"PredefinedMetricType": metric}}}))
    };
    let scaling = |name: &str| ops_model::observation::ScalingSettings {
        target: document(json!({"MinCapacity": 2, "MaxCapacity": 6})),
        policies: BTreeMap::from([(name.to_owned(), tracking("ECSServiceAverageCPUUtilization"))]),
        scheduled_actions: BTreeMap::new(),
    };
    scaled.scaling = Some(scaling("cpu"));
    let (_, _, declaration, proof) = proven(&found(vec![scaled.clone()]));
    let scaling_declared = declaration.environment.services["worker"].scaling.clone().expect("it can be said");
    assert_eq!((scaling_declared.minimum, scaling_declared.maximum), (2, 6));
    assert!(proof.holds(), "{:#?}", proof.plan);

    scaled.scaling = Some(scaling("by-the-console"));
    let (imported, _, declaration, proof) = proven(&found(vec![scaled]));
    let worker = &declaration.environment.services["worker"];
    assert_eq!((&worker.scaling, worker.count), (&None, None));
    assert!(proof.holds(), "{:#?}", proof.plan);
    assert!(notes(&imported).contains("services.worker.scaling"));
}
