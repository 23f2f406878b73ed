use std::collections::BTreeMap;

use super::Subject;
use crate::declaration::Fault;

/// Uploads have each key once.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for uploads in subject.named("uploads") {
        let Some(keys) = uploads.value.get("public_keys") else { continue };
        let mut names: BTreeMap<String, &str> = BTreeMap::new();
        for entry in keys.entries() {
            // Line ends do not make another key.
            let Some(key) = entry.value.text().map(|text| text.split_whitespace().collect()) else { continue };
            let Some(other) = names.get(&key) else {
                names.insert(key, &entry.key);
                continue;
            };
            faults.push(
                subject
                    .fault(
                        "declaration::public_key",
                        format!("`{}` and `{other}` of the uploads `{}` are the same key", entry.key, uploads.key),
                    )
                    .at(&entry.key_span, format!("the same as `{other}`"))
                    .remedy("remove one of the two, or make another key pair"),
            );
        }
    }
}
