//! Services behind a load balancer.

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::Client;
use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, FixedResponseActionConfig, ProtocolEnum, TargetGroupAttribute, TargetTypeEnum,
};
use ops_engine::cloud::CreateListenerRule;
use ops_model::observation::TargetState;
use serde_json::json;

use crate::fixture::{Fixture, assert_within, document, settings, until};
use crate::services::{create, describe, settled};

/// A target group that is not yet behind anything.
pub(crate) async fn lone_target_group(sdk: &Client, name: &str) -> String {
    let group = sdk
        .create_target_group()
        .name(name)
        .protocol(ProtocolEnum::Http)
        .port(8080)
        .vpc_id("vpc-test")
        .target_type(TargetTypeEnum::Ip)
        .health_check_path("/healthz")
        .health_check_interval_seconds(5)
        .health_check_timeout_seconds(2)
        .healthy_threshold_count(2)
        .unhealthy_threshold_count(2);
    let group = group.send().await.expect("a target group");
    let arn = group.target_groups()[0].target_group_arn().expect("an ARN").to_owned();
    let soon = TargetGroupAttribute::builder().key("deregistration_delay.timeout_seconds").value("2").build();
    sdk.modify_target_group_attributes().target_group_arn(&arn).attributes(soon).send().await.expect("changed");
    arn
}

/// A listener of a load balancer of its own, which answers 404 unless a rule says otherwise.
pub(crate) async fn listener(sdk: &Client) -> String {
    let balancer = sdk.create_load_balancer().name("test").subnets("subnet-a").subnets("subnet-b");
    let balancer = balancer.send().await.expect("a load balancer");
    let response = FixedResponseActionConfig::builder().status_code("404").build();
    let nothing = Action::builder().r#type(ActionTypeEnum::FixedResponse).fixed_response_config(response).build();
    let listener = sdk
        .create_listener()
        .load_balancer_arn(balancer.load_balancers()[0].load_balancer_arn().expect("an ARN"))
        .protocol(ProtocolEnum::Http)
        .port(80)
        .default_actions(nothing);
    listener.send().await.expect("a listener").listeners()[0].listener_arn().expect("an ARN").to_owned()
}

/// A target group behind a rule of a listener.
async fn target_group(fixture: &Fixture) -> String {
    let sdk = Client::new(&fixture.sdk);
    let group = lone_target_group(&sdk, "api").await;
    let request = CreateListenerRule {
        listener_arn: listener(&sdk).await,
        priority: 1,
        path: "/*".to_owned(),
        host: None,
        weights: BTreeMap::from([(group.clone(), 1)]),
        tags: BTreeMap::new(),
    };
    fixture.cloud.targets.create_listener_rule(&request).await.expect("a rule");
    group
}

#[tokio::test]
async fn a_balanced_service_reads_back_and_its_targets_become_healthy() {
    let fixture = Fixture::with_cluster().await;
    let target_group_arn = target_group(&fixture).await;
    let targets = &fixture.cloud.targets;
    assert_eq!(targets.target_health(&target_group_arn).await.expect("an answer"), []);
    let group = targets.target_group(&target_group_arn).await.expect("an answer").expect("a target group");
    assert_eq!((group.port, group.health_path.as_deref(), group.by_address), (8080, Some("/healthz"), true));

    let mut balanced = settings();
    balanced.0.extend(document(json!({
        "healthCheckGracePeriodSeconds": 30,
        "loadBalancers": [{"targetGroupArn": target_group_arn, "containerName": "api", "containerPort": 8080}],
    })));
    let request = create(&fixture.cloud, "api", balanced.clone()).await;
    assert_within(&balanced.0, &describe(&fixture.cloud, "api").await.expect("the service").settings.0);

    settled(&fixture.cloud, "api", &request.task_definition).await;
    let healthy = until("two healthy targets", || async {
        let targets = targets.target_health(&target_group_arn).await?;
        let healthy = targets.len() == 2 && targets.iter().all(|target| target.state == TargetState::Healthy);
        Ok(healthy.then_some(targets))
    })
    .await;
    assert!(healthy.iter().all(|target| target.target.ends_with(":8080") && target.reason.is_none()), "{healthy:?}");
}

#[tokio::test]
async fn a_missing_target_group_is_said_to_be_missing() {
    let fixture = Fixture::start().await;
    let arn = "arn:aws:elasticloadbalancing:ap-northeast-2:000000000000:targetgroup/none/0123456789abcdef";
    let error = fixture.cloud.targets.target_health(arn).await.expect_err("no target group");
    assert!(error.is_not_found(), "{error:?}");
    assert_eq!(fixture.cloud.targets.target_group(arn).await.expect("an answer"), None);
}
