use serde_json::{Map, Value};

/// Merges an override into a document: a mapping into a mapping, a list item with a `name` into the one of the same name
/// where all items have names; `null` takes a member out (RFC 7386), everything else stands in place of what is there.
pub(super) fn merge(document: &mut Map<String, Value>, overrides: &Map<String, Value>) {
    for (member, value) in overrides {
        if value.is_null() {
            document.shift_remove(member);
            continue;
        }
        match document.get_mut(member) {
            Some(there) => merge_value(there, value),
            None => {
                document.insert(member.clone(), value.clone());
            }
        }
    }
}

fn merge_value(there: &mut Value, value: &Value) {
    match (there, value) {
        (Value::Object(there), Value::Object(value)) => merge(there, value),
        (Value::Array(there), Value::Array(items)) if have_names(there) && have_names(items) => {
            for item in items {
                match there.iter_mut().find(|one| item_name(one) == item_name(item)) {
                    Some(one) => merge_value(one, item),
                    None => there.push(item.clone()),
                }
            }
        }
        (there, value) => *there = value.clone(),
    }
}

fn have_names(items: &[Value]) -> bool {
    items.iter().all(|item| item_name(item).is_some())
}

fn item_name(item: &Value) -> Option<&str> {
    item.get("name").and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    fn merged(mut document: Value, overrides: &Value) -> Value {
        super::merge_value(&mut document, overrides);
        document
    }

    #[test]
    fn items_meet_by_name_and_everything_else_is_replaced() {
        assert_eq!(
            merged(
                json!({"a": {"b": 1, "c": [1, 2]}, "containers": [{"name": "x", "cpu": 1, "keep": true}], "e": 1}),
                &json!({"a": {"c": [3]}, "containers": [{"name": "x", "cpu": 2}, {"name": "y"}], "d": {"f": 1}, "e": null}),
            ),
            json!({
                "a": {"b": 1, "c": [3]}, "containers": [{"name": "x", "cpu": 2, "keep": true}, {"name": "y"}],
                "d": {"f": 1},
            }),
        );
        assert_eq!(merged(json!([{"name": "x"}]), &json!([])), json!([{"name": "x"}]), "nothing to merge");
        assert_eq!(
            merged(json!([{"port": 1}]), &json!([{"port": 1, "name": "http"}])),
            json!([{"port": 1, "name": "http"}]),
            "without names there is nothing to meet by",
        );
    }
}
