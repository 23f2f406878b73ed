//! What is in a site's bucket: files that the distribution serves, at their paths, and what ops keeps of its own.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::bundle::{Bundle, BundleFile, digest};
use crate::declaration::Digest;

/// Folder in a site's bucket that the distribution may not read.
pub const OWN_FOLDER: &str = ".slipway/";

/// Key of [`CurrentBuild`].
pub const CURRENT_KEY: &str = ".slipway/current.json";

/// Folder of [`SiteBuild`]s.
pub const BUILDS_PREFIX: &str = ".slipway/builds/";

/// Folder of staged files, each named by the SHA-256 of its content.
pub const STAGED_PREFIX: &str = ".slipway/files/";

/// Name of the metadata that says what an object holds: the entity tag does not where it came in parts.
pub const SHA256_METADATA: &str = "slipway-sha256";

/// Key of a staged file.
#[must_use]
pub fn staged_key(sha256: &str) -> String {
    format!("{STAGED_PREFIX}{sha256}")
}

/// Key of the manifest of a build.
#[must_use]
pub fn build_key(digest: &Digest) -> String {
    format!("{BUILDS_PREFIX}{}.json", digest.hexadecimal())
}

/// What S3 keeps with an object and CloudFront hands on to browsers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct ObjectHeaders {
    pub content_type: String,
    pub cache_control: String,
    /// `br` or `gzip` for a file that is packed already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_encoding: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_language: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_disposition: Option<String>,
}

/// A build that is wholly in the bucket, so that serving it needs no upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteBuild {
    /// Version of this document's format. Always 1.
    pub version: u32,
    /// Of the bundle.
    pub digest: Digest,
    /// Where the bundle is: `s3://bucket/key`.
    pub bundle: String,
    pub files: BTreeMap<String, SiteFile>,
}

/// A file of a build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteFile {
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    /// It lies at its path from the first upload on, for it never changes. Otherwise a copy is staged.
    pub immutable: bool,
    pub headers: ObjectHeaders,
}

impl SiteBuild {
    pub const VERSION: u32 = 1;

    /// The files alone.
    #[must_use]
    pub fn bundle(&self) -> Bundle {
        let file = |file: &SiteFile| BundleFile { sha256: file.sha256.clone(), size: file.size };
        let files = self.files.iter().map(|(path, it)| (path.clone(), file(it))).collect();
        Bundle { version: Bundle::VERSION, files }
    }

    /// Whether its files are those that its digest is of.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let files = self.files.iter().map(|(path, file)| (path.as_str(), file.sha256.as_str(), file.size));
        digest(files) == self.digest
    }
}

impl SiteFile {
    /// Key under which the bucket holds it, whichever build is served.
    #[must_use]
    pub fn held_at(&self, path: &str) -> String {
        if self.immutable { path.to_owned() } else { staged_key(&self.sha256) }
    }
}

/// What a site serves, written by ops alone. Its presence says that the bucket is ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CurrentBuild {
    /// Version of this document's format. Always 1.
    pub version: u32,
    /// `None`: nothing has been served yet.
    pub build: Option<Digest>,
    /// When its files began to be put into place.
    pub since: Timestamp,
    /// Builds that the bucket holds whole, the one that was served last first.
    pub kept: Vec<Digest>,
    #[serde(flatten)]
    pub state: SiteState,
    /// Entity tag of each object as ops left it, by key.
    pub entity_tags: BTreeMap<String, String>,
}

/// How far a build has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum SiteState {
    /// Its files are being put into place; these paths of the distribution are forgotten after that.
    Flipping {
        invalidate: Vec<String>,
    },
    /// Everything is in place; the edges are being told.
    Invalidating {
        id: String,
        invalidate: Vec<String>,
    },
    Live,
}

impl CurrentBuild {
    pub const VERSION: u32 = 1;

    /// A bucket that is ours and serves nothing yet.
    #[must_use]
    pub fn nothing(since: Timestamp) -> Self {
        Self {
            version: Self::VERSION,
            build: None,
            since,
            kept: Vec::new(),
            state: SiteState::Live,
            entity_tags: BTreeMap::new(),
        }
    }

    /// Names the invalidation of one flip, so that a process that comes after a killed one makes no second one.
    #[must_use]
    pub fn caller_reference(&self) -> String {
        let build = self.build.as_ref().map_or("nothing", Digest::hexadecimal);
        format!("slipway-{build}-{}", self.since.as_millisecond())
    }
}

/// A site's bucket and distribution as they are now.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ObservedSite {
    /// `None`: ops has never put anything there.
    pub current: Option<CurrentBuild>,
    /// Entity tag of the object that says so.
    pub current_entity_tag: Option<String>,
    /// When it was written, to the second.
    pub current_modified: Option<Timestamp>,
    /// Manifests of the builds that are kept, and of the wanted one, as far as the bucket has them.
    pub builds: BTreeMap<Digest, SiteBuild>,
    pub wanted: WantedBundle,
    /// Every object of the bucket by key, [`CURRENT_KEY`] apart.
    pub objects: BTreeMap<String, ObservedObject>,
    pub public_access: PublicAccess,
    /// `None`: there is no such distribution.
    pub distribution: Option<ObservedDistribution>,
}

/// The files of the build that `builds.yaml` names.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "bundle")]
pub enum WantedBundle {
    /// No build is declared.
    #[default]
    None,
    Known {
        files: BTreeMap<String, BundleFile>,
    },
    Unusable {
        why: String,
    },
}

/// An object in a listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedObject {
    /// Bytes.
    pub size: u64,
    pub entity_tag: String,
    /// To the second.
    pub modified: Timestamp,
    /// Of those that somebody may have changed since ops last looked.
    pub details: Option<ObjectDetails>,
}

/// What S3 says of one object.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ObjectDetails {
    pub headers: ObjectHeaders,
    /// SHA-256 of its content, if whoever wrote it said so.
    pub sha256: Option<String>,
}

/// Whether people could read a bucket past the distribution.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PublicAccess {
    pub block_public_acls: bool,
    pub ignore_public_acls: bool,
    pub block_public_policy: bool,
    pub restrict_public_buckets: bool,
    /// Whether S3 judges the bucket's policy to be public.
    pub public_policy: bool,
}

/// What a distribution is set to, as far as a site depends on it.
///
/// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionConfig.html>
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ObservedDistribution {
    pub enabled: bool,
    /// Whether every edge has the newest settings.
    pub deployed: bool,
    pub default_root_object: String,
    pub error_responses: Vec<ErrorResponse>,
    /// Domain name of the origin that the default behaviour leads to.
    pub origin_domain: String,
    /// Id; empty when the origin is asked without a signature.
    pub origin_access_control: String,
    /// Of the default behaviour: `redirect-to-https`.
    pub viewer_protocol: String,
    /// Path patterns of behaviours beside the default one.
    pub other_behaviours: Vec<String>,
}

/// What is answered in place of an error of the bucket.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ErrorResponse {
    pub code: u32,
    /// With `/` at its beginning; `None`: the error itself.
    pub page: Option<String>,
    pub answered_as: Option<u32>,
}
