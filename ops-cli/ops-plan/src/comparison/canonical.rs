//! One form for everything that means the same to AWS.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use ops_model::observation::ServiceSettings;
use ops_model::task_definition::TaskDefinition;
use serde_json::{Map, Value, json};

use super::field::{Field, Shape};
use super::{service_fields, task_definition_fields};

/// Rows by path.
pub(crate) struct Table(BTreeMap<&'static str, (&'static Field, Option<Value>)>);

impl Table {
    pub(crate) fn new(fields: &'static [Field]) -> Self {
        // A default that is no JSON would be none; a test reads them all.
        Self(fields.iter().map(|field| (field.path, (field, serde_json::from_str(field.default).ok()))).collect())
    }

    pub(crate) fn field(&self, path: &str) -> Option<&'static Field> {
        self.0.get(path).map(|(field, _)| *field)
    }

    pub(crate) fn shape(&self, path: &str) -> Shape {
        self.field(path).map_or(Shape::Plain, |field| field.shape)
    }

    pub(crate) fn default(&self, path: &str) -> Option<&Value> {
        self.0.get(path)?.1.as_ref()
    }

    /// Members at the top that AWS decides unless the declaration says something.
    pub(crate) fn unless_declared(&self) -> impl Iterator<Item = &'static str> {
        self.0.values().filter(|(field, _)| field.shape == Shape::UnlessDeclared).map(|(field, _)| field.path)
    }
}

pub(crate) static TASK_DEFINITION: LazyLock<Table> = LazyLock::new(|| Table::new(task_definition_fields::FIELDS));
pub(crate) static SERVICE: LazyLock<Table> = LazyLock::new(|| Table::new(service_fields::FIELDS));

/// A task definition in the form in which two that mean the same are equal.
pub(crate) fn canonical_task_definition(content: &TaskDefinition) -> Map<String, Value> {
    let mut document = content.0.clone();
    let containers = document.get_mut("containerDefinitions").and_then(Value::as_array_mut);
    for container in containers.into_iter().flatten() {
        // In `awsvpc` mode the host's port is the container's, and 0 asks for that, too.
        for mapping in container.get_mut("portMappings").and_then(Value::as_array_mut).into_iter().flatten() {
            let Some(mapping) = mapping.as_object_mut() else { continue };
            if mapping.get("hostPort").is_some_and(|port| *port == 0 || Some(port) == mapping.get("containerPort")) {
                mapping.remove("hostPort");
            }
        }
        if let Some(policy) = container.get_mut("restartPolicy")
            && policy.get("enabled") != Some(&Value::Bool(true))
        {
            *policy = Value::Null;
        }
    }
    canonical(&document, &TASK_DEFINITION)
}

/// The settings of a service in the form in which two that mean the same are equal. The count is not among them: whose it is
/// is another question.
pub(crate) fn canonical_service(settings: &ServiceSettings) -> Map<String, Value> {
    let mut document = settings.0.clone();
    document.remove("desiredCount");
    unite_capacity(&mut document, "launchType", "capacityProviderStrategy");
    remove_unless_on(&mut document, "serviceConnectConfiguration", "enabled");
    let daemon = document.get("schedulingStrategy").and_then(Value::as_str) == Some("DAEMON");
    if let Some(configuration) = document.get_mut("deploymentConfiguration").and_then(Value::as_object_mut) {
        for member in ["earlySuccessCriteria", "alarms", "deploymentCircuitBreaker"] {
            remove_unless_on(configuration, member, "enable");
        }
        // What the strategy does not look at says nothing; AWS keeps it from an earlier one.
        let strategy = configuration.get("strategy").and_then(Value::as_str).unwrap_or("ROLLING").to_owned();
        let unused = [
            ("canaryConfiguration", strategy != "CANARY"),
            ("linearConfiguration", strategy != "LINEAR"),
            ("bakeTimeInMinutes", strategy == "ROLLING"),
        ];
        for (member, _) in unused.iter().filter(|(_, unused)| *unused) {
            configuration.remove(*member);
        }
        if daemon {
            for (member, default) in [("maximumPercent", 100), ("minimumHealthyPercent", 0)] {
                if configuration.get(member) == Some(&json!(default)) {
                    configuration.remove(member);
                }
            }
        }
    }
    canonical(&document, &SERVICE)
}

/// A launch type is the strategy with that one provider, and the only provider gets all tasks, whatever its weight and
/// base. `launch_type` and `strategy`: what the two members are called.
pub(crate) fn unite_capacity(document: &mut Map<String, Value>, launch_type: &str, strategy: &str) {
    if let Some(provider) = document.remove(launch_type)
        && document.get(strategy).is_none_or(|strategy| *strategy == json!([]))
    {
        document.insert(strategy.to_owned(), json!([{"capacityProvider": provider}]));
    }
    let items = document.get_mut(strategy).and_then(Value::as_array_mut).map(Vec::as_mut_slice);
    if let Some([Value::Object(only)]) = items {
        only.insert("weight".to_owned(), json!(1));
        only.remove("base");
    }
}

/// What is live in that form, without what the declaration leaves to AWS.
pub(crate) fn canonical_live_service(live: &ServiceSettings, wanted: &ServiceSettings) -> Map<String, Value> {
    let mut seen = canonical_service(live);
    for member in SERVICE.unless_declared().filter(|member| !wanted.0.contains_key(*member)) {
        seen.remove(member);
    }
    seen
}

