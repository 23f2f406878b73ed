//! The registry of task definitions.

use ops_engine::cloud::{CloudErrorKind, Containers as _};
use ops_model::plan::SettingsUpdate;
use serde_json::json;

use crate::scenario::{CLUSTER, Scenario, percent, private, update};

const FAMILY: &str = "slipway-dev-api";

#[tokio::test(start_paused = true)]
async fn every_registration_is_a_new_revision() {
    let scenario = Scenario::new();
    assert_eq!(scenario.account.newest_task_definition(FAMILY).await.expect("asked"), None);
    let first = scenario.register("app:1").await;
    let again = scenario.register("app:1").await;
    assert_eq!(first, "arn:aws:ecs:ap-northeast-2:000000000000:task-definition/slipway-dev-api:1");
    assert_eq!(again, "arn:aws:ecs:ap-northeast-2:000000000000:task-definition/slipway-dev-api:2");
    let newest = scenario.account.newest_task_definition(FAMILY).await.expect("asked").expect("there");
    assert_eq!(newest.arn, again);
}

#[tokio::test(start_paused = true)]
async fn an_inactive_revision_goes_on_running_but_starts_nothing_new() {
    let scenario = Scenario::steady(private(1)).await;
    let first = scenario.service().await.task_definition.arn;
    let second = scenario.register("app:2").await;
    let by_hand = scenario.account.by_hand(CLUSTER);
    by_hand.deregister_task_definition(&second).expect("deregistered");
    by_hand.deregister_task_definition(&first).expect("deregistered");
    by_hand.deregister_task_definition("arn:nothing").expect_err("not there");

    assert_eq!(scenario.account.newest_task_definition(FAMILY).await.expect("asked"), None);
    assert_eq!(scenario.service().await.task_definition.arn, first);
    let error = scenario.update(Some(second), SettingsUpdate::default()).await.expect_err("refused");
    assert_eq!(error.kind, CloudErrorKind::Refused { code: Some("ClientException".to_owned()) });
    let update = update(json!({"deploymentConfiguration": percent(50, 150)}));
    scenario.update(None, update).await.expect("what is live may stay");
    assert!(scenario.register("app:3").await.ends_with(":3"), "numbers are never used twice");
}
