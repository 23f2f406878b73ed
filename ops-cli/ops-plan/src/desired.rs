//! What a declared service means in ECS's terms.

use ops_model::declaration::{Builds, Environment, Service};
use ops_model::observation::{DeploymentSettings, LoadBalancerSettings, NetworkSettings, ServiceSettings};
use ops_model::plan::ServiceStanding;
use ops_model::platform::Platform;
use ops_model::task_definition::TaskDefinition;

use crate::task_definition;

/// A service as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredService {
    pub task_definition: TaskDefinition,
    pub settings: ServiceSettings,
    pub timeout_seconds: u32,
}

/// Family of a service's task definitions. Families are global to an account and region, so the cluster's
/// name, which holds the environment's, is part of it.
#[must_use]
pub fn family(platform: &Platform, service: &str) -> String {
    format!("{}-{service}", platform.cluster.name)
}

/// Renders a declared service.
///
/// # Errors
///
/// The standing of a service that cannot be rendered yet: its build or its surroundings are still to come.
pub fn desired_service(
    environment: &Environment,
    name: &str,
    declared: &Service,
    builds: &Builds,
    platform: &Platform,
) -> Result<DesiredService, ServiceStanding> {
    let build = builds
        .artifacts
        .get(&declared.artifact)
        .ok_or_else(|| ServiceStanding::WaitsForBuild { artifact: declared.artifact.clone() })?;
    let surroundings = platform.services.get(name).ok_or(ServiceStanding::WaitsForTerraform)?;
    let load_balancers = match (&declared.public, declared.port) {
        (Some(_), Some(port)) => {
            let target_group_arn = surroundings.target_group_arn.clone().ok_or(ServiceStanding::WaitsForTerraform)?;
            vec![LoadBalancerSettings { target_group_arn, container: name.to_owned(), port }]
        }
        _ => Vec::new(),
    };
    let health_check_grace_seconds = (!load_balancers.is_empty()).then_some(declared.deployment.grace_seconds);
    Ok(DesiredService {
        task_definition: task_definition::render(
            environment,
            &family(platform, name),
            name,
            declared,
            build,
            surroundings,
        ),
        settings: ServiceSettings {
            desired_count: declared.count,
            network: NetworkSettings {
                subnet_ids: sorted(&surroundings.subnet_ids),
                security_group_ids: sorted(&surroundings.security_group_ids),
                assign_public_ip: surroundings.assign_public_ip,
            },
            load_balancers,
            deployment: DeploymentSettings {
                minimum_healthy_percent: declared.deployment.minimum_healthy_percent,
                maximum_percent: declared.deployment.maximum_percent,
                circuit_breaker: true,
                rollback: true,
            },
            health_check_grace_seconds,
            other: std::collections::BTreeMap::new(),
        },
        timeout_seconds: declared.deployment.timeout_seconds,
    })
}

fn sorted(ids: &[String]) -> Vec<String> {
    let mut ids = ids.to_vec();
    ids.sort();
    ids
}
