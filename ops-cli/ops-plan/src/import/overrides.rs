//! What the declaration has no name for: what still differs when it is rendered again, as overrides (RFC 7386).

use serde_json::{Map, Value, json};

use crate::comparison::{Found, Shape, Table};

type Document = Map<String, Value>;

/// What has to be merged into the rendered document so that it means the same as the live one.
pub(super) fn overrides(live: &Document, found: &[Found], table: &Table) -> Document {
    let mut overrides = Document::new();
    for one in found {
        // A launch type is compared as the strategy with that one provider.
        if one.keys.first().is_some_and(|member| member == "capacityProviderStrategy") {
            for member in ["launchType", "capacityProviderStrategy"] {
                overrides.insert(member.to_owned(), live.get(member).cloned().unwrap_or_default());
            }
            continue;
        }
        let steps: Vec<Step<'_>> = steps(one);
        member(&mut overrides, live, &steps, table);
    }
    overrides
}

/// The same, but with whole members at the top.
pub(super) fn whole_members(live: &Document, found: &[Found]) -> Document {
    let members = found.iter().filter_map(|one| one.keys.first());
    members.map(|member| (member.clone(), live.get(member).cloned().unwrap_or_default())).collect()
}

/// A key on the way to what differs, and the pattern of the path up to it.
struct Step<'a> {
    key: &'a str,
    pattern: &'a str,
}

fn steps(found: &Found) -> Vec<Step<'_>> {
    let ends = found.pattern.match_indices('.').map(|(at, _)| at).chain([found.pattern.len()]);
    found.keys.iter().zip(ends).map(|(key, end)| Step { key, pattern: &found.pattern[..end] }).collect()
}

fn member(overrides: &mut Document, live: &Document, steps: &[Step<'_>], table: &Table) {
    let [Step { key, pattern }, rest @ ..] = steps else { return };
    let there = live.get(*key);
    let below = match (there, rest.is_empty()) {
        // What is not there at all is taken out whole; of a collection of names only the name.
        (None, false) if matches!(table.shape(pattern), Shape::Map | Shape::HiddenMap) => Some(json!({})),
        (None, _) | (_, true) => None,
        (Some(there), false) => Some(there.clone()),
    };
    match (below, overrides.get(*key)) {
        (None, _) => {
            overrides.insert((*key).to_owned(), there.cloned().unwrap_or_else(|| nothing(pattern, table)));
        }
        // Said as a whole already.
        (Some(_), Some(Value::Null)) => {}
        (Some(Value::Object(there)), _) => {
            let inner = overrides.entry(*key).or_insert_with(|| json!({}));
            if let Value::Object(inner) = inner {
                member(inner, &there, rest, table);
            }
        }
        (Some(Value::Array(there)), _) => {
            let list = overrides.entry(*key).or_insert_with(|| json!([]));
            if !item(list, &there, pattern, rest, table) {
                *list = Value::Array(there);
            }
        }
        (Some(scalar), _) => {
            overrides.insert((*key).to_owned(), scalar);
        }
    }
}

/// One item of a list that is merged by name; `false`: the list can only be replaced.
fn item(list: &mut Value, there: &[Value], pattern: &str, steps: &[Step<'_>], table: &Table) -> bool {
    let is_by_name = matches!(
        table.shape(pattern),
        Shape::Keyed(["name"]) | Shape::Pairs("name", _) | Shape::HiddenPairs("name", _)
    );
    let ([Step { key, .. }, rest @ ..], true, Value::Array(items)) = (steps, is_by_name, list) else { return false };
    let called = |item: &&Value| item.get("name").and_then(Value::as_str) == Some(key);
    let Some(Value::Object(live)) = there.iter().find(called) else { return false };
    if rest.is_empty() {
        items.retain(|one| !called(&one));
        items.push(Value::Object(live.clone()));
        return true;
    }
    if !items.iter().any(|one| called(&one)) {
        items.push(json!({"name": key}));
    }
    if let Some(Value::Object(inner)) =
        items.iter_mut().find(|one| one.get("name").and_then(Value::as_str) == Some(key))
    {
        member(inner, live, rest, table);
    }
    true
}

/// What says the default aloud, or else takes the member out.
fn nothing(pattern: &str, table: &Table) -> Value {
    table.default(pattern).cloned().unwrap_or(Value::Null)
}
