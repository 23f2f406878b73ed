//! ARNs that were not known yet when the plan was made.

use serde_json::{Map, Value};

/// The document with `arn` wherever a text is exactly `placeholder`.
pub(super) fn filled_in(document: &Map<String, Value>, placeholder: &str, arn: &str) -> Map<String, Value> {
    document.iter().map(|(member, value)| (member.clone(), fill_in(value, placeholder, arn))).collect()
}

/// Whether a text of the document is exactly `placeholder`.
pub(super) fn waits_for(document: &Map<String, Value>, placeholder: &str) -> bool {
    document.values().any(|value| contains(value, placeholder))
}

fn fill_in(value: &Value, placeholder: &str, arn: &str) -> Value {
    match value {
        Value::String(text) if text == placeholder => Value::String(arn.to_owned()),
        Value::Array(items) => items.iter().map(|item| fill_in(item, placeholder, arn)).collect(),
        Value::Object(members) => Value::Object(filled_in(members, placeholder, arn)),
        other => other.clone(),
    }
}

fn contains(value: &Value, placeholder: &str) -> bool {
    match value {
        Value::String(text) => text == placeholder,
        Value::Array(items) => items.iter().any(|item| contains(item, placeholder)),
        Value::Object(members) => waits_for(members, placeholder),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
