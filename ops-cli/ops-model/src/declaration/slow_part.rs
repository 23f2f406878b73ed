use serde_json::{Map, Value, json};

/// Keys of the declaration that Terraform consumes whole.
const WHOLE: [&str; 18] = [
    "environment",
    "account",
    "region",
    "ops_bucket",
    "network",
    "logs",
    "cluster",
    "registry",
    "domain",
    "load_balancer",
    "database",
    "secrets",
    "queues",
    "sites",
    "uploads",
    "alarms",
    "records",
    "firewall",
];
/// Keys of a service that Terraform consumes.
const OF_A_SERVICE: [&str; 3] = ["port", "public", "secrets"];

/// What Terraform consumes of a declaration, as it stands in the YAML, with `null` for what is absent.
///
/// Terraform writes the same as `applied_from` into the platform contract.
pub(super) fn of(environment: &Value) -> Value {
    let pick = |from: &Value, keys: &[&str]| -> Map<String, Value> {
        keys.iter().map(|key| ((*key).to_owned(), from.get(key).cloned().unwrap_or_default())).collect()
    };
    let services: Map<String, Value> = environment
        .get("services")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, service)| (name.clone(), Value::Object(pick(service, &OF_A_SERVICE))))
        .collect();
    let mut slow_part = pick(environment, &WHOLE);
    slow_part.insert("services".to_owned(), json!(services));
    Value::Object(slow_part)
}
