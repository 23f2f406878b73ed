//! Members of an AWS document, where they have the form that the declaration can say.

use serde_json::{Map, Value};

type Document = Map<String, Value>;

/// A text that says something.
pub(super) fn text<'a>(document: &'a Document, member: &str) -> Option<&'a str> {
    document.get(member).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// A whole number within bounds. Where a number may have a fraction AWS writes 10 as `10.0`.
pub(super) fn number(document: &Document, member: &str, (from, to): (u32, u32)) -> Option<u32> {
    let number = document.get(member).and_then(Value::as_f64)?;
    format!("{number}").parse().ok().filter(|number| (from..=to).contains(number))
}

pub(super) fn is_true(document: &Document, member: &str) -> bool {
    document.get(member) == Some(&Value::Bool(true))
}

pub(super) fn object<'a>(document: &'a Document, member: &str) -> Option<&'a Document> {
    document.get(member).and_then(Value::as_object)
}

pub(super) fn items<'a>(document: &'a Document, member: &str) -> &'a [Value] {
    document.get(member).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// All texts of a list; none when one of its items is no text.
pub(super) fn words(document: &Document, member: &str) -> Vec<String> {
    let words = items(document, member).iter().map(|word| word.as_str().map(str::to_owned));
    words.collect::<Option<Vec<_>>>().unwrap_or_default()
}

/// Whether people may give this name to a service, a task, a container, a volume.
pub(super) fn is_given_name(name: &str) -> bool {
    let valid = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    name.len() <= 24
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && !name.ends_with('-')
        && name.bytes().all(valid)
}
