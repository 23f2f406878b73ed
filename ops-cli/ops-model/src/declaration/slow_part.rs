use serde_json::{Map, Value, json};

/// Keys of the declaration that Terraform consumes whole.
const WHOLE: [&str; 17] = [
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
    "uploads",
    "alarms",
    "records",
    "firewall",
];
/// Keys of a site that ops alone consumes.
const OF_A_SITE_TO_OPS: [&str; 4] = ["artifact", "keep_builds", "immutable", "headers"];
/// Keys of a service that Terraform consumes whole.
const OF_A_SERVICE: [&str; 5] = ["port", "public", "secrets", "exec", "volumes"];
/// Keys of a task that Terraform consumes whole.
const OF_A_TASK: [&str; 4] = ["secrets", "schedule", "family", "volumes"];

/// What Terraform consumes of a declaration, as it stands in the YAML, with `null` for what is absent.
///
/// Terraform writes the same as `applied_from` into the platform contract.
pub(super) fn of(environment: &Value) -> Value {
    let mut slow_part = pick(environment, &WHOLE);
    slow_part.insert("sites".to_owned(), by_name(environment.get("sites"), of_a_site));
    slow_part.insert("services".to_owned(), by_name(environment.get("services"), of_a_service));
    slow_part.insert("tasks".to_owned(), by_name(environment.get("tasks"), of_a_task));
    Value::Object(slow_part)
}

/// Without `null` for what is absent: so it was written before there were keys that ops alone consumes.
fn of_a_site(site: &Value) -> Value {
    let Some(settings) = site.as_object() else { return site.clone() };
    let of_terraform = settings.iter().filter(|(key, _)| !OF_A_SITE_TO_OPS.contains(&key.as_str()));
    Value::Object(of_terraform.map(|(key, setting)| (key.clone(), setting.clone())).collect())
}

fn of_a_service(service: &Value) -> Value {
    let mut part = pick(service, &OF_A_SERVICE);
    part.insert("containers".to_owned(), of_containers(service));
    // Where the traffic shifts, Terraform makes a second target group and leaves the listener's rule to ops.
    let deployment = service.get("deployment").filter(|deployment| deployment.is_object());
    part.insert("deployment".to_owned(), deployment.map(|deployment| json!(pick(deployment, &["strategy"]))).into());
    Value::Object(part)
}

fn of_a_task(task: &Value) -> Value {
    let mut part = pick(task, &OF_A_TASK);
    part.insert("containers".to_owned(), of_containers(task));
    Value::Object(part)
}

fn of_containers(workload: &Value) -> Value {
    let containers = workload.get("containers").filter(|containers| containers.is_object());
    containers.map(|containers| by_name(Some(containers), |container| json!(pick(container, &["secrets"])))).into()
}

fn pick(from: &Value, keys: &[&str]) -> Map<String, Value> {
    keys.iter().map(|key| ((*key).to_owned(), from.get(key).cloned().unwrap_or_default())).collect()
}

fn by_name(entries: Option<&Value>, part: impl Fn(&Value) -> Value) -> Value {
    match entries.and_then(Value::as_object) {
        Some(entries) => Value::Object(entries.iter().map(|(name, entry)| (name.clone(), part(entry))).collect()),
        None => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ops_alone_consumes_of_a_site_is_not_in_it() {
        let of_terraform = json!({
            "host": "console", "entry": "app.html", "single_page": true, "error_page": "404.html",
            "content_security_policy": "default-src 'self'", "price_class": "PriceClass_All",
        });
        let mut whole = of_terraform.clone();
        whole["artifact"] = json!("console");
        whole["keep_builds"] = json!(5);
        whole["immutable"] = json!(["assets/**"]);
        whole["headers"] = json!([{ "files": "*.pdf", "content_type": "application/pdf" }]);
        let slow_part = of(&json!({ "sites": { "console": whole, "status": {} } }));
        assert_eq!(slow_part["sites"], json!({ "console": of_terraform, "status": {} }));
    }

    #[test]
    fn what_is_absent_is_null_as_terraform_writes_it() {
        assert!(of(&json!({}))["sites"].is_null());
    }
}
