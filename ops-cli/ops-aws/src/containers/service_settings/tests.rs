use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::other::{ONLY_IN_DEPLOYMENT, REVISION_READ_OR_NO_SETTING, SERVICE_READ_OR_NO_SETTING};
use super::*;
use crate::sdk_json;

/// What `DescribeServices` says of a service like ours, with all that ECS adds by itself.
fn described() -> Value {
    json!({
        "serviceArn": "arn:aws:ecs:ap-northeast-2:000000000000:service/slipway-dev/api", "serviceName": "api",
        "clusterArn": "arn:aws:ecs:ap-northeast-2:000000000000:cluster/slipway-dev", "status": "ACTIVE",
        "desiredCount": 2, "runningCount": 2, "pendingCount": 0, "launchType": "FARGATE", "platformVersion": "LATEST",
        "platformFamily": "Linux", "taskDefinition": "arn:aws:ecs:ap-northeast-2:000000000000:task-definition/api:7",
        "loadBalancers": [{"targetGroupArn": "group", "containerName": "api", "containerPort": 8080}],
        "serviceRegistries": [], "placementConstraints": [], "placementStrategy": [],
        "roleArn": "arn:aws:iam::000000000000:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
        "deploymentConfiguration": {
            "deploymentCircuitBreaker": {
                "enable": true, "rollback": true, "resetOnHealthyTask": true,
                "thresholdConfiguration": {"type": "BOUNDED_PERCENT", "value": 50},
            },
            "maximumPercent": 200, "minimumHealthyPercent": 100, "strategy": "ROLLING", "bakeTimeInMinutes": 0,
            "alarms": {"alarmNames": [], "enable": false, "rollback": false}, "lifecycleHooks": [],
        },
        "deployments": [{"id": "ecs-svc/1", "status": "PRIMARY", "platformVersion": "1.4.0", "serviceConnectConfiguration": {"enabled": false},
            "fargateEphemeralStorage": {"kmsKeyId": "of the cluster"}}],
        "networkConfiguration": {"awsvpcConfiguration": {
            "subnets": ["subnet-b", "subnet-a"], "securityGroups": ["sg-2", "sg-1"], "assignPublicIp": "ENABLED",
        }},
        "healthCheckGracePeriodSeconds": 60, "schedulingStrategy": "REPLICA", "deploymentController": {"type": "ECS"},
        "createdAt": 1_700_000_000, "createdBy": "arn:aws:iam::000000000000:role/ops", "enableECSManagedTags": true,
        "propagateTags": "SERVICE", "enableExecuteCommand": false, "availabilityZoneRebalancing": "ENABLED",
        "tags": [{"key": "slipway:environment", "value": "dev"}], "events": [], "resourceManagementType": "CUSTOMER",
    })
}

fn settings() -> ServiceSettings {
    ServiceSettings {
        desired_count: 2,
        network: NetworkSettings {
            subnet_ids: vec!["subnet-a".to_owned(), "subnet-b".to_owned()],
            security_group_ids: vec!["sg-1".to_owned(), "sg-2".to_owned()],
            assign_public_ip: true,
        },
        load_balancers: vec![LoadBalancerSettings {
            target_group_arn: "group".to_owned(),
            container: "api".to_owned(),
            port: 8080,
        }],
        deployment: DeploymentSettings {
            minimum_healthy_percent: 100,
            maximum_percent: 200,
            circuit_breaker: true,
            rollback: true,
        },
        health_check_grace_seconds: Some(60),
        other: BTreeMap::new(),
    }
}

fn read(described: &Value) -> ServiceSettings {
    from_sdk(&sdk_json::decode(described, Service::deserialize), None).expect("readable")
}

#[test]
fn what_ecs_adds_by_itself_is_no_setting() {
    assert_eq!(read(&described()), settings());
}

#[test]
fn a_service_without_load_balancer_has_no_grace_period() {
    let mut described = described();
    described["loadBalancers"] = json!([]);
    for seconds in [json!(0), Value::Null] {
        described["healthCheckGracePeriodSeconds"] = seconds;
        assert_eq!(read(&described).health_check_grace_seconds, None);
    }
}

#[test]
fn absent_settings_are_the_defaults_of_ecs() {
    let mut described = described();
    for name in [
        "deploymentConfiguration",
        "deploymentController",
        "platformVersion",
        "schedulingStrategy",
        "propagateTags",
        "roleArn",
    ] {
        described[name] = Value::Null;
    }
    let expected = settings();
    let deployment = DeploymentSettings { circuit_breaker: false, rollback: false, ..expected.deployment };
    assert_eq!(read(&described), ServiceSettings { deployment, ..expected });
}

