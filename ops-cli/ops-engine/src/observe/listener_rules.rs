use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join_all;
use ops_model::declaration::Environment;
use ops_model::observation::{ListenerRule, ObservedService};
use ops_model::ownership::{SERVICE_TAG, owned_by};
use ops_model::platform::Platform;
use serde_json::Value;

use crate::cloud::{Cloud, CloudError};

/// Every rule of the listeners. Read also where no service shifts traffic any more: what is left of earlier days has to go.
pub(super) async fn read(cloud: &Cloud, platform: &Platform) -> Result<Vec<ListenerRule>, CloudError> {
    let shifting = platform.services.values().filter_map(|service| service.traffic_shift.as_ref());
    let shifting = shifting.map(|shift| &shift.listener_arn);
    let listeners: BTreeSet<_> =
        shifting.chain(platform.load_balancer.iter().map(|balancer| &balancer.listener_arn)).collect();
    let rules = try_join_all(listeners.into_iter().map(|listener| cloud.targets.listener_rules(listener))).await?;
    Ok(rules.into_iter().flatten().collect())
}

/// Whether any service shifts traffic.
pub(super) fn needed(platform: &Platform) -> bool {
    platform.services.values().any(|service| service.traffic_shift.is_some())
}

/// The rules that ops made, by service: their tags say so, or a service of ours is set to shift its traffic by them.
/// Terraform's rules lead to the same target groups and are never ours.
pub(super) fn by_service(
    environment: &Environment,
    services: &BTreeMap<String, ObservedService>,
    rules: Vec<ListenerRule>,
) -> BTreeMap<String, ListenerRule> {
    let ours = services.values().filter(|service| owned_by(&environment.environment, &service.tags));
    let named: BTreeMap<_, _> =
        ours.flat_map(|service| production_rules(service).map(|rule| (rule, &service.name))).collect();
    let service_of = |rule: &ListenerRule| {
        let tagged = rule.tags.get(SERVICE_TAG).filter(|_| owned_by(&environment.environment, &rule.tags));
        tagged.or_else(|| named.get(rule.arn.as_str()).copied()).cloned()
    };
    rules.into_iter().filter_map(|rule| Some((service_of(&rule)?, rule))).collect()
}

fn production_rules(service: &ObservedService) -> impl Iterator<Item = &str> {
    let load_balancers = service.settings.0.get("loadBalancers").and_then(Value::as_array);
    load_balancers
        .into_iter()
        .flatten()
        .filter_map(|load_balancer| load_balancer.pointer("/advancedConfiguration/productionListenerRule")?.as_str())
}
