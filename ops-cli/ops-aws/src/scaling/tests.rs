use serde_json::json;

use super::*;
use crate::wire::{Sent, Wire, refusal};

fn document(json: Value) -> Document {
    json.as_object().expect("an object").clone()
}

fn identity(name: &str, service: &str) -> Document {
    document(json!({
        "ServiceNamespace": "ecs", "ResourceId": format!("service/{name}/{service}"),
        "ScalableDimension": "ecs:service:DesiredCount", "CreationTime": 1_700_000_000.5,
    }))
}

fn with(mut document: Document, more: Value) -> Value {
    document.extend(more.as_object().expect("an object").clone());
    Value::Object(document)
}

fn policy() -> Value {
    json!({"PolicyType": "TargetTrackingScaling", "TargetTrackingScalingPolicyConfiguration": {
        "TargetValue": 60.0, "ScaleInCooldown": 300, "DisableScaleIn": false,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
    }})
}

#[tokio::test]
async fn scaling_is_read_in_three_calls_over_pages_and_of_one_cluster() {
    let wire = Wire::answering(|sent| {
        let more = sent.body.get("NextToken").is_some();
        assert_eq!((sent.body.get("ScalableDimension"), &sent.body["ServiceNamespace"]), (None, &json!("ecs")));
        let answer = match sent.operation.as_str() {
            "DescribeScalableTargets" if !more => json!({"NextToken": "more", "ScalableTargets": [
                with(identity("dev", "api"), json!({"MinCapacity": 1, "MaxCapacity": 4, "RoleARN": "role", "ScalableTargetARN": "arn",
                    "SuspendedState": {"ScheduledScalingSuspended": false}})),
                with(identity("dev-2", "api"), json!({"MinCapacity": 9, "MaxCapacity": 9})),
            ]}),
            "DescribeScalableTargets" => json!({"ScalableTargets": [
                with(identity("dev", "web"), json!({"MinCapacity": 0, "MaxCapacity": 1})),
            ]}),
            "DescribeScalingPolicies" => {
                let mine = with(
                    document(policy()),
                    json!({"PolicyName": "cpu", "PolicyARN": "arn", "Alarms": [{"AlarmName": "a"}]}),
                );
                json!({"ScalingPolicies": [with(identity("dev", "api"), mine)]})
            }
            _ => json!({"ScheduledActions": [with(identity("dev", "api"), json!({
                "ScheduledActionName": "night", "ScheduledActionARN": "arn", "Schedule": "cron(0 20 * * ? *)", "Timezone": "Asia/Seoul",
                "ScalableTargetAction": {"MinCapacity": 0, "MaxCapacity": 1},
            }))]}),
        };
        (200, answer.to_string())
    });
    let scaling = wire.cloud().scaling.scaling("dev").await.expect("scaling");
    assert_eq!(scaling.keys().collect::<Vec<_>>(), ["api", "web"]);
    let api = &scaling["api"];
    let target = json!({"MinCapacity": 1, "MaxCapacity": 4, "SuspendedState": {"ScheduledScalingSuspended": false}});
    assert_eq!(Value::Object(api.target.clone()), target);
    assert_eq!(Value::Object(api.policies["cpu"].clone()), policy());
    let action = json!({"Schedule": "cron(0 20 * * ? *)", "Timezone": "Asia/Seoul",
        "ScalableTargetAction": {"MinCapacity": 0, "MaxCapacity": 1}});
    assert_eq!(Value::Object(api.scheduled_actions["night"].clone()), action);
    assert_eq!(wire.sent().len(), 4, "three calls, one of two pages");
}

#[tokio::test]
async fn settings_are_sent_as_they_are_with_what_they_are_of() {
    let wire = Wire::succeeding(&json!({"PolicyARN": "policy"}));
    let scaling = wire.cloud().scaling;
    let target = json!({"MinCapacity": 1, "MaxCapacity": 4});
    let action = json!({"Schedule": "rate(1 hour)", "ScalableTargetAction": {"MinCapacity": 2}});
    scaling.put_target("dev", "api", &document(target.clone())).await.expect("put");
    assert_eq!(scaling.put_policy("dev", "api", "cpu", &document(policy())).await.expect("put"), "policy");
    scaling.put_scheduled_action("dev", "api", "night", &document(action.clone())).await.expect("put");
    let mut of_api = identity("dev", "api");
    of_api.remove("CreationTime");
    let named = |name: &str, value: &str| with(of_api.clone(), json!({name: value}));
    let expected = [
        Sent::new("RegisterScalableTarget", with(of_api.clone(), target)),
        Sent::new("PutScalingPolicy", with(document(policy()), named("PolicyName", "cpu"))),
        Sent::new("PutScheduledAction", with(document(action), named("ScheduledActionName", "night"))),
    ];
    assert_eq!(wire.sent(), expected);
}

#[tokio::test]
async fn what_is_already_gone_is_deleted() {
    let wire = Wire::answering(|_| refusal("ObjectNotFoundException", "No scalable target."));
    let scaling = wire.cloud().scaling;
    scaling.delete_policy("dev", "api", "cpu").await.expect("gone");
    scaling.delete_scheduled_action("dev", "api", "night").await.expect("gone");
    scaling.remove_target("dev", "api").await.expect("gone");
    let other = Wire::answering(|_| refusal("ConcurrentUpdateException", "Later."));
    other.cloud().scaling.remove_target("dev", "api").await.expect_err("anything else is an error");
}
