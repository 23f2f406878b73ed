//! Service settings: what `UpdateService` has to be sent, and what that means for the running tasks.

use ops_model::observation::{DeploymentSettings, LoadBalancerSettings, NetworkSettings, ServiceSettings};
use ops_model::plan::{ChangeClass, Difference, SettingsUpdate};

/// The fields that differ, as an update and in words.
pub(crate) struct SettingsComparison {
    pub(crate) update: SettingsUpdate,
    pub(crate) differences: Vec<Difference>,
    /// `None` when nothing differs.
    pub(crate) class: Option<ChangeClass>,
}

/// Compares live settings with the wanted ones.
///
/// Network and load balancers start a new deployment, the rest does not:
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/update-service-parameters.html>
pub(crate) fn compare(live: &ServiceSettings, wanted: &ServiceSettings) -> SettingsComparison {
    // Destructured without `..`, so that a new field has to be decided on here.
    let ServiceSettings {
        desired_count,
        network,
        load_balancers,
        deployment,
        health_check_grace_seconds,
        // What the declaration has no name for is told in the plan and left alone.
        other: _,
    } = wanted;
    let mut comparison = SettingsComparison { update: SettingsUpdate::default(), differences: Vec::new(), class: None };

    if live.desired_count != *desired_count {
        comparison.update.desired_count = Some(*desired_count);
        comparison.note("count", live.desired_count, *desired_count, ChangeClass::InPlace);
    }
    if live.network != *network {
        comparison.update.network = Some(network.clone());
        let NetworkSettings { subnet_ids, security_group_ids, assign_public_ip } = network;
        let class = ChangeClass::NewDeployment;
        comparison.note("network.subnets", live.network.subnet_ids.join(" "), subnet_ids.join(" "), class);
        comparison.note(
            "network.security_groups",
            live.network.security_group_ids.join(" "),
            security_group_ids.join(" "),
            class,
        );
        comparison.note("network.assign_public_ip", live.network.assign_public_ip, *assign_public_ip, class);
    }
    if live.load_balancers != *load_balancers {
        comparison.update.load_balancers = Some(load_balancers.clone());
        comparison.note(
            "load_balancer",
            load_balancer_text(&live.load_balancers),
            load_balancer_text(load_balancers),
            ChangeClass::NewDeployment,
        );
    }
    if live.deployment != *deployment {
        comparison.update.deployment = Some(*deployment);
        let DeploymentSettings { minimum_healthy_percent, maximum_percent, circuit_breaker, rollback } = *deployment;
        let class = ChangeClass::InPlace;
        let at = live.deployment;
        comparison.note(
            "deployment.minimum_healthy_percent",
            at.minimum_healthy_percent,
            minimum_healthy_percent,
            class,
        );
        comparison.note("deployment.maximum_percent", at.maximum_percent, maximum_percent, class);
        comparison.note("deployment.circuit_breaker", at.circuit_breaker, circuit_breaker, class);
        comparison.note("deployment.rollback", at.rollback, rollback, class);
    }
    if live.health_check_grace_seconds != *health_check_grace_seconds {
        // ECS keeps the old value when none is sent and ignores it without a load balancer.
        if let Some(seconds) = *health_check_grace_seconds {
            comparison.update.health_check_grace_seconds = Some(seconds);
            comparison.note(
                "deployment.grace_seconds",
                live.health_check_grace_seconds.unwrap_or_default(),
                seconds,
                ChangeClass::InPlace,
            );
        }
    }
    comparison
}

impl SettingsComparison {
    fn note<T: ToString + PartialEq>(&mut self, path: &str, live: T, declared: T, class: ChangeClass) {
        if live != declared {
            self.differences.push(Difference {
                path: path.to_owned(),
                live: Some(live.to_string()),
                declared: Some(declared.to_string()),
            });
            self.class = self.class.max(Some(class));
        }
    }
}

fn load_balancer_text(load_balancers: &[LoadBalancerSettings]) -> String {
    let words: Vec<_> = load_balancers
        .iter()
        .map(|LoadBalancerSettings { target_group_arn, container, port }| {
            format!("{container}:{port} in {target_group_arn}")
        })
        .collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}
