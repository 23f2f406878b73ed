use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Difference;
use crate::declaration::Digest;
use crate::site::{ObjectHeaders, SiteBuild};

/// How one site stands before the plan runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "standing")]
pub enum SiteStanding {
    InSync,
    Changes,
    /// It names no artifact: nobody deploys into it.
    NotDeployed,
    /// Its artifact has no build in this environment yet.
    WaitsForBuild {
        artifact: String,
    },
    /// Terraform has not yet made its bucket and distribution.
    WaitsForTerraform,
    /// A gate says why.
    Held,
    /// Its files are as declared, but its distribution is not, which is Terraform's to mend.
    Distribution {
        settings: Vec<Difference>,
    },
}

/// What the executor does to a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum SiteAct {
    /// Brings a build, or goes on bringing one.
    Publish(Box<SiteWork>),
    /// Puts right what somebody else has changed.
    Repair(Box<SiteWork>),
}

/// What is done, in the order of the fields. Lists that are empty are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteWork {
    pub bucket: String,
    pub distribution_id: String,
    /// Entity tag of the document that says what is served. `None`: there is none, so that the bucket is claimed first.
    pub current_entity_tag: Option<String>,
    /// Files by the bundle that they are taken from: `s3://bucket/key`.
    pub uploads: BTreeMap<String, Vec<SiteUpload>>,
    /// Manifest to be written once they are there; `None`: the bucket has it.
    pub manifest: Option<SiteBuild>,
    pub build: Digest,
    pub kept: Vec<Digest>,
    /// When a flip began that is only continued: its invalidation has the same name then.
    pub since: Option<Timestamp>,
    /// An invalidation that an earlier process began and that is all that is left to wait for.
    pub invalidation: Option<String>,
    /// Manifest to be written in the place of an older one of the same build, whose headers were others. Not before it is
    /// noted that the objects are being changed.
    pub changed_manifest: Option<SiteBuild>,
    /// Batch after batch; the entry page is alone in the last.
    pub copies: Vec<Vec<SiteCopy>>,
    /// Keys that the build does not serve.
    pub deletions: Vec<String>,
    /// Paths that the distribution has to forget, percent-encoded.
    pub invalidate: Vec<String>,
    /// Keys that no kept build needs.
    pub removals: Vec<String>,
    /// Entity tags of the objects that stay as they are, by key.
    pub entity_tags: BTreeMap<String, String>,
}

/// A file of a bundle and where it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteUpload {
    /// In the bundle.
    pub path: String,
    pub key: String,
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    pub headers: ObjectHeaders,
}

/// A copy within the bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteCopy {
    pub from: String,
    pub to: String,
    pub sha256: String,
    pub headers: ObjectHeaders,
}

/// What the executor does about a bucket that people could read past the distribution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum SiteAccessAct {
    /// Blocks public access by lists and policies, whatever they say.
    Close { bucket: String },
}

/// Why nothing may be published into a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum SiteGate {
    /// Somebody else has put objects into the bucket.
    NotOwned { objects: usize, examples: Vec<String> },
    /// More foreign objects would be deleted than the site itself has.
    ForeignObjects { objects: usize, examples: Vec<String> },
    /// The bundle is missing, or has not what the declaration names.
    Bundle { why: String },
    /// Names that are to stand for one content for ever, and stand for another one in a build that is kept.
    NameTaken { paths: Vec<String> },
    /// The distribution is not as Terraform made it.
    Distribution { settings: Vec<Difference> },
}
