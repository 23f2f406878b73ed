use aws_sdk_ecs::operation::create_service::CreateServiceInput;
use aws_sdk_ecs::operation::update_service::UpdateServiceInput;
use aws_sdk_ecs::types::{Deployment, ServiceRevision};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::aws_document::fixture;
use crate::containers::task_definitions::tests::part;

const SERVICE_ROLE: &str = "arn:aws:iam::000000000000:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS";

/// Everything that `CreateService` is given and `DescribeServices` tells of a service.
pub(in crate::containers) fn told_by_service() -> Value {
    json!({
        "desiredCount": 2, "launchType": "FARGATE", "platformVersion": "LATEST",
        "capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}],
        "loadBalancers": [{"targetGroupArn": "group", "containerName": "api", "containerPort": 8080, "advancedConfiguration": {
            "alternateTargetGroupArn": "other", "productionListenerRule": "rule", "testListenerRule": "test", "roleArn": "role",
        }}],
        "serviceRegistries": [{"registryArn": "registry", "port": 8080}],
        "placementConstraints": [{"type": "distinctInstance"}], "placementStrategy": [{"type": "spread", "field": "host"}],
        "deploymentConfiguration": {
            "deploymentCircuitBreaker": {
                "enable": true, "rollback": true, "resetOnHealthyTask": false, "thresholdConfiguration": {"type": "COUNT", "value": 3},
            },
            "maximumPercent": 200, "minimumHealthyPercent": 100, "strategy": "CANARY", "bakeTimeInMinutes": 5,
            "alarms": {"alarmNames": ["errors"], "enable": true, "rollback": true},
            "lifecycleHooks": [{"targetType": "PAUSE", "lifecycleStages": ["PRE_PRODUCTION_TRAFFIC_SHIFT"],
                "timeoutConfiguration": {"timeoutInMinutes": 60, "action": "ROLLBACK"}}],
            "canaryConfiguration": {"canaryPercent": 10.5, "canaryBakeTimeInMinutes": 5},
        },
        "networkConfiguration": {"awsvpcConfiguration": {
            "subnets": ["subnet-b", "subnet-a"], "securityGroups": ["sg-2", "sg-1"], "assignPublicIp": "ENABLED",
        }},
        "healthCheckGracePeriodSeconds": 60, "schedulingStrategy": "REPLICA", "deploymentController": {"type": "ECS"},
        "enableECSManagedTags": true, "propagateTags": "SERVICE", "enableExecuteCommand": true,
        "availabilityZoneRebalancing": "ENABLED",
    })
}

/// What only its deployment and its revision tell.
pub(in crate::containers) fn told_by_revision() -> Value {
    json!({
        "serviceConnectConfiguration": {"enabled": true, "namespace": "dev", "services": [
            {"portName": "http", "discoveryName": "api", "clientAliases": [{"port": 80, "dnsName": "api"}]},
        ]},
        "volumeConfigurations": [{"name": "data", "managedEBSVolume": {"roleArn": "role", "sizeInGiB": 10}}],
        "vpcLatticeConfigurations": [{"roleArn": "role", "targetGroupArn": "lattice", "portName": "http"}],
    })
}

fn joined(parts: &[Value]) -> Value {
    Value::Object(parts.iter().flat_map(|part| part.as_object().expect("an object").clone()).collect())
}

/// All that `DescribeServices` says.
pub(in crate::containers) fn described(settings: &Value) -> Value {
    let more = json!({
        "serviceArn": "arn:aws:ecs:ap-northeast-2:000000000000:service/slipway-dev/api", "serviceName": "api",
        "clusterArn": "arn:aws:ecs:ap-northeast-2:000000000000:cluster/slipway-dev", "status": "ACTIVE",
        "runningCount": 2, "pendingCount": 0, "platformFamily": "Linux", "roleArn": SERVICE_ROLE,
        "taskDefinition": "arn:aws:ecs:ap-northeast-2:000000000000:task-definition/api:7", "taskSets": [],
        "deployments": [{"id": "ecs-svc/1", "status": "PRIMARY", "rolloutState": "COMPLETED", "platformVersion": "1.4.0",
            "fargateEphemeralStorage": {"kmsKeyId": "of the cluster"}}],
        "createdAt": 1_700_000_000, "createdBy": "arn:aws:iam::000000000000:role/ops",
        "currentServiceDeployment": "deployment", "currentServiceRevisions": [{"arn": "revision/1"}],
        "tags": [{"key": "slipway:environment", "value": "dev"}], "events": [], "resourceManagementType": "CUSTOMER",
    });
    joined(&[settings.clone(), more])
}

