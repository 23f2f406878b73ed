//! Creating, updating, tagging and deleting services.

use std::collections::BTreeMap;

use ops_engine::cloud::{CallCounter as _, CloudErrorKind, Containers as _, Identity as _, Targets as _};
use ops_model::plan::SettingsUpdate;
use ops_model::rollout::RolloutStatus;
use ops_sim::{ImageBehaviour, SimulatedAccount};
use serde_json::{Value, json};

use crate::scenario::{
    CLUSTER, GOOD, SERVICE, Scenario, create_request, percent, private, public, seconds, update, with,
};

fn count(desired_count: u32) -> SettingsUpdate {
    update(json!({"desiredCount": desired_count}))
}

#[tokio::test(start_paused = true)]
async fn a_service_is_described_as_it_was_created() {
    let scenario = Scenario::steady(public(2)).await;
    let service = scenario.service().await;
    let Value::Object(given) = json!({"desiredCount": 2, "launchType": "FARGATE"}) else { unreachable!() };
    for (name, value) in given.iter().chain(public(2).0.iter().filter(|(name, _)| name.starts_with("network"))) {
        assert_eq!(service.settings.0[name], *value, "{name}");
    }
    assert_eq!(service.tags, BTreeMap::from([("slipway:environment".to_owned(), "dev".to_owned())]));
    assert_eq!(service.arn, "arn:aws:ecs:ap-northeast-2:000000000000:service/slipway-dev/api");
    assert_eq!((service.running_count, service.pending_count, service.draining), (2, 0, false));
    assert_eq!(scenario.service_names().await, [SERVICE]);
}

#[tokio::test(start_paused = true)]
async fn creating_again_with_the_same_token_creates_nothing_and_with_another_is_refused() {
    let scenario = Scenario::new();
    scenario.account.push_image("app:1", GOOD);
    let task_definition = scenario.register("app:1").await;
    let request = create_request(private(1), task_definition);
    scenario.account.create_service(&request).await.expect("created");
    scenario.account.create_service(&request).await.expect("the same again");
    assert_eq!(scenario.rollouts().await.len(), 1);

    for other in [
        ops_engine::cloud::CreateService { client_token: "other".to_owned(), ..request.clone() },
        ops_engine::cloud::CreateService { settings: private(2), ..request.clone() },
    ] {
        let error = scenario.account.create_service(&other).await.expect_err("refused");
        assert_eq!(error.kind, CloudErrorKind::Refused { code: Some("InvalidParameterException".to_owned()) });
        assert_eq!(error.message, "Creation of service was not idempotent.");
    }
    assert_eq!(scenario.account.container_writes().len(), 3, "what was refused is no write");
}

