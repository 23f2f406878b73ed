//! The settings of a live service that the declaration has no name for.

use aws_sdk_ecs::types::{Deployment, DeploymentConfiguration, NetworkConfiguration, Service, ServiceRevision};
use serde_json::{Value, json};

use super::PLATFORM_VERSION;
use crate::other_settings::OtherSettings;

/// Members of a service that are read into fields of ours or that nobody sets.
pub(super) const SERVICE_READ_OR_NO_SETTING: &[&str] = &[
    "serviceArn",
    "serviceName",
    "clusterArn",
    "status",
    "desiredCount",
    "runningCount",
    "pendingCount",
    "taskDefinition",
    "taskSets",
    "deployments",
    "events",
    "createdAt",
    "createdBy",
    "currentServiceDeployment",
    "currentServiceRevisions",
    "tags",
    "networkConfiguration",
    "loadBalancers",
    "deploymentConfiguration",
    "healthCheckGracePeriodSeconds",
    // Follows from the task definition.
    "platformFamily",
    // Ours is on; off is ECS's default and changes nothing that runs.
    "enableECSManagedTags",
    // Its default depends on when the service was made and what was called since.
    "availabilityZoneRebalancing",
];

/// Members of a deployment that `DescribeServices` tells nowhere else.
pub(super) const ONLY_IN_DEPLOYMENT: &[&str] =
    &["serviceConnectConfiguration", "volumeConfigurations", "vpcLatticeConfigurations"];

/// Members of a service revision that the service tells too or that nobody sets.
pub(super) const REVISION_READ_OR_NO_SETTING: &[&str] = &[
    "serviceRevisionArn",
    "serviceArn",
    "clusterArn",
    "taskDefinition",
    "capacityProviderStrategy",
    "launchType",
    "platformVersion",
    "platformFamily",
    "loadBalancers",
    "serviceRegistries",
    "networkConfiguration",
    "containerImages",
    "createdAt",
    "resolvedConfiguration",
    "ecsManagedResources",
    // Set for the account and for the cluster.
    "guardDutyEnabled",
    "fargateEphemeralStorage",
];

pub(super) fn other_settings(service: &Service, revision: Option<&ServiceRevision>) -> Result<OtherSettings, String> {
    let mut other = OtherSettings::of(service)?
        .without(SERVICE_READ_OR_NO_SETTING)
        .without_default("launchType", &json!("FARGATE"))
        .without_default("platformVersion", &json!(PLATFORM_VERSION))
        .without_default("schedulingStrategy", &json!("REPLICA"))
        .without_default("deploymentController", &json!({"type": "ECS"}))
        .without_default("propagateTags", &json!("SERVICE"))
        .without_default("propagateTags", &json!("NONE"))
        .without_default("resourceManagementType", &json!("CUSTOMER"));
    if service.role_arn().is_some_and(|role| role.contains(":role/aws-service-role/")) {
        // ECS takes its own role unless told otherwise.
        other = other.without(&["roleArn"]);
    }
    if let Some(deployment) = service.deployments().iter().find(|deployment| deployment.status() == Some("PRIMARY")) {
        other = only_in_deployment(deployment, other)?;
    }
    if let Some(revision) = revision {
        other = other.and(OtherSettings::of(revision)?.without(REVISION_READ_OR_NO_SETTING));
    }
    if let Some(configuration) = service.deployment_configuration() {
        other = other.with("deploymentConfiguration", other_deployment_settings(configuration)?);
    }
    if let Some(network) = service.network_configuration() {
        other = other.with("networkConfiguration", other_network_settings(network)?);
    }
    Ok(other)
}

fn only_in_deployment(deployment: &Deployment, mut other: OtherSettings) -> Result<OtherSettings, String> {
    let members = OtherSettings::of(deployment)?;
    for name in ONLY_IN_DEPLOYMENT {
        if let Some(value) = members.get(name) {
            other = other.with_value(name, value.clone());
        }
    }
    Ok(other)
}

fn other_deployment_settings(configuration: &DeploymentConfiguration) -> Result<OtherSettings, String> {
    let mut other = OtherSettings::of(configuration)?
        .without(&["maximumPercent", "minimumHealthyPercent", "deploymentCircuitBreaker"])
        .without_default("strategy", &json!("ROLLING"))
        .without_default("bakeTimeInMinutes", &json!(0));
    if let Some(breaker) = configuration.deployment_circuit_breaker() {
        let mut of_breaker = OtherSettings::of(breaker)?
            .without(&["enable", "rollback"])
            .without_default("resetOnHealthyTask", &json!(true))
            .without_default("thresholdConfiguration", &json!({"type": "BOUNDED_PERCENT", "value": 50}));
        if of_breaker.get("resetOnHealthyTask") == Some(&Value::Bool(false)) {
            // The one switch that is on by default; as text, it is not left out for saying nothing.
            of_breaker = of_breaker.with_value("resetOnHealthyTask", json!("false"));
        }
        other = other.with("deploymentCircuitBreaker", of_breaker);
    }
    Ok(other)
}

fn other_network_settings(network: &NetworkConfiguration) -> Result<OtherSettings, String> {
    let mut other = OtherSettings::of(network)?.without(&["awsvpcConfiguration"]);
    if let Some(interfaces) = network.awsvpc_configuration() {
        let members = OtherSettings::of(interfaces)?.without(&["subnets", "securityGroups", "assignPublicIp"]);
        other = other.with("awsvpcConfiguration", members);
    }
    Ok(other)
}
