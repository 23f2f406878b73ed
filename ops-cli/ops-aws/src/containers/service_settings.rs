//! What `CreateService` and `UpdateService` set, in ECS's words and ours.

mod other;
#[cfg(test)]
mod tests;

use aws_sdk_ecs::types::{
    AssignPublicIp, AwsVpcConfiguration, DeploymentCircuitBreaker, DeploymentConfiguration, LoadBalancer,
    NetworkConfiguration, Service, ServiceRevision,
};
use ops_model::observation::{DeploymentSettings, LoadBalancerSettings, NetworkSettings, ServiceSettings};

use crate::other_settings::OtherSettings;

pub(super) const PLATFORM_VERSION: &str = "LATEST";

/// ECS's own values for a service of the `REPLICA` strategy that names none.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html>
const DEFAULT_MINIMUM_HEALTHY_PERCENT: u32 = 100;
const DEFAULT_MAXIMUM_PERCENT: u32 = 200;

/// The settings of a live service. `revision` is the one that runs: some settings are told by it alone.
pub(super) fn from_sdk(service: &Service, revision: Option<&ServiceRevision>) -> Result<ServiceSettings, String> {
    let network = service.network_configuration();
    let mut other = other::other_settings(service, revision)?;
    let load_balancers = load_balancers(service.load_balancers());
    if load_balancers.len() < service.load_balancers().len() {
        let whole = OtherSettings::of(service)?.get("loadBalancers").cloned().unwrap_or_default();
        other = other.with_value("loadBalancers", whole);
    }
    let grace = service.health_check_grace_period_seconds().and_then(|seconds| u32::try_from(seconds).ok());
    let health_check_grace_seconds = match (grace, service.load_balancers().is_empty()) {
        // ECS says 0 of a service that has nothing to be checked by.
        (None | Some(0), true) => None,
        (None, false) => Some(0),
        (grace, _) => grace,
    };
    Ok(ServiceSettings {
        desired_count: service.desired_count().try_into().unwrap_or_default(),
        network: network.and_then(|network| network.awsvpc_configuration()).map_or_else(no_network, network_settings),
        load_balancers,
        deployment: deployment_settings(service.deployment_configuration()),
        health_check_grace_seconds,
        other: other.into_text(),
    })
}

/// Those that are nothing but a target group and a container port.
fn load_balancers(load_balancers: &[LoadBalancer]) -> Vec<LoadBalancerSettings> {
    let mut plain: Vec<_> = load_balancers
        .iter()
        .filter_map(|load_balancer| {
            let settings = LoadBalancerSettings {
                target_group_arn: load_balancer.target_group_arn()?.to_owned(),
                container: load_balancer.container_name()?.to_owned(),
                port: u16::try_from(load_balancer.container_port()?).ok()?,
            };
            (*load_balancer == load_balancer_to_sdk(&settings)).then_some(settings)
        })
        .collect();
    plain.sort();
    plain
}

fn deployment_settings(configuration: Option<&DeploymentConfiguration>) -> DeploymentSettings {
    let percent =
        |percent: Option<i32>, default| percent.and_then(|percent| percent.try_into().ok()).unwrap_or(default);
    let breaker = configuration.and_then(|configuration| configuration.deployment_circuit_breaker());
    DeploymentSettings {
        minimum_healthy_percent: percent(
            configuration.and_then(DeploymentConfiguration::minimum_healthy_percent),
            DEFAULT_MINIMUM_HEALTHY_PERCENT,
        ),
        maximum_percent: percent(
            configuration.and_then(DeploymentConfiguration::maximum_percent),
            DEFAULT_MAXIMUM_PERCENT,
        ),
        circuit_breaker: breaker.is_some_and(DeploymentCircuitBreaker::enable),
        rollback: breaker.is_some_and(DeploymentCircuitBreaker::rollback),
    }
}

/// Of tasks that have no network interface of their own.
fn no_network() -> NetworkSettings {
    NetworkSettings { subnet_ids: Vec::new(), security_group_ids: Vec::new(), assign_public_ip: false }
}

fn network_settings(interfaces: &AwsVpcConfiguration) -> NetworkSettings {
    let sorted = |ids: &[String]| {
        let mut ids = ids.to_vec();
        ids.sort();
        ids
    };
    NetworkSettings {
        subnet_ids: sorted(interfaces.subnets()),
        security_group_ids: sorted(interfaces.security_groups()),
        assign_public_ip: interfaces.assign_public_ip() == Some(&AssignPublicIp::Enabled),
    }
}

pub(super) fn network_to_sdk(network: &NetworkSettings) -> Result<NetworkConfiguration, String> {
    let NetworkSettings { subnet_ids, security_group_ids, assign_public_ip } = network;
    let interfaces = AwsVpcConfiguration::builder()
        .set_subnets(Some(subnet_ids.clone()))
        .set_security_groups(Some(security_group_ids.clone()))
        .assign_public_ip(if *assign_public_ip { AssignPublicIp::Enabled } else { AssignPublicIp::Disabled })
        .build()
        .map_err(|error| error.to_string())?;
    Ok(NetworkConfiguration::builder().awsvpc_configuration(interfaces).build())
}

pub(super) fn load_balancers_to_sdk(load_balancers: &[LoadBalancerSettings]) -> Vec<LoadBalancer> {
    load_balancers.iter().map(load_balancer_to_sdk).collect()
}

fn load_balancer_to_sdk(load_balancer: &LoadBalancerSettings) -> LoadBalancer {
    let LoadBalancerSettings { target_group_arn, container, port } = load_balancer;
    LoadBalancer::builder()
        .target_group_arn(target_group_arn)
        .container_name(container)
        .container_port((*port).into())
        .build()
}

pub(super) fn deployment_to_sdk(deployment: &DeploymentSettings) -> DeploymentConfiguration {
    let DeploymentSettings { minimum_healthy_percent, maximum_percent, circuit_breaker, rollback } = *deployment;
    DeploymentConfiguration::builder()
        .minimum_healthy_percent(minimum_healthy_percent.try_into().unwrap_or(i32::MAX))
        .maximum_percent(maximum_percent.try_into().unwrap_or(i32::MAX))
        .deployment_circuit_breaker(
            DeploymentCircuitBreaker::builder().enable(circuit_breaker).rollback(rollback).build(),
        )
        .build()
}