fn revision(settings: &Value) -> Document {
    let more = json!({
        "serviceRevisionArn": "revision/1", "serviceArn": "service", "clusterArn": "cluster", "taskDefinition": "api:7",
        "platformVersion": "1.4.0", "launchType": "FARGATE", "guardDutyEnabled": false, "createdAt": 1_700_000_000,
        "loadBalancers": [], "overrides": {}, "containerImages": [{"containerName": "api", "imageDigest": "sha256:00"}],
    });
    let revision: ServiceRevision = fixture::decoded(&joined(&[settings.clone(), more]), ServiceRevision::deserialize);
    aws_document::of(&revision).expect("writable")
}

fn read(described: &Value, revision: Option<&Document>) -> Value {
    let service = fixture::decoded(described, Service::deserialize);
    Value::Object(from_sdk(&service, revision).expect("readable").0)
}

#[test]
fn every_member_is_given_to_create_service_or_no_setting() {
    fixture::assert_members(Service::SCHEMA, OF_SERVICE_NO_SETTINGS, CreateServiceInput::SCHEMA);
    fixture::assert_members(ServiceRevision::SCHEMA, OF_REVISION_NO_SETTINGS, CreateServiceInput::SCHEMA);
    for name in ONLY_IN_DEPLOYMENT {
        assert!(Deployment::SCHEMA.members().iter().any(|member| member.member_name() == Some(name)), "{name}");
    }
    // And everything that `CreateService` is given is told somewhere.
    let identity = ["cluster", "serviceName", "taskDefinition", "clientToken", "tags", "role"];
    let told = [Service::SCHEMA, ServiceRevision::SCHEMA].map(|schema| schema.members());
    for member in CreateServiceInput::SCHEMA.members().iter().filter_map(|member| member.member_name()) {
        let told = told.iter().flat_map(|members| members.iter()).any(|told| told.member_name() == Some(member));
        assert!(told || identity.contains(&member), "{member} would never be read");
    }
}

#[test]
fn everything_that_was_given_reads_back_and_nothing_else() {
    let by_revision = joined(&[
        told_by_revision(),
        json!({
            "monitoring": {}, "gatewayConnectors": [],
        }),
    ]);
    let expected = joined(&[told_by_service(), by_revision.clone()]);
    assert_eq!(read(&described(&told_by_service()), Some(&revision(&by_revision))), expected);
    aws_document::read(expected.as_object().expect("an object"), CreateServiceInput::deserialize).expect("creatable");
}

#[test]
fn before_there_is_a_revision_its_deployment_tells_what_it_can() {
    let mut described = described(&told_by_service());
    described["deployments"][0] = joined(&[described["deployments"][0].clone(), told_by_revision()]);
    assert_eq!(read(&described, None), joined(&[told_by_service(), told_by_revision()]));
}

#[test]
fn a_controller_may_be_left_unsaid_and_a_role_of_ones_own_is_a_setting() {
    let mut settings = told_by_service();
    settings.as_object_mut().expect("an object").remove("deploymentController");
    let mut described = described(&settings);
    assert_eq!(read(&described, None), settings);
    described["roleArn"] = json!("arn:aws:iam::000000000000:role/own");
    assert_eq!(read(&described, None)["role"], "arn:aws:iam::000000000000:role/own");
}

proptest! {
    #[test]
    fn any_part_of_the_settings_is_the_same_document_again(
        kept in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
        count in 0_u32..5000, percent in 0.1_f64..100.0, name in "[a-z0-9:/-]{1,20}",
    ) {
        let mut all = told_by_service();
        all["deploymentConfiguration"]["canaryConfiguration"]["canaryPercent"] = json!(percent);
        all["loadBalancers"][0]["targetGroupArn"] = json!(name);
        let mut settings = part(all.as_object().expect("an object"), &kept);
        settings.insert("desiredCount".to_owned(), count.into());
        // The SDK says of these that they are off when ECS says nothing.
        for flag in ["enableECSManagedTags", "enableExecuteCommand"] {
            settings.entry(flag).or_insert(json!(false));
        }
        let settings = Value::Object(settings);
        prop_assert_eq!(read(&described(&settings), None), settings.clone());
        let input = aws_document::read(settings.as_object().expect("an object"), CreateServiceInput::deserialize);
        prop_assert!(input.is_ok(), "{:?}", input);
        let mut update = settings.as_object().expect("an object").clone();
        update.retain(|name, _| name != "launchType" && name != "schedulingStrategy");
        let input = aws_document::read(&update, UpdateServiceInput::deserialize);
        prop_assert!(input.is_ok(), "{:?}", input);
    }
}
