use std::collections::BTreeMap;

use aws_sdk_ecs::types::Tag;

pub(super) fn from_sdk(tags: &[Tag]) -> BTreeMap<String, String> {
    tags.iter().filter_map(|tag| Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned()))).collect()
}

/// `None` when there are none: ECS refuses an empty list in some calls.
pub(super) fn to_sdk(tags: &BTreeMap<String, String>) -> Option<Vec<Tag>> {
    let tags: Vec<_> = tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect();
    (!tags.is_empty()).then_some(tags)
}
