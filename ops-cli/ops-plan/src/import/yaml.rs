//! YAML as people write it: scalars and short lists by the library, one line for each member, comments above it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use serde_yaml::FlowSeq;

/// Longest line that a list is written in.
const LINE: usize = 100;

type Problem = serde_yaml::ser::Error;

/// Writes a mapping. `comments`: by path, without the `#`.
pub(super) fn mapping(
    members: &Map<String, Value>,
    comments: &BTreeMap<String, Vec<String>>,
) -> Result<String, Problem> {
    let mut writer = Writer { comments, text: String::new() };
    writer.mapping(members, "", 0)?;
    Ok(writer.text)
}

struct Writer<'a> {
    comments: &'a BTreeMap<String, Vec<String>>,
    text: String,
}

impl Writer<'_> {
    fn mapping(&mut self, members: &Map<String, Value>, path: &str, depth: usize) -> Result<(), Problem> {
        for (name, value) in members {
            let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            let margin = "  ".repeat(depth);
            for comment in self.comments.get(&below).into_iter().flatten() {
                for line in textwrap(comment, 110) {
                    self.text.push_str(&format!("{margin}# {line}\n"));
                }
            }
            let key = scalar(&Value::String(name.clone()))?;
            self.text.push_str(&format!("{margin}{key}:"));
            self.value(value, &below, depth)?;
        }
        Ok(())
    }

    /// What stands after a colon.
    fn value(&mut self, value: &Value, path: &str, depth: usize) -> Result<(), Problem> {
        match value {
            Value::Object(members) if members.is_empty() => self.text.push_str(" {}\n"),
            Value::Object(members) => {
                self.text.push('\n');
                self.mapping(members, path, depth + 1)?;
            }
            Value::Array(items) => match in_one_line(items)? {
                Some(line) => self.text.push_str(&format!(" {line}\n")),
                None => {
                    self.text.push('\n');
                    for item in items {
                        self.item(item, path, depth + 1)?;
                    }
                }
            },
            value => self.text.push_str(&format!(" {}\n", scalar(value)?)),
        }
        Ok(())
    }

    /// An item, whose first member stands beside the dash.
    fn item(&mut self, item: &Value, path: &str, depth: usize) -> Result<(), Problem> {
        let margin = "  ".repeat(depth);
        match item {
            Value::Object(members) if !members.is_empty() => {
                let begin = self.text.len();
                self.mapping(members, &format!("{path}.*"), depth + 1)?;
                // The margin of the first line makes room for the dash.
                self.text.replace_range(begin..begin + margin.len() + 2, &format!("{margin}- "));
            }
            Value::Array(items) => {
                let line = serde_yaml::to_string(&FlowSeq(items))?;
                self.text.push_str(&format!("{margin}- {}\n", line.trim_end()));
            }
            value => self.text.push_str(&format!("{margin}- {}\n", scalar(value)?)),
        }
        Ok(())
    }
}

/// A list of scalars that fits.
fn in_one_line(items: &[Value]) -> Result<Option<String>, Problem> {
    if items.iter().any(|item| item.is_object() || item.is_array()) {
        return Ok(None);
    }
    if items.is_empty() {
        return Ok(Some("[]".to_owned()));
    }
    let line = serde_yaml::to_string(&FlowSeq(items))?;
    let line = line.trim_end();
    Ok((line.len() <= LINE && !line.contains('\n')).then(|| line.to_owned()))
}

fn scalar(value: &Value) -> Result<String, Problem> {
    let text = serde_yaml::to_string(value)?;
    let text = text.trim_end_matches('\n');
    // A text of several lines, or one that would be folded: JSON's strings are YAML's.
    let is_plain = !text.contains('\n') && !value.as_str().is_some_and(|text| text.contains(['\n', '\u{0}']));
    Ok(if is_plain { text.to_owned() } else { value.to_string() })
}

/// Lines of whole words.
fn textwrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
