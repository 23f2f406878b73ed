//! A section of a manifest: what is read is taken out, and what is left at the end is a note.

use serde_json::{Map, Value};

use crate::import::note::Note;
use crate::import::read_error::ReadError;

pub(super) struct Section {
    file: String,
    path: String,
    members: Map<String, Value>,
    notes: Vec<Note>,
}

impl Section {
    /// The whole manifest, with what one of Copilot's environments says differently.
    pub(super) fn manifest(file: &str, whole: Value, environment: Option<&str>) -> Result<Self, ReadError> {
        let Value::Object(mut members) = whole else {
            return Err(ReadError::Malformed { file: file.to_owned(), why: "it holds no mapping".to_owned() });
        };
        let environments = members.shift_remove("environments");
        let mut notes = Vec::new();
        match (environment, environments) {
            (Some(name), Some(Value::Object(mut environments))) if environments.contains_key(name) => {
                if let Some(Value::Object(changes)) = environments.shift_remove(name) {
                    overlay(&mut members, changes);
                }
            }
            (Some(name), _) => {
                let place = format!("{file}: environments.{name}");
                notes.push(Note::new(place, "nothing is said of this environment: the manifest counts as it is"));
            }
            (None, Some(_)) => notes.push(Note::new(
                format!("{file}: environments"),
                "not taken over: `--from-environment` says which of them counts",
            )),
            (None, None) => {}
        }
        Ok(Self { file: file.to_owned(), path: String::new(), members, notes })
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    pub(super) fn note(&mut self, key: &str, text: impl Into<String>) {
        let place = format!("{}: {}", self.file, self.path_of(key));
        self.notes.push(Note::new(place, text));
    }

    pub(super) fn take(&mut self, key: &str) -> Option<Value> {
        self.members.shift_remove(key).filter(|value| !value.is_null())
    }

    /// Takes a member when it has the form that is known; otherwise it is left for the note.
    pub(super) fn take_as<T>(&mut self, key: &str, read: impl Fn(&Value) -> Option<T>) -> Option<T> {
        let read = self.members.get(key).and_then(read)?;
        self.members.shift_remove(key);
        Some(read)
    }

    pub(super) fn take_text(&mut self, key: &str) -> Option<String> {
        self.take_as(key, |value| value.as_str().map(str::to_owned))
    }

    pub(super) fn take_boolean(&mut self, key: &str) -> Option<bool> {
        self.take_as(key, Value::as_bool)
    }

    pub(super) fn take_number(&mut self, key: &str, (from, to): (u32, u32)) -> Option<u32> {
        self.take_as(key, |value| u32::try_from(value.as_u64()?).ok().filter(|number| (from..=to).contains(number)))
    }

    /// A duration such as `1m30s`.
    pub(super) fn take_seconds(&mut self, key: &str) -> Option<u32> {
        self.take_as(key, |value| seconds(value.as_str()?))
    }

    /// A list of words, or one line of them. A line with quotes would need a shell to be understood.
    pub(super) fn take_words(&mut self, key: &str) -> Vec<String> {
        let words = self.take_as(key, |value| match value {
            Value::String(line) if !line.contains(['"', '\'', '\\', '$', '`']) => {
                Some(line.split_whitespace().map(str::to_owned).collect())
            }
            Value::Array(items) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
            _ => None,
        });
        words.unwrap_or_default()
    }

    /// A mapping below this one; empty when there is none. It is closed again when it has been read.
    pub(super) fn section(&mut self, key: &str) -> Self {
        let members = self.take_as(key, |value| value.as_object().cloned()).unwrap_or_default();
        Self { file: self.file.clone(), path: self.path_of(key), members, notes: Vec::new() }
    }

    /// The names in a mapping, and a section for each.
    pub(super) fn sections(&mut self, key: &str) -> Vec<(String, Self)> {
        let mut outer = self.section(key);
        let names: Vec<String> = outer.members.keys().cloned().collect();
        let sections = names.into_iter().map(|name| {
            let section = outer.section(&name);
            (name, section)
        });
        let sections: Vec<_> = sections.collect();
        self.close(outer);
        sections
    }

    /// Members whose names are people's.
    pub(super) fn entries(&mut self) -> Map<String, Value> {
        std::mem::take(&mut self.members)
    }

    /// Notes of a section that was read.
    pub(super) fn close(&mut self, section: Self) {
        self.notes.extend(section.finish());
    }

    pub(super) fn finish(mut self) -> Vec<Note> {
        let left: Vec<String> = self.members.keys().cloned().collect();
        for key in left {
            self.note(&key, "not taken over: ops has no such setting, or does not know this form of it");
        }
        self.notes
    }
}

/// What an environment says differently: mappings are merged, everything else is replaced.
fn overlay(members: &mut Map<String, Value>, changes: Map<String, Value>) {
    for (key, change) in changes {
        match (members.get_mut(&key), change) {
            (Some(Value::Object(there)), Value::Object(change)) => overlay(there, change),
            (_, change) => {
                members.insert(key, change);
            }
        }
    }
}

/// Of Go's durations, those of whole seconds.
pub(super) fn seconds(duration: &str) -> Option<u32> {
    let mut total: u32 = 0;
    let mut rest = duration.trim();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let unit_at = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let (number, after) = rest.split_at(unit_at);
        let unit: u32 = match after.chars().next()? {
            'h' => 3600,
            'm' if !after.starts_with("ms") => 60,
            's' => 1,
            _ => return None,
        };
        total = total.checked_add(number.parse::<u32>().ok()?.checked_mul(unit)?)?;
        rest = after.get(1..)?;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn durations_are_gos() {
        assert_eq!(seconds("1h30m"), Some(5400));
        assert_eq!(seconds("90s"), Some(90));
        assert_eq!([seconds(""), seconds("5"), seconds("1ms"), seconds("99999999h"), seconds("m")], [None; 5]);
    }
}
