use std::ops::Range;

use serde_json::{Map, Number, Value};

/// A value in the text.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::declaration) struct Node {
    /// Bytes of the text that it takes up.
    pub(in crate::declaration) span: Range<usize>,
    pub(in crate::declaration) content: Content,
}

#[derive(Debug, Clone, PartialEq)]
pub(in crate::declaration) enum Content {
    Null,
    Boolean(bool),
    Number {
        number: Number,
        /// As written, which may say more than the number: `000000000000`.
        written: String,
    },
    Text(String),
    Sequence(Vec<Node>),
    Mapping(Vec<Entry>),
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::declaration) struct Entry {
    pub(in crate::declaration) key: String,
    pub(in crate::declaration) key_span: Range<usize>,
    pub(in crate::declaration) value: Node,
}

impl Node {
    /// Value of a key; `None` when this is no mapping or has no such key.
    pub(in crate::declaration) fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.value)
    }

    pub(in crate::declaration) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// Keys and values in the order of the text; nothing when this is no mapping.
    pub(in crate::declaration) fn entries(&self) -> &[Entry] {
        match &self.content {
            Content::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// Items in order; nothing when this is no sequence.
    pub(in crate::declaration) fn items(&self) -> &[Self] {
        match &self.content {
            Content::Sequence(items) => items,
            _ => &[],
        }
    }

    pub(in crate::declaration) fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(in crate::declaration) fn whole_number(&self) -> Option<u64> {
        match &self.content {
            Content::Number { number, .. } => number.as_u64(),
            _ => None,
        }
    }

    pub(in crate::declaration) fn is_scalar(&self) -> bool {
        !matches!(self.content, Content::Sequence(_) | Content::Mapping(_))
    }

    /// The value under a path of keys and indices, as far as there is one.
    pub(in crate::declaration) fn follow(&self, path: &[String]) -> Option<&Self> {
        path.iter().try_fold(self, |node, segment| match &node.content {
            Content::Sequence(items) => items.get(segment.parse::<usize>().ok()?),
            _ => node.get(segment),
        })
    }

    /// The same as plain data.
    pub(in crate::declaration) fn to_value(&self) -> Value {
        match &self.content {
            Content::Null => Value::Null,
            Content::Boolean(boolean) => Value::Bool(*boolean),
            Content::Number { number, .. } => Value::Number(number.clone()),
            Content::Text(text) => Value::String(text.clone()),
            Content::Sequence(items) => Value::Array(items.iter().map(Self::to_value).collect()),
            Content::Mapping(entries) => {
                let object: Map<_, _> =
                    entries.iter().map(|entry| (entry.key.clone(), entry.value.to_value())).collect();
                Value::Object(object)
            }
        }
    }
}
