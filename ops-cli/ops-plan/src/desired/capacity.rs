use ops_model::declaration::{Capacity, CapacityShare};
use serde_json::{Map, Value, json};

/// `launchType` or `capacityProviderStrategy`, as services, tasks and schedules take them.
pub(super) fn capacity(declared: Option<&Capacity>) -> Map<String, Value> {
    let Some(Capacity { fargate, fargate_spot }) = declared else {
        return Map::from_iter([("launchType".to_owned(), json!("FARGATE"))]);
    };
    let shares = [("FARGATE", fargate), ("FARGATE_SPOT", fargate_spot)];
    let strategy: Vec<Value> = shares
        .into_iter()
        .filter_map(|(provider, share)| {
            let CapacityShare { base, weight } = (*share)?;
            Some(json!({"capacityProvider": provider, "base": base, "weight": weight}))
        })
        .collect();
    Map::from_iter([("capacityProviderStrategy".to_owned(), Value::Array(strategy))])
}
