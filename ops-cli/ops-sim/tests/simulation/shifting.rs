//! Deployments that shift traffic: BLUE_GREEN, CANARY and LINEAR.

use std::collections::BTreeMap;

use ops_engine::cloud::{AlarmState, CloudErrorKind, Containers as _, CreateListenerRule, Targets as _};
use ops_model::declaration::PauseEnd;
use ops_model::observation::{ListenerRule, ServiceSettings};
use ops_model::rollout::{Rollout, RolloutStatus};
use ops_sim::ImageBehaviour;
use serde_json::{Value, json};

use crate::scenario::{
    CLUSTER, GOOD, SERVICE, Scenario, TARGET_GROUP, create_request, deployed, public, seconds, target_group, update,
    with,
};

const LISTENER: &str = "arn:aws:elasticloadbalancing:ap-northeast-2:000000000000:listener/app/dev/1/2";
const OTHER_GROUP: &str = "arn:aws:elasticloadbalancing:ap-northeast-2:000000000000:targetgroup/api-other/1";
const ROLE: &str = "arn:aws:iam::000000000000:role/shift";

/// An account with a listener rule for both target groups, and settings that shift traffic by it.
async fn prepared(desired_count: u32, deployment: Value) -> (Scenario, ServiceSettings) {
    let scenario = Scenario::new();
    scenario.account.create_target_group(OTHER_GROUP, target_group());
    scenario.account.create_listener(LISTENER);
    scenario.account.create_role(ROLE, &["ecs.amazonaws.com"]);
    let request = CreateListenerRule {
        listener_arn: LISTENER.to_owned(),
        priority: 1,
        path: "/*".to_owned(),
        host: None,
        weights: [(TARGET_GROUP.to_owned(), 100), (OTHER_GROUP.to_owned(), 0)].into(),
        tags: BTreeMap::new(),
    };
    let rule = scenario.account.create_listener_rule(&request).await.expect("created");
    let advanced = json!({"alternateTargetGroupArn": OTHER_GROUP, "productionListenerRule": rule, "roleArn": ROLE});
    let balancer = json!({
        "targetGroupArn": TARGET_GROUP, "containerName": "app", "containerPort": 8080, "advancedConfiguration": advanced,
    });
    let settings = with(public(desired_count), json!({"loadBalancers": [balancer]}));
    (scenario, deployed(settings, deployment))
}

/// The same, and version 1 has all traffic.
pub(crate) async fn steady(desired_count: u32, deployment: Value) -> Scenario {
    let (scenario, settings) = prepared(desired_count, deployment).await;
    scenario.account.push_image("app:1", GOOD);
    scenario.create(settings, "app:1").await.expect("created");
    assert_eq!(scenario.ended().await.status, RolloutStatus::Successful);
    scenario
}

fn blue_green(bake_minutes: u32) -> Value {
    json!({"strategy": "BLUE_GREEN", "bakeTimeInMinutes": bake_minutes})
}

pub(crate) async fn rule(scenario: &Scenario) -> ListenerRule {
    scenario.account.listener_rules(LISTENER).await.expect("listed").remove(0)
}

/// Weights of the group that version 1 took, and of the other.
async fn weights(scenario: &Scenario) -> (u32, u32) {
    let weights = rule(scenario).await.weights;
    (weights[TARGET_GROUP], weights[OTHER_GROUP])
}

/// Waits until the rollout says so; fails when it ends otherwise.
async fn until(scenario: &Scenario, id: &str, holds: impl Fn(&Rollout) -> bool) -> Rollout {
    for _ in 0..100_000 {
        let rollout = scenario.rollout(id).await;
        if holds(&rollout) {
            return rollout;
        }
        assert!(!rollout.status.is_final(), "{rollout:#?}");
        tokio::time::sleep(seconds(1)).await;
    }
    panic!("it never holds: {:#?}", scenario.rollout(id).await);
}

fn at(stage: &str) -> impl Fn(&Rollout) -> bool {
    let stage = stage.to_owned();
    move |rollout| rollout.stage.as_deref() == Some(&stage)
}

async fn running(scenario: &Scenario, revision: &str) -> usize {
    let tasks = scenario.tasks().await;
    tasks.iter().filter(|task| task.task_definition.ends_with(revision) && task.last_status == "RUNNING").count()
}

