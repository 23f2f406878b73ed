//! What people do in the console.

use std::collections::BTreeMap;

use ops_engine::cloud::{CallCounter as _, Containers as _};
use ops_model::rollout::RolloutStatus;
use ops_sim::ImageBehaviour;
use serde_json::json;

use crate::scenario::{CLUSTER, GOOD, SERVICE, Scenario, content, deployed, private, public, seconds};

#[tokio::test(start_paused = true)]
async fn changes_by_hand_show_and_are_neither_writes_nor_calls() {
    let scenario = Scenario::steady(public(2)).await;
    let (writes, calls) = (scenario.account.writes(), scenario.account.calls());
    let by_hand = scenario.account.by_hand(CLUSTER);
    by_hand.set_desired_count(SERVICE, 5).expect("set");
    by_hand
        .change_settings(SERVICE, |settings| drop(settings.insert("enableExecuteCommand".to_owned(), json!(true))))
        .expect("changed");
    by_hand.tag(SERVICE, "team", "web").expect("tagged");
    by_hand.untag(SERVICE, "slipway:environment").expect("untagged");
    assert_eq!((scenario.account.writes(), scenario.account.calls()), (writes, calls));

    let service = scenario.service().await;
    assert_eq!(service.settings.desired_count(), Some(5));
    assert_eq!(service.settings.0["enableExecuteCommand"], true);
    assert_eq!(service.tags, BTreeMap::from([("team".to_owned(), "web".to_owned())]));
    assert_eq!(scenario.rollouts().await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_variable_set_by_hand_is_a_new_revision_and_a_rollout() {
    let scenario = Scenario::steady(public(1)).await;
    let arn = scenario.account.by_hand(CLUSTER).set_environment_variable(SERVICE, "DEBUG", "1").expect("set");
    let service = scenario.service().await;
    assert_eq!(service.task_definition.arn, arn);
    let containers = &service.task_definition.content.0["containerDefinitions"];
    assert_eq!(containers[0]["environment"], json!([{"name": "DEBUG", "value": "1"}]));
    assert_eq!(scenario.rollouts().await.len(), 2);
    assert_eq!(scenario.ended().await.status, RolloutStatus::Successful);
}

#[tokio::test(start_paused = true)]
async fn a_foreign_service_is_there_without_our_tags() {
    let scenario = Scenario::steady(public(1)).await;
    let by_hand = scenario.account.by_hand(CLUSTER);
    let mut foreign = content("app:1");
    foreign.0.insert("family".to_owned(), json!("theirs"));
    by_hand.create_service("theirs", &foreign, private(1), BTreeMap::new()).expect("created");
    assert_eq!(scenario.service_names().await, ["api", "theirs"]);
    let described = scenario.account.describe_services(CLUSTER, &["theirs".to_owned()]).await.expect("described");
    assert!(described[0].tags.is_empty());
    by_hand.delete_service("theirs").expect("deleted");
    tokio::time::sleep(seconds(60)).await;
    assert_eq!(scenario.service_names().await, ["api"]);
}

#[tokio::test(start_paused = true)]
async fn a_rollout_can_be_stopped_where_it_is() {
    let scenario = Scenario::steady(public(2)).await;
    let rollout = scenario.deploy("app:2", GOOD).await;
    tokio::time::sleep(seconds(5)).await;
    scenario.account.by_hand(CLUSTER).stop_rollout(SERVICE).expect("requested");
    assert_eq!(scenario.rollout(&rollout.id).await.status, RolloutStatus::StopRequested);
    tokio::time::sleep(seconds(600)).await;
    assert_eq!(scenario.rollout(&rollout.id).await.status, RolloutStatus::Stopped);
    let tasks = scenario.tasks().await;
    let old = tasks.iter().filter(|task| task.task_definition.ends_with(":1") && task.last_status == "RUNNING");
    assert_eq!(old.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_rollout_can_be_rolled_back_even_without_the_rollback_option() {
    let settings = deployed(public(2), json!({"deploymentCircuitBreaker": {"enable": false, "rollback": false}}));
    let scenario = Scenario::steady(settings).await;
    let rollout = scenario.deploy("app:2", ImageBehaviour::NeverHealthy).await;
    tokio::time::sleep(seconds(5)).await;
    scenario.account.by_hand(CLUSTER).roll_back(SERVICE).expect("requested");
    assert_eq!(scenario.rollout(&rollout.id).await.status, RolloutStatus::RollbackRequested);
    let rollout = scenario.ended().await;
    assert_eq!(rollout.status, RolloutStatus::RollbackSuccessful);
    assert!(rollout.status_reason.expect("a reason").contains("by a user"));
    assert!(scenario.service().await.task_definition.arn.ends_with(":1"));
    scenario.account.by_hand(CLUSTER).roll_back(SERVICE).expect_err("nothing is under way");
}

#[tokio::test(start_paused = true)]
async fn what_is_not_there_cannot_be_changed_by_hand_either() {
    let scenario = Scenario::new();
    let by_hand = scenario.account.by_hand(CLUSTER);
    assert!(by_hand.set_desired_count(SERVICE, 1).expect_err("no service").is_not_found());
    assert!(by_hand.kill_task(SERVICE).expect_err("no service").is_not_found());
    assert!(by_hand.set_environment_variable(SERVICE, "A", "1").expect_err("no service").is_not_found());
    assert!(by_hand.delete_service(SERVICE).expect_err("no service").is_not_found());
}
