//! EventBridge Scheduler.

use ops_model::observation::ObservedSchedule;
use serde_json::{Value, json};

use crate::fixture::{Fixture, assert_within, document, network};

fn schedule(expression: &str) -> ObservedSchedule {
    let network = &network("sg-a")["awsvpcConfiguration"];
    ObservedSchedule(document(json!({
        "ScheduleExpression": expression, "ScheduleExpressionTimezone": "Asia/Seoul", "State": "DISABLED",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {
            "Arn": "arn:aws:ecs:ap-northeast-2:000000000000:cluster/slipway-test", "RoleArn": "arn:aws:iam::000000000000:role/schedule",
            "EcsParameters": {
                "TaskDefinitionArn": "arn:aws:ecs:ap-northeast-2:000000000000:task-definition/report:1", "LaunchType": "FARGATE", "TaskCount": 1,
                "NetworkConfiguration": {"awsvpcConfiguration": {
                    "Subnets": network["subnets"], "SecurityGroups": network["securityGroups"], "AssignPublicIp": "ENABLED",
                }},
            },
        },
    })))
}

#[tokio::test]
async fn a_schedule_reads_back_as_it_was_put() {
    let fixture = Fixture::start().await;
    let sdk = aws_sdk_scheduler::Client::new(&fixture.sdk);
    sdk.create_schedule_group().name("test").send().await.expect("a group");
    let schedules = &fixture.cloud.schedules;
    assert!(schedules.schedules("test").await.expect("an answer").is_empty());

    let first = schedule("cron(0 3 * * ? *)");
    schedules.create_schedule("test", "test-report", &first, "token").await.expect("created");
    let observed = schedules.schedules("test").await.expect("an answer").remove("test-report").expect("a schedule");
    assert_within(&first.0, &observed.0);
    let more =
        observed.0.keys().find(|name| name.ends_with("Arn") || name.ends_with("Name") || *name == "CreationDate");
    assert_eq!(more, None);

    let mut second = schedule("rate(1 hour)");
    second.0.remove("ScheduleExpressionTimezone");
    schedules.update_schedule("test", "test-report", &second).await.expect("updated");
    let observed = schedules.schedules("test").await.expect("an answer").remove("test-report").expect("a schedule");
    assert_within(&second.0, &observed.0);
    assert_ne!(
        observed.0.get("ScheduleExpressionTimezone"),
        Some(&Value::from("Asia/Seoul")),
        "it replaces everything"
    );

    schedules.delete_schedule("test", "test-report").await.expect("deleted");
    schedules.delete_schedule("test", "test-report").await.expect("already gone");
    assert!(schedules.schedules("test").await.expect("an answer").is_empty());
}
