use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
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
    /// Builds that are not to be deployed here until somebody lifts the hold: `ops rollback` puts one on what it goes back
    /// from, `ops hold` lifts it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<Hold>,
}

/// A build that is not to be deployed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// Name of the artifact.
    #[schemars(regex(pattern = "^[a-z][a-z0-9-]{0,39}$"))]
    pub artifact: String,
    /// Digest of the build.
    pub digest: Digest,
    /// Version that people call it by.
    #[schemars(regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$"))]
    pub version: String,
    /// Why, for whoever wants to lift it.
    #[schemars(length(min = 1, max = 500))]
    pub reason: String,
    /// Who put it there: `Name <mail>` as git knows them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_by: Option<String>,
}

/// The immutable result of building one commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenBuild", into = "WrittenBuild")]
pub struct Build {
    pub content: BuildContent,
    pub digest: Digest,
    pub version: String,
    pub commit: Option<String>,
    pub promoted_from: Option<String>,
    pub promoted_by: Option<String>,
    pub evidence: Option<String>,
}

/// What a build is, and where it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BuildContent {
    /// Repository of an image: `<registry>/<name>`.
    Image(String),
    /// Place of a site's bundle: `s3://<bucket>/<key>`.
    Bundle(String),
}

/// The immutable result of building one commit: an image, or a site's bundle.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Build")]
struct WrittenBuild {
    /// Repository of the image, without tag and digest: `<registry>/<name>`. Either this or `bundle`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[a-z0-9][a-z0-9.-]*(:[0-9]+)?(/[a-z0-9]+([._-][a-z0-9]+)*)+$"))]
    image: Option<String>,
    /// Place of the bundle of a site's files: `s3://<bucket>/<key>`. Either this or `image`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[A-Za-z0-9!_.*'()/-]{1,1024}$"))]
    bundle: Option<String>,
    /// Digest of the image's manifest or of the bundle's files: `sha256:` and 64 hexadecimal digits. Not a tag: a tag
    /// can move.
    digest: Digest,
    /// Version that people call it by, such as `1.4.0`, in quotes when it looks like a number.
    #[schemars(regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$"))]
    version: String,
    /// Commit that it was built from, all 40 (or 64) hexadecimal digits; absent when nobody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[0-9a-f]{40}([0-9a-f]{24})?$"))]
    commit: Option<String>,
    /// Environment that it was promoted from; absent for a fresh build.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    promoted_from: Option<String>,
    /// Who promoted it: `Name <mail>` as git knows them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    promoted_by: Option<String>,
    /// Record of the reconcile that showed it healthy in `promoted_from`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    evidence: Option<String>,
}

/// A rule says the same with the place in the file.
#[derive(Debug, thiserror::Error)]
#[error("a build is either an `image` or a `bundle`")]
struct NeitherOrBoth;

impl TryFrom<WrittenBuild> for Build {
    type Error = NeitherOrBoth;

    fn try_from(written: WrittenBuild) -> Result<Self, NeitherOrBoth> {
        let WrittenBuild { image, bundle, digest, version, commit, promoted_from, promoted_by, evidence } = written;
        let content = match (image, bundle) {
            (Some(image), None) => BuildContent::Image(image),
            (None, Some(bundle)) => BuildContent::Bundle(bundle),
            (None, None) | (Some(_), Some(_)) => return Err(NeitherOrBoth),
        };
        Ok(Self { content, digest, version, commit, promoted_from, promoted_by, evidence })
    }
}

impl From<Build> for WrittenBuild {
    fn from(build: Build) -> Self {
        let Build { content, digest, version, commit, promoted_from, promoted_by, evidence } = build;
        let (image, bundle) = match content {
            BuildContent::Image(image) => (Some(image), None),
            BuildContent::Bundle(bundle) => (None, Some(bundle)),
        };
        Self { image, bundle, digest, version, commit, promoted_from, promoted_by, evidence }
    }
}

impl JsonSchema for Build {
    fn schema_name() -> Cow<'static, str> {
        WrittenBuild::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        WrittenBuild::json_schema(generator)
    }
}

/// What stands at the top of `builds.yaml`.
const HEADER: &str = "\
# yaml-language-server: $schema=../../schema/builds.schema.json
#
# Written by `ops promote`, `ops rollback` and `ops hold` alone, like a lock file.
";

impl Builds {
    /// Version of the file's format.
    pub const VERSION: u32 = 1;

    /// The hold on a build of an artifact, if there is one.
    #[must_use]
    pub fn hold(&self, artifact: &str, digest: &Digest) -> Option<&Hold> {
        self.holds.iter().find(|hold| hold.artifact == artifact && hold.digest == *digest)
    }

    /// The text of `builds.yaml`: the same builds always give the same text, so that a promotion is a small diff.
    ///
    /// # Errors
    /// A value that the YAML writer refuses.
    pub fn to_yaml(&self) -> Result<String, serde_yaml::ser::Error> {
        Ok(format!("{HEADER}{}", serde_yaml::to_string(self)?))
    }
}

impl Build {
    /// The image by its digest: what a task definition names, and what can never change under it. `None` for a bundle.
    #[must_use]
    pub fn pinned_image(&self) -> Option<String> {
        match &self.content {
            BuildContent::Image(image) => Some(format!("{image}@{}", self.digest)),
            BuildContent::Bundle(_) => None,
        }
    }

    /// Where it is kept, with its digest.
    #[must_use]
    pub fn pinned(&self) -> String {
        let (BuildContent::Image(place) | BuildContent::Bundle(place)) = &self.content;
        format!("{place}@{}", self.digest)
    }

    /// Whether both bring the same to run or to serve. Where a bundle is kept makes no difference to what is in it.
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        let same_content = match (&self.content, &other.content) {
            (BuildContent::Image(one), BuildContent::Image(other)) => one == other,
            (BuildContent::Bundle(_), BuildContent::Bundle(_)) => true,
            (BuildContent::Image(_), BuildContent::Bundle(_)) | (BuildContent::Bundle(_), BuildContent::Image(_)) => {
                false
            }
        };
        same_content && self.digest == other.digest
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

    /// The 64 digits.
    #[must_use]
    pub fn hexadecimal(&self) -> &str {
        self.0.strip_prefix("sha256:").unwrap_or(&self.0)
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
