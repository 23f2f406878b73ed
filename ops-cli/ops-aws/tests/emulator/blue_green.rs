//! Services whose traffic ECS shifts by a listener rule, with a pause on the way.

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::Client;
use ops_engine::cloud::{CreateListenerRule, ModifyListenerRule, ServiceUpdate};
use ops_model::declaration::PauseEnd;
use ops_model::observation::ListenerRule;
use ops_model::plan::SettingsUpdate;
use ops_model::rollout::{Rollout, RolloutStatus};
use serde_json::json;

use crate::fixture::{CLUSTER, Fixture, document, settings, task_definition, until};
use crate::load_balancing::{listener, lone_target_group};
use crate::services::{create, describe, settled, tags};

async fn only_rule(fixture: &Fixture, listener_arn: &str) -> ListenerRule {
    let rules = fixture.cloud.targets.listener_rules(listener_arn).await.expect("rules");
    let [rule] = <[_; 1]>::try_from(rules).expect("one rule");
    rule
}

#[tokio::test]
async fn a_rule_is_made_read_changed_and_deleted() {
    let fixture = Fixture::start().await;
    let sdk = Client::new(&fixture.sdk);
    let (blue, green, listener_arn) =
        (lone_target_group(&sdk, "blue").await, lone_target_group(&sdk, "green").await, listener(&sdk).await);
    let targets = &fixture.cloud.targets;
    let request = CreateListenerRule {
        listener_arn: listener_arn.clone(),
        priority: 10,
        path: "/api/*".to_owned(),
        host: Some("api.example.com".to_owned()),
        weights: BTreeMap::from([(blue.clone(), 100), (green.clone(), 0)]),
        tags: tags(),
    };
    let arn = targets.create_listener_rule(&request).await.expect("created");
    let expected = ListenerRule {
        arn: arn.clone(),
        priority: 10,
        path: request.path.clone(),
        host: request.host.clone(),
        weights: request.weights.clone(),
        foreign: false,
        tags: tags(),
    };
    assert_eq!(only_rule(&fixture, &listener_arn).await, expected);
    targets.create_listener_rule(&request).await.expect_err("the priority is taken");

    let weights = BTreeMap::from([(blue, 1), (green, 3)]);
    let change = ModifyListenerRule {
        arn: arn.clone(),
        priority: Some(20),
        conditions: Some(("/".to_owned(), None)),
        weights: Some(weights.clone()),
    };
    targets.modify_listener_rule(&change).await.expect("changed");
    let expected = ListenerRule { priority: 20, path: "/".to_owned(), host: None, weights, ..expected };
    assert_eq!(only_rule(&fixture, &listener_arn).await, expected);
    targets.delete_listener_rule(&arn).await.expect("deleted");
    targets.delete_listener_rule(&arn).await.expect("already gone");
    assert_eq!(targets.listener_rules(&listener_arn).await.expect("rules"), []);
}

async fn paused(fixture: &Fixture, task_definition: &str) -> Rollout {
    until("the rollout to pause", || async {
        let newest = fixture.cloud.containers.rollouts(CLUSTER, "api").await?.into_iter().next();
        Ok(newest.filter(|rollout| rollout.task_definition == task_definition && rollout.paused().is_some()))
    })
    .await
}

#[tokio::test]
async fn a_rollout_pauses_before_it_shifts_traffic_and_goes_on_or_back() {
    let fixture = Fixture::with_cluster().await;
    let sdk = Client::new(&fixture.sdk);
    let (blue, green, listener_arn) =
        (lone_target_group(&sdk, "blue").await, lone_target_group(&sdk, "green").await, listener(&sdk).await);
    let rule = CreateListenerRule {
        listener_arn: listener_arn.clone(),
        priority: 1,
        path: "/*".to_owned(),
        host: None,
        weights: BTreeMap::from([(blue.clone(), 100), (green.clone(), 0)]),
        tags: BTreeMap::new(),
    };
    let containers = &fixture.cloud.containers;
    let rule_arn = fixture.cloud.targets.create_listener_rule(&rule).await.expect("a rule");
    let mut shifted = settings();
    shifted.0.extend(document(json!({
        "loadBalancers": [{"targetGroupArn": blue, "containerName": "api", "containerPort": 8080, "advancedConfiguration": {
            "alternateTargetGroupArn": green, "productionListenerRule": rule_arn, "roleArn": "arn:aws:iam::000000000000:role/infrastructure",
        }}],
        "deploymentConfiguration": {
            "strategy": "BLUE_GREEN", "bakeTimeInMinutes": 0, "minimumHealthyPercent": 100, "maximumPercent": 200,
            "lifecycleHooks": [{"targetType": "PAUSE", "lifecycleStages": ["PRE_PRODUCTION_TRAFFIC_SHIFT"],
                "timeoutConfiguration": {"timeoutInMinutes": 600, "action": "ROLLBACK"}}],
        },
    })));
    let request = create(&fixture.cloud, "api", shifted).await;
    let first = paused(&fixture, &request.task_definition).await;
    assert_eq!(first.stage.as_deref(), Some("PRE_PRODUCTION_TRAFFIC_SHIFT"));
    let hook = first.paused().expect("a pause");
    assert!(hook.then_rolls_back && hook.expires_at.is_some(), "{hook:?}");
    assert!(!describe(&fixture.cloud, "api").await.expect("the service").settled);
    containers.continue_rollout(&first.id, &hook.id, PauseEnd::Continue).await.expect("continued");
    let first = settled(&fixture.cloud, "api", &request.task_definition).await;
    assert_eq!((first.status, first.traffic_percent), (RolloutStatus::Successful, Some(100)), "{first:?}");
    let serving = only_rule(&fixture, &listener_arn).await.weights;

    let second_arn =
        containers.register_task_definition(&task_definition("api", "2"), &tags()).await.expect("registered");
    let update = ServiceUpdate {
        cluster: CLUSTER.to_owned(),
        service: "api".to_owned(),
        task_definition: Some(second_arn.clone()),
        update: SettingsUpdate::default(),
    };
    containers.update_service(&update).await.expect("updated");
    let second = paused(&fixture, &second_arn).await;
    assert_eq!(second.traffic_percent, Some(0));
    let hook = second.paused().expect("a pause");
    containers.continue_rollout(&second.id, &hook.id, PauseEnd::Rollback).await.expect("taken back");
    let second = until("the rollback", || async {
        Ok(containers.rollout(&second.id).await?.filter(|rollout| rollout.status.is_final()))
    })
    .await;
    assert_eq!(second.status, RolloutStatus::RollbackSuccessful, "{second:?}");
    assert_eq!(only_rule(&fixture, &listener_arn).await.weights, serving, "what served serves");
    assert!(!only_rule(&fixture, &listener_arn).await.foreign);
}