#[tokio::test(start_paused = true)]
async fn blue_and_green_run_together_until_the_bake_time_is_over() {
    let scenario = steady(2, blue_green(5)).await;
    assert_eq!(weights(&scenario).await, (100, 0));
    let id = scenario.deploy("app:2", GOOD).await.id;

    let rollout = until(&scenario, &id, at("SCALE_UP")).await;
    assert_eq!((rollout.traffic_percent, weights(&scenario).await), (Some(0), (100, 0)));
    let rollout = until(&scenario, &id, at("BAKE_TIME")).await;
    assert_eq!((rollout.traffic_percent, weights(&scenario).await), (Some(100), (0, 100)));
    assert_eq!((running(&scenario, ":1").await, running(&scenario, ":2").await), (2, 2));
    let healthy = scenario.account.target_health(OTHER_GROUP).await.expect("described").len();
    assert_eq!(healthy, 2, "green is registered in the other group");

    tokio::time::sleep(seconds(290)).await;
    assert_eq!(scenario.rollout(&id).await.stage.as_deref(), Some("BAKE_TIME"));
    let rollout = scenario.ended().await;
    assert_eq!((rollout.status, rollout.stage.as_deref()), (RolloutStatus::Successful, Some("CLEAN_UP")));
    assert_eq!((running(&scenario, ":1").await, running(&scenario, ":2").await), (0, 2));
    assert!(scenario.service().await.settled);

    scenario.deploy("app:3", GOOD).await;
    scenario.ended().await;
    assert_eq!(weights(&scenario).await, (100, 0), "the groups take turns");
}

