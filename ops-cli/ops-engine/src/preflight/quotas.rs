use ops_model::declaration::Service;
use ops_model::ownership::owned_by;

use super::{Checked, Live, Verdict};

/// <https://docs.aws.amazon.com/general/latest/gr/ecs-service.html>
const SERVICES_PER_CLUSTER: (&str, &str) = ("ecs", "L-9EF96962");
const TASKS_PER_SERVICE: (&str, &str) = ("ecs", "L-92E49DE3");
/// Of all tasks on Fargate in the account and region, those on Spot apart.
const VIRTUAL_CPUS: (&str, &str) = ("fargate", "L-3032A538");

/// What is declared fits into the account's quotas, also while old and new tasks run side by side.
pub(super) async fn check(live: Live<'_>) -> Vec<Checked> {
    let environment = live.environment;
    let others = live.observation.services.values();
    let others = others.filter(|service| !owned_by(&environment.environment, &service.tags)).count();
    let services = environment.services.len() + others;
    let tasks = environment.services.iter().map(|(name, service)| most_tasks(live, name, service)).max();
    let cpu_units: u64 = environment
        .services
        .iter()
        .filter(|(_, service)| service.workload.capacity.is_none_or(|capacity| capacity.fargate_spot.is_none()))
        .map(|(name, service)| u64::from(service.workload.cpu) * most_tasks(live, name, service))
        .sum();
    let needs = [
        ("services of a cluster", SERVICES_PER_CLUSTER, services as u64),
        ("tasks of a service", TASKS_PER_SERVICE, tasks.unwrap_or_default()),
        ("virtual CPUs on Fargate", VIRTUAL_CPUS, cpu_units.div_ceil(1024)),
    ];
    let mut checked = Vec::new();
    for (what, (service, code), needed) in needs {
        let quota = live.cloud.preflight.quota(service, code).await;
        checked.push((format!("quota of {what}"), Verdict::on(quota, |quota| judge(quota, needed))));
    }
    checked
}

/// Tasks that a service may have at once: during a rollout, and at the upper bound of its scaling.
fn most_tasks(live: Live<'_>, name: &str, service: &Service) -> u64 {
    let observed = live.observation.services.get(name);
    let count = service.scaling.as_ref().map(|scaling| scaling.maximum).or(service.count);
    let count = count.or_else(|| observed?.settings.desired_count()).unwrap_or(1);
    u64::from(count) * u64::from(service.deployment.maximum_percent) / 100
}

fn judge(quota: Option<f64>, needed: u64) -> Verdict {
    match quota {
        None => Verdict::skipped("AWS does not tell the quota"),
        Some(quota) if needed as f64 <= quota => Verdict::Ok,
        Some(quota) => Verdict::failed(format!("{needed} are needed at most, {quota} are allowed")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_has_to_fit() {
        assert_eq!(judge(Some(6.0), 6), Verdict::Ok);
        assert!(matches!(judge(Some(6.0), 7), Verdict::Failed { .. }));
        assert!(matches!(judge(None, 7), Verdict::Skipped { .. }));
    }
}