#[tokio::test(start_paused = true)]
async fn an_update_of_the_desired_count_alone_scales_and_makes_no_rollout() {
    let scenario = Scenario::steady(public(2)).await;
    scenario.update(None, count(4)).await.expect("accepted");
    assert_eq!(scenario.service().await.settings.desired_count(), Some(4));
    tokio::time::sleep(seconds(60)).await;
    assert_eq!(scenario.service().await.running_count, 4);
    scenario.update(None, count(1)).await.expect("accepted");
    tokio::time::sleep(seconds(60)).await;
    assert_eq!(scenario.service().await.running_count, 1);
    assert_eq!(scenario.rollouts().await.len(), 1);
    let steady = |event: &&String| event.ends_with("has reached a steady state.");
    assert_eq!(scenario.events().await.iter().filter(steady).count(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_update_that_changes_nothing_makes_no_rollout() {
    let scenario = Scenario::steady(public(2)).await;
    let before = scenario.service().await;
    let mut same = SettingsUpdate(public(2).0);
    same.0.remove("launchType");
    scenario.update(Some(before.task_definition.arn.clone()), same).await.expect("accepted");
    assert_eq!(scenario.service().await, before);
}

#[tokio::test(start_paused = true)]
async fn deployment_settings_change_in_place_and_the_network_by_a_rollout() {
    let scenario = Scenario::steady(public(2)).await;
    let sent = update(json!({"deploymentConfiguration": percent(50, 150), "healthCheckGracePeriodSeconds": 45}));
    scenario.update(None, sent).await.expect("accepted");
    assert_eq!(scenario.rollouts().await.len(), 1);
    let settings = scenario.service().await.settings.0;
    assert_eq!(settings["deploymentConfiguration"]["minimumHealthyPercent"], 50);
    assert_eq!(settings["healthCheckGracePeriodSeconds"], 45);

    let sent = update(json!({"networkConfiguration": no_public_address()}));
    scenario.update(None, sent).await.expect("accepted");
    assert_eq!(scenario.rollouts().await.len(), 2);
    assert_eq!(scenario.service().await.settings.0["networkConfiguration"], no_public_address());
}

fn no_public_address() -> Value {
    let network = json!({"subnets": ["subnet-1"], "securityGroups": ["sg-1"], "assignPublicIp": "DISABLED"});
    json!({"awsvpcConfiguration": network})
}

#[tokio::test(start_paused = true)]
async fn a_rollback_brings_the_network_back_too() {
    let scenario = Scenario::steady(public(1)).await;
    scenario.account.push_image("app:1", ImageBehaviour::NeverHealthy);
    let sent = update(json!({"networkConfiguration": no_public_address()}));
    scenario.update(None, sent).await.expect("accepted");
    assert_eq!(scenario.ended().await.status, RolloutStatus::RollbackSuccessful);
    let settings = scenario.service().await.settings.0;
    assert_eq!(settings["networkConfiguration"], public(1).0["networkConfiguration"]);
}

#[tokio::test(start_paused = true)]
async fn a_deleted_service_drains_and_disappears_with_its_history() {
    let scenario = Scenario::steady(public(2)).await;
    let rollout = scenario.rollouts().await.remove(0);
    scenario.account.delete_service(CLUSTER, SERVICE).await.expect("deleted");

    let service = scenario.service().await;
    assert!(service.draining);
    assert_eq!(service.settings.desired_count(), Some(0));
    assert_eq!(scenario.service_names().await, [SERVICE]);
    let error = scenario.update(None, count(3)).await.expect_err("refused");
    assert_eq!(error.kind, CloudErrorKind::Refused { code: Some("ServiceNotActiveException".to_owned()) });
    let error = scenario.create(public(2), "app:1").await.expect_err("refused");
    assert_eq!(error.message, "Unable to Start a service that is still Draining.");

    tokio::time::sleep(seconds(60)).await;
    assert_eq!(scenario.described().await, None);
    assert!(scenario.service_names().await.is_empty());
    assert!(scenario.account.rollouts(CLUSTER, SERVICE).await.expect_err("gone").is_not_found());
    assert!(scenario.account.tasks(CLUSTER, SERVICE).await.expect_err("gone").is_not_found());
    assert!(scenario.account.delete_service(CLUSTER, SERVICE).await.expect_err("gone").is_not_found());
    assert_eq!(scenario.account.rollout(&rollout.id).await.expect("asked"), None);
    assert!(scenario.targets().await.is_empty());
    scenario.create(public(2), "app:1").await.expect("the name is free");
}

#[tokio::test(start_paused = true)]
async fn deleting_a_service_stops_its_rollout() {
    let scenario = Scenario::steady(public(2)).await;
    let rollout = scenario.deploy("app:2", GOOD).await;
    tokio::time::sleep(seconds(5)).await;
    scenario.account.delete_service(CLUSTER, SERVICE).await.expect("deleted");
    let rollout = scenario.rollout(&rollout.id).await;
    assert_eq!(rollout.status, RolloutStatus::Stopped);
    assert!(rollout.status_reason.expect("a reason").contains("the service was deleted"));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_work_is_refused_and_changes_nothing() {
    let scenario = Scenario::new();
    scenario.account.push_image("app:1", GOOD);
    let arn = scenario.register("app:1").await;
    let grace = with(private(1), json!({"healthCheckGracePeriodSeconds": 5}));
    let balanced = |change: fn(&mut Value)| {
        let mut settings = public(1);
        change(&mut settings.0["loadBalancers"][0]);
        settings
    };
    let no_group = balanced(|balancer| balancer["targetGroupArn"] = json!("arn:nothing"));
    let no_container = balanced(|balancer| balancer["containerName"] = json!("appx"));
    let no_port = balanced(|balancer| balancer["containerPort"] = json!(8081));
    for (settings, task_definition, message) in [
        (private(1), "arn:nothing", "Unable to describe task definition."),
        (grace, &*arn, "Health check grace period is only valid"),
        (no_group, &*arn, "does not exist."),
        (no_container, &*arn, "The container appx does not exist in the task definition."),
        (no_port, &*arn, "did not have a container port 8081 defined"),
    ] {
        let request = create_request(settings, task_definition.to_owned());
        let error = scenario.account.create_service(&request).await.expect_err(message);
        assert!(matches!(error.kind, CloudErrorKind::Refused { code: Some(_) }));
        assert!(error.message.contains(message), "{}", error.message);
    }
    let mut request = create_request(private(1), arn);
    request.client_token = "x".repeat(37);
    scenario.account.create_service(&request).await.expect_err("the token is too long");
    assert!(scenario.service_names().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_update_that_is_refused_changes_nothing() {
    let scenario = Scenario::steady(private(1)).await;
    let before = scenario.service().await;
    scenario.update(Some("arn:nothing".to_owned()), count(9)).await.expect_err("refused");
    assert_eq!(scenario.service().await, before);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_there_is_not_found() {
    let account = SimulatedAccount::new();
    assert!(account.all_services("none").await.expect_err("no cluster").is_not_found());
    assert!(account.describe_services("none", &[]).await.expect_err("no cluster").is_not_found());
    assert!(account.target_health("none").await.expect_err("no group").is_not_found());
    account.create_cluster(CLUSTER);
    assert!(account.describe_services(CLUSTER, &["none".to_owned()]).await.expect("asked").is_empty());
    assert!(account.tag("none", &BTreeMap::new()).await.expect_err("no service").is_not_found());
}

#[tokio::test(start_paused = true)]
async fn tags_are_added_and_replaced() {
    let scenario = Scenario::steady(private(1)).await;
    let arn = scenario.service().await.arn;
    let tags = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    };
    scenario.account.tag(&arn, &tags(&[("slipway:environment", "prod"), ("a", "1")])).await.expect("tagged");
    scenario.account.tag(&arn, &tags(&[("b", "2")])).await.expect("tagged");
    assert_eq!(scenario.service().await.tags, tags(&[("slipway:environment", "prod"), ("a", "1"), ("b", "2")]));
}

#[tokio::test(start_paused = true)]
async fn writes_are_listed_in_order_and_calls_counted() {
    let scenario = Scenario::steady(public(1)).await;
    scenario.update(None, count(2)).await.expect("accepted");
    scenario.account.delete_service(CLUSTER, SERVICE).await.expect("deleted");
    let lines: Vec<_> = scenario.account.writes().iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "ecs:RegisterTaskDefinition slipway-dev-api:1",
            "ecs:CreateService api taskDefinition=slipway-dev-api:1 desiredCount=1",
            "ecs:UpdateService api desiredCount=2",
            "ecs:DeleteService api",
        ]
    );
    let calls = scenario.account.calls();
    assert_eq!(calls["ecs:UpdateService"], 1);
    assert_eq!(calls["ecs:DeleteService"], 1);
    assert!(calls["ecs:ListServiceDeployments"] > 1);
}

#[tokio::test(start_paused = true)]
async fn the_caller_is_of_the_account() {
    let caller = SimulatedAccount::new().caller().await.expect("asked");
    assert_eq!(caller.account, "000000000000");
    assert!(caller.arn.starts_with("arn:aws:sts::000000000000:assumed-role/"));
}
