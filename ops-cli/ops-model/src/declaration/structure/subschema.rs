use serde_json::Value;

use crate::declaration::document::{Content, Node};

/// The part of a schema that speaks about the value under a path, references followed.
///
/// What stands beside a reference (`description`) goes before what it refers to. An item without a description has its
/// list's. Of several forms that a value may have, it is the one of the value's type.
pub(super) fn at(root: &Value, document: &Node, path: &[String]) -> Option<Value> {
    let mut schema = meant(root, resolved(root, root), document);
    for (index, segment) in path.iter().enumerate() {
        let next = schema
            .get("properties")
            .and_then(|properties| properties.get(segment))
            .or_else(|| schema.get("additionalProperties").filter(|schema| schema.is_object()))
            .or_else(|| schema.get("items"))?;
        let mut next = resolved(root, next);
        if let (true, Some(description), Some(item)) =
            (schema.get("items").is_some(), schema.get("description"), next.as_object_mut())
        {
            item.entry("description").or_insert_with(|| description.clone());
        }
        schema = meant(root, next, document.follow(path.get(..=index)?)?);
    }
    Some(schema)
}

fn resolved(root: &Value, schema: &Value) -> Value {
    let referred = schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|reference| reference.strip_prefix('#'))
        .and_then(|pointer| root.pointer(pointer));
    match (referred, schema) {
        (Some(Value::Object(target)), Value::Object(beside)) => {
            let mut merged = target.clone();
            merged.extend(beside.clone());
            Value::Object(merged)
        }
        _ => schema.clone(),
    }
}

/// Of several forms the one whose type the value has.
fn meant(root: &Value, schema: Value, node: &Node) -> Value {
    let forms = schema.get("anyOf").and_then(Value::as_array).into_iter().flatten();
    let form = forms.map(|form| resolved(root, form)).find(|form| {
        form.get("type").and_then(Value::as_str).is_some_and(|name| match &node.content {
            Content::Text(_) => name == "string",
            Content::Mapping(_) => name == "object",
            Content::Sequence(_) => name == "array",
            Content::Null | Content::Boolean(_) | Content::Number { .. } => false,
        })
    });
    form.unwrap_or(schema)
}
