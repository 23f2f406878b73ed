//! Services behind a load balancer.

use aws_sdk_elasticloadbalancingv2::Client;
use aws_sdk_elasticloadbalancingv2::types::{Action, ActionTypeEnum, ProtocolEnum, TargetTypeEnum};
use ops_model::observation::{LoadBalancerSettings, TargetState};

use crate::fixture::{Fixture, settings, until};
use crate::services::{create, describe, settled};

/// A target group behind a listener of a load balancer.
async fn target_group(fixture: &Fixture) -> String {
    let sdk = Client::new(&fixture.sdk);
    let group = sdk
        .create_target_group()
        .name("api")
        .protocol(ProtocolEnum::Http)
        .port(8080)
        .vpc_id("vpc-test")
        .target_type(TargetTypeEnum::Ip)
        .health_check_path("/healthz")
        .health_check_interval_seconds(5)
        .health_check_timeout_seconds(2)
        .healthy_threshold_count(2)
        .unhealthy_threshold_count(2);
    let group =
        group.send().await.expect("a target group").target_groups()[0].target_group_arn().expect("an ARN").to_owned();
    let balancer = sdk.create_load_balancer().name("test").subnets("subnet-a").subnets("subnet-b");
    let balancer = balancer.send().await.expect("a load balancer");
    let forward = Action::builder().r#type(ActionTypeEnum::Forward).target_group_arn(&group).build();
    sdk.create_listener()
        .load_balancer_arn(balancer.load_balancers()[0].load_balancer_arn().expect("an ARN"))
        .protocol(ProtocolEnum::Http)
        .port(80)
        .default_actions(forward)
        .send()
        .await
        .expect("a listener");
    group
}

#[tokio::test]
async fn a_balanced_service_reads_back_and_its_targets_become_healthy() {
    let fixture = Fixture::with_cluster().await;
    let target_group_arn = target_group(&fixture).await;
    let targets = &fixture.cloud.targets;
    assert_eq!(targets.target_health(&target_group_arn).await.expect("an answer"), []);

    let mut balanced = settings();
    balanced.health_check_grace_seconds = Some(30);
    balanced.load_balancers = vec![LoadBalancerSettings {
        target_group_arn: target_group_arn.clone(),
        container: "api".to_owned(),
        port: 8080,
    }];
    let request = create(&fixture.cloud, "api", balanced.clone()).await;
    assert_eq!(describe(&fixture.cloud, "api").await.expect("the service").settings, balanced);

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
}
