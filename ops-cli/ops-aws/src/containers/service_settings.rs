//! What a service is set to, as ECS tells it in three places.

use aws_sdk_ecs::types::Service;
use ops_model::observation::ServiceSettings;

use crate::aws_document::{self, Document};

/// Members of a service that nobody sets, or that are no part of its settings (tags, task definition, name).
const OF_SERVICE_NO_SETTINGS: &[&str] = &[
    "serviceArn",
    "serviceName",
    "clusterArn",
    "status",
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
    // Given as `role`: see [`role`].
    "roleArn",
    // Follows from the task definition.
    "platformFamily",
    // Whether ECS Express made the service.
    "resourceManagementType",
];

/// Members of a deployment that `DescribeServices` tells nowhere else.
const ONLY_IN_DEPLOYMENT: &[&str] =
    &["serviceConnectConfiguration", "volumeConfigurations", "vpcLatticeConfigurations"];

/// Members of a service revision that the service tells too, or that nobody sets.
const OF_REVISION_NO_SETTINGS: &[&str] = &[
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
    "overrides",
    // Set for the account and for the cluster.
    "guardDutyEnabled",
    "fargateEphemeralStorage",
];

/// The settings of a live service. `revision` is its newest one as a document: some settings are told by it alone.
pub(super) fn from_sdk(service: &Service, revision: Option<&Document>) -> Result<ServiceSettings, String> {
    let mut settings = aws_document::without(aws_document::of(service)?, OF_SERVICE_NO_SETTINGS);
    settings.extend(role(service).map(|role| ("role".to_owned(), role.into())));
    if let Some(revision) = revision {
        settings.extend(aws_document::without(revision.clone(), OF_REVISION_NO_SETTINGS));
    }
    if let Some(deployment) = service.deployments().iter().find(|deployment| deployment.status() == Some("PRIMARY")) {
        let mut deployment = aws_document::of(deployment)?;
        deployment.retain(|name, _| ONLY_IN_DEPLOYMENT.contains(&name.as_str()));
        settings.extend(deployment);
    }
    Ok(ServiceSettings(settings))
}

/// The role that was given for the load balancer. ECS takes its own unless told otherwise.
fn role(service: &Service) -> Option<&str> {
    service.role_arn().filter(|role| !role.contains(":role/aws-service-role/"))
}

#[cfg(test)]
pub(super) mod tests;
