//! Application Auto Scaling.

use serde_json::{Map, Value, json};

use crate::fixture::{CLUSTER, Fixture, assert_within, document, settings};
use crate::services::create;

fn target() -> Map<String, Value> {
    document(json!({"MinCapacity": 1, "MaxCapacity": 4}))
}

#[tokio::test]
async fn scaling_reads_back_as_it_was_put_and_goes_with_its_target() {
    let fixture = Fixture::with_cluster().await;
    create(&fixture.cloud, "api", settings()).await;
    let scaling = &fixture.cloud.scaling;
    assert!(scaling.scaling(CLUSTER).await.expect("an answer").is_empty());

    let policy = document(json!({"PolicyType": "TargetTrackingScaling", "TargetTrackingScalingPolicyConfiguration": {
        "TargetValue": 60, "ScaleInCooldown": 300, "ScaleOutCooldown": 60, "DisableScaleIn": false,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
    }}));
    let action = document(json!({
        "Schedule": "cron(0 20 * * ? *)", "Timezone": "Asia/Seoul", "ScalableTargetAction": {"MinCapacity": 0, "MaxCapacity": 1},
    }));
    scaling.put_target(CLUSTER, "api", &target()).await.expect("put");
    let arn = scaling.put_policy(CLUSTER, "api", "cpu", &policy).await.expect("put");
    assert!(arn.contains("policyName/cpu"), "{arn}");
    scaling.put_scheduled_action(CLUSTER, "api", "night", &action).await.expect("put");
    let observed = scaling.scaling(CLUSTER).await.expect("an answer").remove("api").expect("scaling");
    assert_within(&target(), &observed.target);
    assert_within(&policy, &observed.policies["cpu"]);
    assert_within(&action, &observed.scheduled_actions["night"]);
    for document in [&observed.target, &observed.policies["cpu"], &observed.scheduled_actions["night"]] {
        let more =
            document.keys().find(|name| name.ends_with("ARN") || name.ends_with("Time") || *name == "ResourceId");
        assert_eq!(more, None);
    }

    scaling.delete_policy(CLUSTER, "api", "cpu").await.expect("deleted");
    scaling.delete_policy(CLUSTER, "api", "cpu").await.expect("already gone");
    scaling.remove_target(CLUSTER, "api").await.expect("removed");
    scaling.remove_target(CLUSTER, "api").await.expect("already gone");
    scaling.delete_scheduled_action(CLUSTER, "api", "night").await.expect("already gone");
    assert!(scaling.scaling(CLUSTER).await.expect("an answer").is_empty());
}

#[tokio::test]
async fn scaling_of_nothing_is_refused() {
    let fixture = Fixture::with_cluster().await;
    fixture.cloud.scaling.put_target(CLUSTER, "nothing", &target()).await.expect_err("no such service");
}
