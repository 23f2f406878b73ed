use std::collections::BTreeMap;

use ops_engine::bundle::Stored;
use proptest::option;
use proptest::prelude::Strategy;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use super::some_of;

pub(crate) const SITES: [&str; 2] = ["docs", "shop"];

/// Builds that there are.
pub(crate) const VERSIONS: [u32; 4] = [1, 2, 3, 4];

/// A site, and the build that it is to serve.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnSite {
    /// `None`: none has been promoted.
    pub version: Option<u32>,
    settings: Map<String, Value>,
}

pub(super) fn site() -> impl Strategy<Value = DrawnSite> {
    let settings = some_of(vec![
        vec![json!({"keep_builds": 1}), json!({"keep_builds": 2}), json!({"keep_builds": 4})],
        vec![
            json!({"headers": [{"files": "**/*.js", "content_language": "ko"}]}),
            json!({"headers": [{"files": "robots.txt", "cache_control": "max-age=9"}]}),
        ],
        vec![json!({"immutable": ["assets/**"]})],
    ]);
    (option::weighted(0.9, select(VERSIONS.to_vec())), settings)
        .prop_map(|(version, settings)| DrawnSite { version, settings })
}

impl DrawnSite {
    pub(super) fn declared(&self, name: &str) -> Value {
        let mut declared = self.settings.clone();
        declared.insert("artifact".to_owned(), json!(name));
        Value::Object(declared)
    }

    /// Its part of `builds.yaml`.
    pub(super) fn artifact(&self, name: &str, bundles: &BTreeMap<u32, Stored>) -> Option<String> {
        let version = self.version?;
        let Stored { place, digest, .. } = bundles.get(&version)?;
        Some(format!("  {name}:\n    bundle: {place}\n    digest: {digest}\n    version: {version}.0.0\n"))
    }
}
