use std::collections::BTreeMap;

use aws_sdk_ecs::types::Tag;
use serde_json::{Value, json};

use crate::aws_document::Document;

pub(super) fn from_sdk(tags: &[Tag]) -> BTreeMap<String, String> {
    tags.iter().filter_map(|tag| Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned()))).collect()
}

pub(super) fn to_sdk(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

/// Sets the tags of a request. No tags are no member: ECS refuses an empty list in some calls.
pub(super) fn put_into(document: &mut Document, tags: &BTreeMap<String, String>) {
    if !tags.is_empty() {
        let tags = tags.iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
        document.insert("tags".to_owned(), Value::Array(tags));
    }
}
