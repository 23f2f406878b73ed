//! EventBridge Scheduler.

use ops_engine::cloud::{CloudErrorKind, Schedules as _};
use ops_model::observation::ObservedSchedule;
use ops_sim::SimulatedAccount;
use serde_json::json;

use crate::scenario::{CLUSTER, object};

const GROUP: &str = "slipway-dev";

fn schedule(at: &str) -> ObservedSchedule {
    ObservedSchedule(object(json!({
        "ScheduleExpression": at,
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {
            "Arn": "arn:cluster",
            "RoleArn": "arn:role",
            "EcsParameters": {"TaskDefinitionArn": "arn:1"},
            "RetryPolicy": {"MaximumRetryAttempts": 3},
        },
    })))
}

#[tokio::test(start_paused = true)]
async fn schedules_are_created_once_replaced_and_deleted() {
    let account = SimulatedAccount::new();
    account.create_schedule_group(GROUP);
    for _ in 0..2 {
        account.create_schedule(GROUP, "nightly", &schedule("rate(1 day)"), "token").await.expect("the same token");
    }
    let error = account.create_schedule(GROUP, "nightly", &schedule("rate(1 day)"), "other").await.expect_err("taken");
    assert_eq!(error.kind, CloudErrorKind::Refused { code: Some("ConflictException".to_owned()) });

    let shown = account.schedules(GROUP).await.expect("read").remove("nightly").expect("there").0;
    assert_eq!((&shown["State"], &shown["ScheduleExpressionTimezone"]), (&json!("ENABLED"), &json!("UTC")));
    let retries = json!({"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 86400});
    assert_eq!(shown["Target"]["RetryPolicy"], retries);
    assert_eq!(shown["Target"]["EcsParameters"]["TaskCount"], 1);

    account.update_schedule(GROUP, "nightly", &schedule("rate(2 days)")).await.expect("there");
    let shown = account.schedules(GROUP).await.expect("read").remove("nightly").expect("there").0;
    assert_eq!(shown["ScheduleExpression"], "rate(2 days)");
    for _ in 0..2 {
        account.delete_schedule(GROUP, "nightly").await.expect("deleted, and again");
    }
    assert!(account.schedules(GROUP).await.expect("read").is_empty());
    let error = account.update_schedule(GROUP, "nightly", &schedule("rate(1 day)")).await.expect_err("gone");
    assert!(error.is_not_found());
    assert_eq!(account.container_writes().len(), 4, "the repeated creation is one too, the repeated deletion is none");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_scheduled_is_refused() {
    let account = SimulatedAccount::new();
    assert!(account.schedules(GROUP).await.expect_err("no group").is_not_found());
    let created = account.create_schedule(GROUP, "nightly", &schedule("rate(1 day)"), "token").await;
    assert!(created.expect_err("no group").is_not_found());
    account.create_schedule_group(GROUP);
    let mut broken = schedule("rate(1 day)");
    broken.0.remove("Target");
    let error = account.create_schedule(GROUP, "nightly", &broken, "token").await.expect_err("no target");
    assert_eq!(error.kind, CloudErrorKind::Refused { code: Some("ValidationException".to_owned()) });
}

#[tokio::test(start_paused = true)]
async fn schedules_can_be_changed_by_hand() {
    let account = SimulatedAccount::new();
    account.create_schedule_group(GROUP);
    account.create_schedule(GROUP, "nightly", &schedule("rate(1 day)"), "token").await.expect("created");
    let by_hand = account.by_hand(CLUSTER);
    let disable = |schedule: &mut ObservedSchedule| drop(schedule.0.insert("State".to_owned(), json!("DISABLED")));
    by_hand.change_schedule(GROUP, "nightly", disable).expect("there");
    assert_eq!(account.schedules(GROUP).await.expect("read")["nightly"].0["State"], "DISABLED");
    by_hand.delete_schedule(GROUP, "nightly").expect("there");
    assert!(by_hand.delete_schedule(GROUP, "nightly").expect_err("gone").is_not_found());
    assert!(by_hand.change_schedule(GROUP, "nightly", disable).expect_err("gone").is_not_found());
}
