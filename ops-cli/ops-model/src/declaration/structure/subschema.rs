use serde_json::Value;

/// The part of a schema that speaks about the value under a path, references followed.
///
/// What stands beside a reference (`description`) goes before what it refers to. An item without a description has its
/// list's.
pub(super) fn at(root: &Value, path: &[String]) -> Option<Value> {
    path.iter().try_fold(resolved(root, root), |schema, segment| {
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
        Some(next)
    })
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