#[test]
fn every_setting_that_has_no_name_shows_up() {
    let changes = [
        ("serviceRegistries", json!([{"registryArn": "arn"}])),
        ("launchType", json!("EC2")),
        ("capacityProviderStrategy", json!([{"capacityProvider": "FARGATE_SPOT"}])),
        ("platformVersion", json!("1.4.0")),
        ("roleArn", json!("arn:aws:iam::000000000000:role/own")),
        ("placementConstraints", json!([{"type": "distinctInstance"}])),
        ("placementStrategy", json!([{"type": "random"}])),
        ("schedulingStrategy", json!("DAEMON")),
        ("deploymentController", json!({"type": "EXTERNAL"})),
        ("propagateTags", json!("TASK_DEFINITION")),
        ("enableExecuteCommand", json!(true)),
        ("resourceManagementType", json!("ECS")),
    ];
    sdk_json::assert_all_members(Service::SCHEMA, SERVICE_READ_OR_NO_SETTING, &changes);
    for (name, value) in changes {
        let mut described = described();
        described[name] = value;
        let other = read(&described).other;
        assert_eq!(other.keys().collect::<Vec<_>>(), [name], "{other:?}");
    }
}

#[test]
fn every_deployment_setting_that_has_no_name_shows_up() {
    let changes = [
        ("alarms", json!({"alarmNames": ["a"], "enable": true, "rollback": true})),
        ("strategy", json!("BLUE_GREEN")),
        ("bakeTimeInMinutes", json!(5)),
        ("lifecycleHooks", json!([{"roleArn": "arn"}])),
        ("linearConfiguration", json!({"stepPercent": 10.0})),
        ("canaryConfiguration", json!({"canaryPercent": 10.0})),
        ("earlySuccessCriteria", json!({"enable": true})),
    ];
    let read_wholly = ["maximumPercent", "minimumHealthyPercent", "deploymentCircuitBreaker"];
    sdk_json::assert_all_members(DeploymentConfiguration::SCHEMA, &read_wholly, &changes);
    for (name, value) in changes {
        let mut described = described();
        described["deploymentConfiguration"][name] = value;
        let other = read(&described).other;
        let path = format!("deploymentConfiguration.{name}");
        assert_eq!(other.keys().collect::<Vec<_>>(), [&path], "{other:?}");
    }

    let changes =
        [("resetOnHealthyTask", json!(false)), ("thresholdConfiguration", json!({"type": "COUNT", "value": 3}))];
    sdk_json::assert_all_members(DeploymentCircuitBreaker::SCHEMA, &["enable", "rollback"], &changes);
    for (name, value) in changes {
        let mut described = described();
        described["deploymentConfiguration"]["deploymentCircuitBreaker"][name] = value;
        let other = read(&described).other;
        let path = format!("deploymentConfiguration.deploymentCircuitBreaker.{name}");
        assert_eq!(other.keys().collect::<Vec<_>>(), [&path], "{other:?}");
    }
}

#[test]
fn a_load_balancer_that_is_more_than_a_target_group_is_told_whole() {
    let mut described = described();
    described["loadBalancers"][0]["advancedConfiguration"] = json!({"alternateTargetGroupArn": "other"});
    let settings = read(&described);
    assert_eq!(settings.load_balancers, []);
    assert!(settings.other["loadBalancers"].contains("alternateTargetGroupArn"));
}

#[test]
fn what_only_a_deployment_or_a_revision_tells_shows_up() {
    let mut of_deployment = described();
    for name in ONLY_IN_DEPLOYMENT {
        of_deployment["deployments"][0][name] = match *name {
            "serviceConnectConfiguration" => json!({"enabled": true}),
            "volumeConfigurations" => json!([{"name": "data"}]),
            _ => json!([{"roleArn": "role", "targetGroupArn": "group", "portName": "http"}]),
        };
    }
    let mut expected = ONLY_IN_DEPLOYMENT.to_vec();
    expected.sort_unstable();
    assert_eq!(read(&of_deployment).other.keys().collect::<Vec<_>>(), expected);

    let changes = [
        ("serviceConnectConfiguration", json!({"enabled": true})),
        ("volumeConfigurations", json!([{"name": "data"}])),
        ("vpcLatticeConfigurations", json!([{"roleArn": "r", "targetGroupArn": "g", "portName": "p"}])),
        ("overrides", json!({"runtimePlatform": {"cpuArchitecture": "ARM64"}})),
        ("gatewayConnectors", json!([{"gatewayArn": "arn"}])),
        ("monitoring", json!({"metricConfigurations": [{"metricNames": ["CPUUtilization"]}]})),
    ];
    sdk_json::assert_all_members(ServiceRevision::SCHEMA, REVISION_READ_OR_NO_SETTING, &changes);
    let service = sdk_json::decode(&described(), Service::deserialize);
    for (name, value) in changes {
        let revision = sdk_json::decode(&json!({"launchType": "FARGATE", name: value}), ServiceRevision::deserialize);
        let other = from_sdk(&service, Some(&revision)).expect("readable").other;
        assert_eq!(other.keys().collect::<Vec<_>>(), [name], "{other:?}");
    }
}

#[test]
fn settings_are_written_as_they_are_read() {
    let settings = settings();
    let service = Service::builder()
        .desired_count(2)
        .network_configuration(network_to_sdk(&settings.network).expect("a network"))
        .set_load_balancers(Some(load_balancers_to_sdk(&settings.load_balancers)))
        .deployment_configuration(deployment_to_sdk(&settings.deployment))
        .health_check_grace_period_seconds(60)
        .build();
    assert_eq!(from_sdk(&service, None).expect("readable"), settings);
}
