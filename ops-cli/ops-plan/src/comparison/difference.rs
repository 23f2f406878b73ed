use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::canonical::Table;
use super::field::Shape;

/// Shown in place of a value that somebody put into AWS by hand: it may be a secret.
const NOT_SHOWN: &str = "(a value not in git, not shown)";

/// One place in which two canonical documents differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Keys from the top.
    pub(crate) keys: Vec<String>,
    /// The row's path: names, keys and items as `*`.
    pub(crate) pattern: String,
    pub(crate) live: Option<String>,
    pub(crate) declared: Option<String>,
}

/// Every place in which the live document is not the declared one, both in canonical form.
pub(crate) fn differences(live: &Map<String, Value>, declared: &Map<String, Value>, table: &Table) -> Vec<Found> {
    let mut walk = Walk { table, keys: Vec::new(), found: Vec::new() };
    walk.objects(live, declared, "", false);
    walk.found
}

struct Walk<'a> {
    table: &'a Table,
    keys: Vec<String>,
    found: Vec<Found>,
}

impl Walk<'_> {
    /// What AWS takes where a side says nothing and the other one says this.
    fn nothing_said(&self, pattern: &str, other: Option<&Value>) -> Option<String> {
        self.table.default(pattern).map(shown).or_else(|| match other {
            Some(Value::Bool(true)) => Some("false".to_owned()),
            _ => None,
        })
    }

    fn objects(&mut self, live: &Map<String, Value>, declared: &Map<String, Value>, pattern: &str, named: bool) {
        for key in live.keys().chain(declared.keys()).collect::<BTreeSet<_>>() {
            let step = if named { "*" } else { key };
            let below = if pattern.is_empty() { step.to_owned() } else { format!("{pattern}.{step}") };
            self.keys.push(key.clone());
            self.values(live.get(key), declared.get(key), &below, pattern);
            self.keys.pop();
        }
    }

    fn values(&mut self, live: Option<&Value>, declared: Option<&Value>, pattern: &str, parent: &str) {
        if live == declared {
            return;
        }
        let nothing = Map::new();
        let shape = self.table.shape(pattern);
        let sides = match (live, declared) {
            (Some(Value::Object(live)), Some(Value::Object(declared))) => Some((live, declared)),
            (Some(Value::Object(live)), None) if shape != Shape::Whole => Some((live, &nothing)),
            (None, Some(Value::Object(declared))) if shape != Shape::Whole => Some((&nothing, declared)),
            _ => None,
        };
        if let Some((live, declared)) = sides {
            // An empty one still differs from none.
            let one_is_empty = live.is_empty() && declared.is_empty();
            let named = !matches!(shape, Shape::Plain | Shape::Whole | Shape::Set | Shape::UnlessDeclared);
            if !one_is_empty {
                return self.objects(live, declared, pattern, named);
            }
        }
        let hidden =
            matches!(self.table.shape(parent), Shape::HiddenPairs(..) | Shape::HiddenMap) && declared.is_none();
        let nothing_said = self.nothing_said(pattern, live.or(declared));
        self.found.push(Found {
            keys: self.keys.clone(),
            pattern: pattern.to_owned(),
            live: live
                .map(|live| if hidden { NOT_SHOWN.to_owned() } else { shown(live) })
                .or_else(|| nothing_said.clone()),
            declared: declared.map(shown).or(nothing_said),
        });
    }
}

/// A value in a line: lists of words with spaces between, a container by its image, everything else as JSON.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
        }
        Value::Object(members) => match members.get("image").and_then(Value::as_str) {
            Some(image) => image.to_owned(),
            None if members.is_empty() => "there".to_owned(),
            None => value.to_string(),
        },
        _ => value.to_string(),
    }
}
