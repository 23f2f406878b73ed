//! How the load balancer finds the tasks of a service.

use ops_model::observation::{ObservedService, TargetHealth, TargetState, healthy_count};
use serde_json::Value;

use crate::cloud::{Cloud, CloudError};

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Health {
    /// Healthy targets; of several load balancers, where there are fewest. `None` for a service without one.
    pub healthy: Option<u32>,
    /// Targets that fail their health checks.
    pub unhealthy: Vec<TargetHealth>,
}

/// Asks every target group of a service.
pub async fn look(cloud: &Cloud, service: &ObservedService) -> Result<Health, CloudError> {
    let mut health = Health::default();
    for groups in target_groups(service) {
        // Of the pair that traffic shifts between, one holds the tasks that serve.
        let mut most = 0;
        for group in groups {
            let targets = cloud.targets.target_health(&group).await?;
            most = most.max(healthy_count(&targets));
            let unhealthy = targets.into_iter().filter(|target| target.state == TargetState::Unhealthy);
            health.unhealthy.extend(unhealthy);
        }
        health.healthy = Some(health.healthy.map_or(most, |least| least.min(most)));
    }
    Ok(health)
}

/// ARNs by load balancer: one, or the pair that traffic shifts between.
fn target_groups(service: &ObservedService) -> Vec<Vec<String>> {
    let load_balancers = service.settings.0.get("loadBalancers").and_then(Value::as_array);
    let groups = load_balancers.into_iter().flatten().map(|load_balancer| {
        let alternate = load_balancer.pointer("/advancedConfiguration/alternateTargetGroupArn");
        let pair = [load_balancer.get("targetGroupArn"), alternate];
        pair.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    });
    groups.collect()
}
