use serde_json::{Value, json};

use super::*;
use crate::aws_document::Document;
use crate::wire::{Sent, Wire, refusal};

fn schedule() -> Value {
    json!({
        "ScheduleExpression": "cron(0 3 * * ? *)", "ScheduleExpressionTimezone": "Asia/Seoul", "State": "ENABLED",
        "FlexibleTimeWindow": {"Mode": "OFF"}, "StartDate": 1_700_000_000, "ActionAfterCompletion": "NONE",
        "Target": {"Arn": "cluster", "RoleArn": "role", "RetryPolicy": {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60},
            "EcsParameters": {"TaskDefinitionArn": "report:3", "LaunchType": "FARGATE", "TaskCount": 1, "Tags": [{"key": "a", "value": "b"}],
                "NetworkConfiguration": {"awsvpcConfiguration": {"Subnets": ["a"], "AssignPublicIp": "DISABLED"}}}},
    })
}

fn document() -> ObservedSchedule {
    ObservedSchedule(schedule().as_object().expect("an object").clone())
}

fn with(mut document: Value, more: &Value) -> Value {
    let more: &Document = more.as_object().expect("an object");
    document.as_object_mut().expect("an object").extend(more.clone());
    document
}

#[tokio::test]
async fn schedules_are_read_whole_and_those_that_went_meanwhile_are_left_out() {
    let wire = Wire::answering(|sent| match sent.operation.as_str() {
        "GET /schedules?ScheduleGroup=dev" => {
            (200, json!({"Schedules": [{"Name": "report"}], "NextToken": "more"}).to_string())
        }
        "GET /schedules/report?groupName=dev" => {
            let more = json!({"Arn": "arn", "GroupName": "dev", "Name": "report", "CreationDate": 1.5, "LastModificationDate": 2.5});
            (200, with(schedule(), &more).to_string())
        }
        "GET /schedules/gone?groupName=dev" => (404, refusal("ResourceNotFoundException", "Gone.").1),
        listed => {
            assert!(listed.contains("NextToken=more"), "{listed}");
            (200, json!({"Schedules": [{"Name": "gone"}]}).to_string())
        }
    });
    let schedules = wire.cloud().schedules.schedules("dev").await.expect("schedules");
    assert_eq!(schedules, BTreeMap::from([("report".to_owned(), document())]));
}

#[tokio::test]
async fn schedules_are_sent_as_they_are() {
    let wire = Wire::succeeding(&json!({"ScheduleArn": "arn"}));
    let schedules = wire.cloud().schedules;
    schedules.create_schedule("dev", "report", &document(), "token").await.expect("created");
    schedules.update_schedule("dev", "report", &document()).await.expect("updated");
    let created = with(schedule(), &json!({"GroupName": "dev", "ClientToken": "token"}));
    let updated = with(schedule(), &json!({"GroupName": "dev"}));
    assert_eq!(
        wire.sent(),
        [Sent::new("POST /schedules/report", created), Sent::new("PUT /schedules/report", updated)]
    );
}

#[tokio::test]
async fn a_schedule_that_is_already_gone_is_deleted() {
    let wire = Wire::answering(|_| (404, refusal("ResourceNotFoundException", "Gone.").1));
    wire.cloud().schedules.delete_schedule("dev", "report").await.expect("gone");
    assert!(wire.sent()[0].operation.starts_with("DELETE /schedules/report?"), "{:?}", wire.sent());
}
