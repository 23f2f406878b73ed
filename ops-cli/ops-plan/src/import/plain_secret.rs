//! Secrets that stand in plain in what was found: they are never written into a file that git keeps.

use ops_model::declaration::{holds_secret, looks_like_secret};
use serde_json::Value;

use super::note::Note;
use crate::desired::VERSION_LABEL;

/// Stands wherever such a value would be shown.
pub const NOT_COPIED: &str = "(a secret in plain, not copied)";

/// Values that were left out. They stay in this process.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Withheld(Vec<String>);

impl std::fmt::Debug for Withheld {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Withheld({})", self.0.len())
    }
}

impl Withheld {
    /// A text without any of them.
    #[must_use]
    pub fn blot(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), NOT_COPIED))
    }

    /// Takes every secret out of a document.
    pub(super) fn take(&mut self, document: &mut Value, place: &str, notes: &mut Vec<Note>) {
        match document {
            Value::Object(members) => {
                members.retain(|name, member| {
                    let secret = member.as_str().filter(|text| looks_like_secret(text) || is_named_secret(name, text));
                    self.keep(secret, &format!("{place}.{name}"), notes)
                });
                for (name, member) in members {
                    self.take(member, &format!("{place}.{name}"), notes);
                }
            }
            Value::Array(items) => {
                let mut index = 0;
                items.retain(|item| {
                    let pair = item.get("name").and_then(Value::as_str).zip(item.get("value").and_then(Value::as_str));
                    let named = pair.filter(|(name, value)| holds_secret(name, value));
                    let secret =
                        named.map(|(_, value)| value).or_else(|| item.as_str().filter(|text| looks_like_secret(text)));
                    let name = pair.map_or_else(|| index.to_string(), |(name, _)| name.to_owned());
                    index += 1;
                    self.keep(secret, &format!("{place}.{name}"), notes)
                });
                for item in items {
                    let name = item.get("name").and_then(Value::as_str).map(str::to_owned);
                    let place = name.map_or_else(|| place.to_owned(), |name| format!("{place}.{name}"));
                    self.take(item, &place, notes);
                }
            }
            _ => {}
        }
    }

    fn keep(&mut self, secret: Option<&str>, place: &str, notes: &mut Vec<Note>) -> bool {
        let Some(secret) = secret else { return true };
        // A part that is a word of every text would blot out too much, and is no secret by itself.
        if secret.len() >= 4 {
            self.0.push(secret.to_owned());
            self.0.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        }
        notes.push(Note::new(
            place,
            "a secret stands here in plain: it was not copied, so the plan takes it out; put it into SSM or Secrets Manager, \
             name it under `secrets:`, and replace it",
        ));
        false
    }
}

/// Members of AWS's own, and labels of ops's: their names speak of secrets, and their values are none.
fn is_named_secret(name: &str, text: &str) -> bool {
    let is_known =
        matches!(name, "valueFrom" | "credentialsParameter" | "clientToken") || name.starts_with(VERSION_LABEL);
    !is_known && holds_secret(name, text)
}