/// What is off is off, whatever else is said of it.
fn remove_unless_on(document: &mut Map<String, Value>, member: &str, switch: &str) {
    if document.get(member).is_some_and(|value| value.get(switch) != Some(&Value::Bool(true))) {
        document.remove(member);
    }
}

/// Any document by a table.
pub(crate) fn canonical(document: &Map<String, Value>, table: &Table) -> Map<String, Value> {
    object(document, "", table)
}

fn object(members: &Map<String, Value>, path: &str, table: &Table) -> Map<String, Value> {
    let members = members.iter().filter_map(|(name, member)| {
        let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        Some((name.clone(), value(member, &below, table)?))
    });
    let sorted: BTreeMap<_, _> = members.collect();
    sorted.into_iter().collect()
}

/// `None`: it says nothing, or what AWS takes anyway.
fn value(written: &Value, path: &str, table: &Table) -> Option<Value> {
    let canonical = match (table.shape(path), written) {
        (Shape::Set, Value::Array(items)) => {
            let mut items: Vec<_> = items.iter().map(|one| item(one, path, table)).collect();
            items.sort_by_cached_key(Value::to_string);
            items.dedup();
            Value::Array(items)
        }
        (Shape::Keyed(keys), Value::Array(items)) => keyed(items, keys, path, table),
        (Shape::Pairs(name, value) | Shape::HiddenPairs(name, value), Value::Array(items)) => pairs(items, name, value),
        (Shape::Map | Shape::HiddenMap, Value::Object(members)) => {
            let sorted: BTreeMap<_, _> = members.clone().into_iter().collect();
            Value::Object(sorted.into_iter().collect())
        }
        (_, Value::Object(members)) => Value::Object(object(members, path, table)),
        (_, Value::Array(items)) => Value::Array(items.iter().map(|one| item(one, path, table)).collect()),
        (_, scalar) => number(scalar),
    };
    match table.default(path) {
        Some(default) => (canonical != *default && !canonical.is_null()).then_some(canonical),
        None => (!says_nothing(&canonical)).then_some(canonical),
    }
}

/// An item stays even if it says nothing: it is one of many.
fn item(written: &Value, path: &str, table: &Table) -> Value {
    match written {
        Value::Object(members) => Value::Object(object(members, &format!("{path}.*"), table)),
        Value::Array(items) => Value::Array(items.iter().map(|one| item(one, &format!("{path}.*"), table)).collect()),
        scalar => number(scalar),
    }
}

fn keyed(items: &[Value], keys: &[&str], path: &str, table: &Table) -> Value {
    let below = format!("{path}.*");
    let mut by_key = Map::new();
    let mut sorted: Vec<&Value> = items.iter().collect();
    sorted.sort_by_cached_key(|one| one.to_string());
    for one in sorted {
        let Value::Object(members) = one else { continue };
        let parts = keys.iter().filter_map(|key| {
            let part = members.get(*key)?;
            let default = table.default(&format!("{below}.{key}"));
            (Some(part) != default).then(|| text(part))
        });
        let key = free(&by_key, parts.collect::<Vec<_>>().join("/"));
        let mut rest = object(members, &below, table);
        rest.retain(|name, _| !keys.contains(&name.as_str()));
        by_key.insert(key, Value::Object(rest));
    }
    in_order(by_key)
}

fn pairs(items: &[Value], name: &str, value: &str) -> Value {
    let mut by_name = Map::new();
    for one in items {
        let key = free(&by_name, one.get(name).map(text).unwrap_or_default());
        by_name.insert(key, one.get(value).cloned().filter(|value| !value.is_null()).unwrap_or_else(|| json!("")));
    }
    in_order(by_name)
}

/// A key that is there twice is one more thing that differs, not one that hides the other.
fn free(taken: &Map<String, Value>, key: String) -> String {
    let mut candidate = key.clone();
    let mut number = 2;
    while taken.contains_key(&candidate) {
        candidate = format!("{key} ({number})");
        number += 1;
    }
    candidate
}

fn in_order(members: Map<String, Value>) -> Value {
    let sorted: BTreeMap<_, _> = members.into_iter().collect();
    Value::Object(sorted.into_iter().collect())
}

/// 60.0 is 60.
fn number(scalar: &Value) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "only a number that is whole and within these bounds is cast")]
    match scalar.as_f64() {
        Some(float) if scalar.is_f64() && float.fract() == 0.0 && float.abs() < 1e15 => json!(float as i64),
        _ => scalar.clone(),
    }
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(true) | Value::Number(_) => false,
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::super::field::Field;
    use super::*;

    #[test]
    fn every_default_is_json_and_every_path_is_there_once() {
        for fields in [task_definition_fields::FIELDS, service_fields::FIELDS] {
            let mut paths: Vec<_> = fields.iter().map(|Field { path, .. }| *path).collect();
            for Field { path, default, .. } in fields {
                assert!(default.is_empty() || serde_json::from_str::<Value>(default).is_ok(), "{path}");
            }
            paths.sort_unstable();
            assert!(paths.windows(2).all(|two| two[0] != two[1]), "{paths:?}");
        }
    }
}
