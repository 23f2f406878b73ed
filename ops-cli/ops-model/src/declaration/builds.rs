use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which build of each artifact an environment runs: `infra/environments/<environment>/builds.yaml`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Builds {
    /// Version of this file's format. Always 1.
    #[schemars(range(min = 1, max = 1))]
    pub version: u32,
    /// The build of each artifact, by the artifact's name.
    #[schemars(extend("propertyNames" = {
        "pattern": "^[a-z][a-z0-9-]{0,39}$",
        "description": "a lower-case letter, then up to 39 lower-case letters, digits and hyphens"
    }))]
    pub artifacts: BTreeMap<String, Build>,
}

/// The immutable result of building one commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Build {
    /// Repository of the image, without tag and digest: `<registry>/<name>`.
    #[schemars(regex(pattern = r"^[a-z0-9][a-z0-9.-]*(:[0-9]+)?(/[a-z0-9]+([._-][a-z0-9]+)*)+$"))]
    pub image: String,
    /// Digest of the image's manifest: `sha256:` and 64 hexadecimal digits. Not a tag: a tag can move.
    pub digest: Digest,
    /// Version that people call it by, such as `1.4.0`, in quotes when it looks like a number.
    #[schemars(regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$"))]
    pub version: String,
    /// Commit that it was built from, all 40 (or 64) hexadecimal digits; absent when nobody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[0-9a-f]{40}([0-9a-f]{24})?$"))]
    pub commit: Option<String>,
    /// Environment that it was promoted from; absent for a fresh build.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promoted_from: Option<String>,
    /// Who promoted it: `Name <mail>` as git knows them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promoted_by: Option<String>,
    /// Record of the reconcile that showed it healthy in `promoted_from`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
}

/// What stands at the top of `builds.yaml`.
const HEADER: &str = "\
# yaml-language-server: $schema=../../schema/builds.schema.json
#
# Written by `ops promote` and `ops rollback` alone, like a lock file.
";

impl Builds {
    /// Version of the file's format.
    pub const VERSION: u32 = 1;

    /// The text of `builds.yaml`: the same builds always give the same text, so that a promotion is a small diff.
    ///
    /// # Errors
    /// A value that the YAML writer refuses.
    pub fn to_yaml(&self) -> Result<String, serde_yaml::ser::Error> {
        Ok(format!("{HEADER}{}", serde_yaml::to_string(self)?))
    }
}

impl Build {
    /// The image by its digest: what a task definition names, and what can never change under it.
    #[must_use]
    pub fn pinned_image(&self) -> String {
        format!("{}@{}", self.image, self.digest)
    }
}

/// `sha256:` and 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Digest(#[schemars(regex(pattern = r"^sha256:[0-9a-f]{64}$"))] pub String);

impl Digest {
    /// `None` when the text is not `sha256:` and 64 lower-case hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let hexadecimal = text.strip_prefix("sha256:")?;
        let valid =
            hexadecimal.len() == 64 && hexadecimal.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        valid.then(|| Self(text.to_owned()))
    }

    /// `sha256:` and the first twelve digits: enough for people.
    #[must_use]
    pub fn short(&self) -> &str {
        self.0.get(..19).unwrap_or(&self.0)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