#[tokio::test(start_paused = true)]
async fn a_canary_gets_its_part_first_and_a_linear_deployment_moves_in_steps() {
    let canary = json!({"canaryPercent": 10.0, "canaryBakeTimeInMinutes": 3});
    let linear = json!({"stepPercent": 40.0, "stepBakeTimeInMinutes": 2});
    for (deployment, expected) in [
        (json!({"strategy": "CANARY", "canaryConfiguration": canary}), vec![0, 10, 100]),
        (json!({"strategy": "LINEAR", "linearConfiguration": linear}), vec![0, 40, 80, 100]),
    ] {
        let scenario = steady(1, deployment).await;
        let id = scenario.deploy("app:2", GOOD).await.id;
        let mut seen: Vec<(u32, usize)> = Vec::new();
        while !scenario.rollout(&id).await.status.is_final() {
            let percent = scenario.rollout(&id).await.traffic_percent.expect("it shifts traffic");
            assert!(
                weights(&scenario).await == (100 - percent, percent)
                    || scenario.rollout(&id).await.traffic_percent != Some(percent)
            );
            match seen.last_mut() {
                Some((last, times)) if *last == percent => *times += 1,
                _ => seen.push((percent, 1)),
            }
            tokio::time::sleep(seconds(1)).await;
        }
        assert_eq!(seen.iter().map(|(percent, _)| *percent).collect::<Vec<_>>(), expected);
        assert!(seen[1..seen.len() - 1].iter().all(|(_, times)| *times > 60), "each part bakes: {seen:?}");
        assert_eq!(scenario.rollout(&id).await.status, RolloutStatus::Successful);
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_waits_for_a_person() {
    let hook = json!({"targetType": "PAUSE", "lifecycleStages": ["POST_SCALE_UP"], "timeoutConfiguration": {"timeoutInMinutes": 60}});
    let mut deployment = blue_green(0);
    deployment["lifecycleHooks"] = json!([hook]);
    let (scenario, settings) = prepared(1, deployment).await;
    scenario.account.push_image("app:1", GOOD);
    scenario.create(settings, "app:1").await.expect("created");
    let id = scenario.rollouts().await.remove(0).id;
    let paused = until(&scenario, &id, |rollout| rollout.paused().is_some()).await;
    let waiting = paused.waiting[0].clone();
    assert!(waiting.then_rolls_back);
    assert_eq!(paused.stage.as_deref(), Some("POST_SCALE_UP"));

    let account = &scenario.account;
    account.continue_rollout(&id, "ecs-pause-nothing", PauseEnd::Continue).await.expect_err("no such hook");
    account.continue_rollout("arn:nothing", &waiting.id, PauseEnd::Continue).await.expect_err("no such rollout");
    account.continue_rollout(&id, &waiting.id, PauseEnd::Continue).await.expect("it waits");
    account.continue_rollout(&id, &waiting.id, PauseEnd::Continue).await.expect_err("it waits no more");
    assert_eq!(scenario.ended().await.status, RolloutStatus::Successful);
    let lines: Vec<_> = account.container_writes().iter().map(ToString::to_string).collect();
    assert!(lines.contains(&"ecs:ContinueServiceDeployment api action=CONTINUE".to_owned()), "{lines:?}");

    let second = scenario.deploy("app:2", GOOD).await.id;
    let hook = until(&scenario, &second, |rollout| rollout.paused().is_some()).await.waiting.remove(0).id;
    assert_ne!(hook, waiting.id);
    account.continue_rollout(&second, &hook, PauseEnd::Rollback).await.expect("it waits");
    assert_eq!(scenario.ended().await.status, RolloutStatus::RollbackSuccessful);
    assert_eq!((weights(&scenario).await, running(&scenario, ":2").await), ((100, 0), 0));
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_nobody_ends_times_out() {
    for (action, status) in [("ROLLBACK", RolloutStatus::RollbackSuccessful), ("CONTINUE", RolloutStatus::Successful)] {
        let timeout = json!({"timeoutInMinutes": 30, "action": action});
        let hook = json!({"targetType": "PAUSE", "lifecycleStages": ["PRE_SCALE_UP"], "timeoutConfiguration": timeout});
        let scenario = steady(1, blue_green(0)).await;
        scenario
            .update(None, update(json!({"deploymentConfiguration": {"lifecycleHooks": [hook]}})))
            .await
            .expect("accepted");
        let id = scenario.deploy("app:2", GOOD).await.id;
        tokio::time::sleep(seconds(29 * 60)).await;
        assert!(scenario.rollout(&id).await.paused().is_some());
        tokio::time::sleep(seconds(5 * 60)).await;
        assert_eq!(scenario.rollout(&id).await.status, status);
    }
}

#[tokio::test(start_paused = true)]
async fn a_hook_of_a_function_waits_for_the_function() {
    let hook = json!({"hookTargetArn": "arn:function", "roleArn": ROLE, "lifecycleStages": ["POST_SCALE_UP"]});
    for (succeeded, status) in [(true, RolloutStatus::Successful), (false, RolloutStatus::RollbackSuccessful)] {
        let scenario = steady(1, blue_green(0)).await;
        let sent = update(json!({"deploymentConfiguration": {"lifecycleHooks": [hook]}}));
        scenario.update(None, sent).await.expect("accepted");
        let id = scenario.deploy("app:2", GOOD).await.id;
        let waits = until(&scenario, &id, |rollout| !rollout.waiting.is_empty()).await;
        assert!(waits.paused().is_none(), "no person ends it");
        let by_person = scenario.account.continue_rollout(&id, &waits.waiting[0].id, PauseEnd::Continue).await;
        by_person.expect_err("no person ends it");
        scenario.account.by_hand(CLUSTER).answer_hook(SERVICE, succeeded).expect("it waits");
        assert_eq!(scenario.ended().await.status, status);
    }
}

#[tokio::test(start_paused = true)]
async fn an_alarm_takes_the_traffic_back_before_any_task_ends() {
    let mut deployment = blue_green(30);
    deployment["alarms"] = json!({"alarmNames": ["errors"], "enable": true, "rollback": true});
    let scenario = steady(2, deployment).await;
    let id = scenario.deploy("app:2", GOOD).await.id;
    until(&scenario, &id, at("BAKE_TIME")).await;
    assert_eq!(weights(&scenario).await, (0, 100));
    scenario.account.by_hand(CLUSTER).set_alarm("errors", AlarmState::Firing);
    assert_eq!(weights(&scenario).await, (100, 0), "at once");
    let rollout = scenario.rollout(&id).await;
    assert_eq!(rollout.status, RolloutStatus::RollbackInProgress);
    assert_eq!((rollout.alarms, rollout.traffic_percent), (vec!["errors".to_owned()], Some(0)));
    let rollout = scenario.ended().await;
    assert_eq!(rollout.status, RolloutStatus::RollbackSuccessful);
    assert!(rollout.rollback.expect("a rollback").reason.expect("a reason").contains("alarm"));
    assert_eq!((running(&scenario, ":1").await, running(&scenario, ":2").await), (2, 0));

    let third = scenario.deploy("app:3", GOOD).await;
    assert_eq!(scenario.ended().await.id, third.id);
    let status = scenario.rollout(&third.id).await.status;
    assert_eq!(status, RolloutStatus::Successful, "an alarm that is on already is not looked at");
}

#[tokio::test(start_paused = true)]
async fn a_version_that_never_becomes_healthy_gets_no_traffic() {
    let scenario = steady(2, blue_green(5)).await;
    let id = scenario.deploy("app:2", ImageBehaviour::NeverHealthy).await.id;
    while !scenario.rollout(&id).await.status.is_final() {
        assert_eq!(weights(&scenario).await, (100, 0));
        assert_eq!(running(&scenario, ":1").await, 2);
        tokio::time::sleep(seconds(1)).await;
    }
    assert_eq!(scenario.rollout(&id).await.status, RolloutStatus::RollbackSuccessful);
}

#[tokio::test(start_paused = true)]
async fn a_rollback_after_the_old_tasks_are_gone_moves_the_traffic_when_one_is_back() {
    let scenario = steady(1, blue_green(0)).await;
    let id = scenario.deploy("app:2", GOOD).await.id;
    until(&scenario, &id, at("CLEAN_UP")).await;
    assert_eq!(running(&scenario, ":1").await, 0);
    scenario.account.by_hand(CLUSTER).roll_back(SERVICE).expect("requested");
    while !scenario.rollout(&id).await.status.is_final() {
        let (old, new) = weights(&scenario).await;
        let serving = if old > new { TARGET_GROUP } else { OTHER_GROUP };
        let healthy = scenario.account.target_health(serving).await.expect("described");
        let healthy = ops_model::observation::healthy_count(&healthy);
        assert!(healthy > 0, "whoever has the traffic can serve it");
        tokio::time::sleep(seconds(1)).await;
    }
    assert_eq!(scenario.rollout(&id).await.status, RolloutStatus::RollbackSuccessful);
    assert_eq!(weights(&scenario).await, (100, 0));
}

#[tokio::test(start_paused = true)]
async fn a_newer_rollout_first_gives_the_traffic_back_to_what_served() {
    let scenario = steady(1, blue_green(30)).await;
    let second = scenario.deploy("app:2", GOOD).await.id;
    until(&scenario, &second, at("BAKE_TIME")).await;
    let third = scenario.deploy("app:3", GOOD).await.id;
    assert_eq!(scenario.rollout(&second).await.status, RolloutStatus::Stopped);
    until(&scenario, &third, at("RECONCILE_SERVICE")).await;
    assert_eq!(weights(&scenario).await, (100, 0));
    until(&scenario, &third, at("SCALE_UP")).await;
    assert_eq!((running(&scenario, ":1").await, running(&scenario, ":2").await), (1, 0));
    assert_eq!(scenario.ended().await.status, RolloutStatus::Successful);
    assert_eq!(weights(&scenario).await, (0, 100));
}

#[tokio::test(start_paused = true)]
async fn a_rule_that_does_not_forward_to_both_groups_is_refused() {
    let (scenario, settings) = prepared(1, blue_green(0)).await;
    scenario.account.push_image("app:1", GOOD);
    let arn = scenario.register("app:1").await;
    let by_hand = scenario.account.by_hand(CLUSTER);
    let rule = rule(&scenario).await.arn;
    by_hand.change_listener_rule(&rule, |rule| rule.weights.retain(|arn, _| arn != OTHER_GROUP)).expect("there");
    let refused = |error: ops_engine::cloud::CloudError, message: &str| {
        assert_eq!(error.kind, CloudErrorKind::Refused { code: Some("InvalidParameterException".to_owned()) });
        assert!(error.message.contains(message), "{}", error.message);
    };
    let create = create_request(settings, arn);
    refused(scenario.account.create_service(&create).await.expect_err("one group"), "does not forward to");
    by_hand.delete_listener_rule(&rule).expect("there");
    refused(scenario.account.create_service(&create).await.expect_err("no rule"), "listener rule");
    by_hand.delete_role(ROLE).expect("there");
    refused(scenario.account.create_service(&create).await.expect_err("no role"), "assume the role");
}

#[tokio::test(start_paused = true)]
async fn a_rule_that_is_gone_when_the_traffic_should_move_fails_the_rollout() {
    let scenario = steady(1, blue_green(0)).await;
    let id = scenario.deploy("app:2", GOOD).await.id;
    until(&scenario, &id, at("SCALE_UP")).await;
    let rule = rule(&scenario).await.arn;
    scenario.account.by_hand(CLUSTER).delete_listener_rule(&rule).expect("there");
    let rollout = scenario.ended().await;
    assert_eq!(rollout.status, RolloutStatus::RollbackSuccessful);
    assert!(rollout.status_reason.expect("a reason").contains("listener rule was not found"));
}

#[tokio::test(start_paused = true)]
async fn pauses_while_traffic_moves_are_refused() {
    let scenario = steady(1, blue_green(0)).await;
    for (hook, message) in [
        (json!({"targetType": "PAUSE", "lifecycleStages": ["PRODUCTION_TRAFFIC_SHIFT"]}), "traffic shift stages"),
        (json!({"targetType": "PAUSE", "lifecycleStages": ["TEST_TRAFFIC_SHIFT"]}), "traffic shift stages"),
        (json!({"targetType": "PAUSE", "lifecycleStages": ["BAKE_TIME"]}), "unknown stage"),
        (json!({"targetType": "PAUSE", "lifecycleStages": []}), "needs lifecycleStages"),
        (json!({"lifecycleStages": ["PRE_SCALE_UP"]}), "needs hookTargetArn"),
    ] {
        let sent = update(json!({"deploymentConfiguration": {"lifecycleHooks": [hook]}}));
        let error = scenario.update(None, sent).await.expect_err(message);
        assert!(error.message.contains(message), "{}", error.message);
    }
    let hook = json!({"targetType": "PAUSE", "lifecycleStages": ["PRE_SCALE_UP"]});
    let rolling = json!({"deploymentConfiguration": {"strategy": "ROLLING", "lifecycleHooks": [hook]}});
    scenario.update(None, update(rolling)).await.expect_err("no stages in a rolling deployment");
}

#[tokio::test(start_paused = true)]
async fn without_a_load_balancer_the_stages_are_the_same_and_no_traffic_is_told() {
    let scenario = Scenario::steady(deployed(crate::scenario::private(1), blue_green(2))).await;
    let id = scenario.deploy("app:2", GOOD).await.id;
    let rollout = until(&scenario, &id, at("BAKE_TIME")).await;
    assert_eq!(rollout.traffic_percent, None);
    assert_eq!(scenario.ended().await.status, RolloutStatus::Successful);
}

#[tokio::test(start_paused = true)]
async fn a_first_deployment_moves_all_traffic_at_once_and_has_nothing_to_go_back_to() {
    let linear = json!({"strategy": "LINEAR"});
    let (scenario, settings) = prepared(1, linear).await;
    scenario.account.push_image("app:1", ImageBehaviour::NeverHealthy);
    scenario.create(settings, "app:1").await.expect("created");
    let rollout = scenario.ended().await;
    assert_eq!(rollout.status, RolloutStatus::RollbackFailed);
    let good = scenario.deploy("app:2", GOOD).await;
    assert_eq!(scenario.ended().await.status, RolloutStatus::Successful);
    assert!(weights(&scenario).await == (100, 0));
    let created = good.created_at.expect("a time");
    let took = ops_engine::clock::Clock::now(&scenario.account.clock()).duration_since(created);
    assert!(took.as_secs() < 120, "it did not move in steps: {took}");
}

#[tokio::test(start_paused = true)]
async fn a_newer_rollout_during_a_rollback_waits_until_what_served_serves_again() {
    let scenario = steady(1, blue_green(0)).await;
    let second = scenario.deploy("app:2", GOOD).await.id;
    until(&scenario, &second, at("CLEAN_UP")).await;
    scenario.account.by_hand(CLUSTER).roll_back(SERVICE).expect("requested");
    tokio::time::sleep(seconds(5)).await;
    let third = scenario.deploy("app:3", GOOD).await.id;
    until(&scenario, &third, at("RECONCILE_SERVICE")).await;
    assert_eq!(weights(&scenario).await, (0, 100), "version 1 is not back yet");
    assert_eq!(running(&scenario, ":2").await, 1);
    until(&scenario, &third, at("SCALE_UP")).await;
    assert_eq!(weights(&scenario).await, (100, 0));
    assert_eq!(scenario.ended().await.status, RolloutStatus::Successful);
}
