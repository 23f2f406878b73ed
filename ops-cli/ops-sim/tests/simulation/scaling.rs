//! Application Auto Scaling.

use ops_engine::cloud::Scaling as _;
use ops_model::observation::ScalingSettings;
use serde_json::json;

use crate::scenario::{CLUSTER, SERVICE, Scenario, object, private};

async fn told(scenario: &Scenario) -> Option<ScalingSettings> {
    scenario.account.scaling(CLUSTER).await.expect("read").remove(SERVICE)
}

#[tokio::test(start_paused = true)]
async fn scaling_is_kept_as_it_was_put_with_what_aws_adds() {
    let scenario = Scenario::steady(private(1)).await;
    let account = &scenario.account;
    assert_eq!(told(&scenario).await, None);
    account.put_target(CLUSTER, SERVICE, &object(json!({"MinCapacity": 1, "MaxCapacity": 4}))).await.expect("put");
    account.put_target(CLUSTER, SERVICE, &object(json!({"MaxCapacity": 6}))).await.expect("put");
    let tracking = object(json!({"TargetValue": 60}));
    let policy = object(json!({
        "PolicyType": "TargetTrackingScaling", "TargetTrackingScalingPolicyConfiguration": tracking,
    }));
    let arn = account.put_policy(CLUSTER, SERVICE, "cpu", &policy).await.expect("put");
    assert!(arn.ends_with(":resource/ecs/service/slipway-dev/api:policyName/cpu"), "{arn}");
    let action = object(json!({"Schedule": "rate(1 day)"}));
    account.put_scheduled_action(CLUSTER, SERVICE, "daily", &action).await.expect("put");

    let scaling = told(&scenario).await.expect("there");
    assert_eq!((&scaling.target["MinCapacity"], &scaling.target["MaxCapacity"]), (&json!(1), &json!(6)));
    assert_eq!(scaling.target["SuspendedState"]["DynamicScalingInSuspended"], false);
    let tracking = &scaling.policies["cpu"]["TargetTrackingScalingPolicyConfiguration"];
    assert_eq!(*tracking, json!({"TargetValue": 60.0, "DisableScaleIn": false}));
    assert_eq!(scaling.scheduled_actions["daily"], action);

    for _ in 0..2 {
        account.delete_policy(CLUSTER, SERVICE, "cpu").await.expect("deleted, and again");
        account.delete_scheduled_action(CLUSTER, SERVICE, "daily").await.expect("deleted, and again");
        let scaling = told(&scenario).await.expect("there");
        assert!(scaling.policies.is_empty() && scaling.scheduled_actions.is_empty());
    }
    account.put_policy(CLUSTER, SERVICE, "cpu", &policy).await.expect("put");
    for _ in 0..2 {
        account.remove_target(CLUSTER, SERVICE).await.expect("removed, and again");
        assert_eq!(told(&scenario).await, None, "policies go along");
    }
    let lines: Vec<_> = account.container_writes().iter().skip(2).map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "application-autoscaling:RegisterScalableTarget api MaxCapacity=4 MinCapacity=1",
            "application-autoscaling:RegisterScalableTarget api MaxCapacity=6",
            "application-autoscaling:PutScalingPolicy api cpu",
            "application-autoscaling:PutScheduledAction api daily",
            "application-autoscaling:DeleteScalingPolicy api cpu",
            "application-autoscaling:DeleteScheduledAction api daily",
            "application-autoscaling:PutScalingPolicy api cpu",
            "application-autoscaling:DeregisterScalableTarget api",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn what_cannot_scale_is_refused() {
    let scenario = Scenario::steady(private(1)).await;
    let account = &scenario.account;
    let bounds = |minimum: u32, maximum: u32| object(json!({"MinCapacity": minimum, "MaxCapacity": maximum}));
    account.put_target(CLUSTER, "none", &bounds(1, 2)).await.expect_err("no service");
    account.put_target(CLUSTER, SERVICE, &bounds(3, 2)).await.expect_err("upside down");
    account.put_target(CLUSTER, SERVICE, &object(json!({"MinCapacity": 1}))).await.expect_err("no maximum");
    let policy = object(json!({"PolicyType": "StepScaling"}));
    assert!(account.put_policy(CLUSTER, SERVICE, "cpu", &policy).await.expect_err("no target").is_not_found());
    let action = account.put_scheduled_action(CLUSTER, SERVICE, "daily", &policy).await;
    assert!(action.expect_err("no target").is_not_found());
    assert_eq!(told(&scenario).await, None);
}

#[tokio::test(start_paused = true)]
async fn scaling_can_be_changed_by_hand() {
    let scenario = Scenario::steady(private(1)).await;
    let by_hand = scenario.account.by_hand(CLUSTER);
    let put = |scaling: &mut ScalingSettings| scaling.target = object(json!({"MinCapacity": 2, "MaxCapacity": 3}));
    by_hand.change_scaling(SERVICE, put).expect("there");
    assert_eq!(told(&scenario).await.expect("there").target["MaxCapacity"], 3);
    by_hand.remove_scaling(SERVICE).expect("there");
    assert_eq!(told(&scenario).await, None);
    assert!(by_hand.remove_scaling(SERVICE).expect_err("gone").is_not_found());
    assert!(by_hand.change_scaling("none", put).expect_err("no service").is_not_found());
}
