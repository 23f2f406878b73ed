use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use ulid::Ulid;
use utoipa::ToSchema;

use super::{Page, StoreError};
use crate::text::{ArtifactName, ArtifactPlace, CommitId, Digest, Version};
use crate::whole::Whole;

/// What CI has built of a commit. It never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Build {
    pub(crate) id: Ulid,
    pub(crate) commit: CommitId,
    pub(crate) version: Version,
    pub(crate) artifacts: Vec<Artifact>,
    pub(crate) test_report: TestReport,
    pub(crate) created_by: String,
    pub(crate) created_at: Timestamp,
}

impl Build {
    /// SHA-256 of names, places and digests: what an approval is of.
    pub(crate) fn artifacts_sha256(&self) -> [u8; 32] {
        let mut artifacts: Vec<_> = self.artifacts.iter().collect();
        artifacts.sort_by_key(|artifact| &artifact.name);
        let hashed = artifacts.into_iter().fold(Sha256::new(), |hash, Artifact { name, place, digest }| {
            let parts = [name.as_str(), " ", place.as_str(), "@", digest.as_str(), "\n"];
            parts.into_iter().fold(hash, |hash, part| hash.chain_update(part))
        });
        hashed.finalize().into()
    }
}

/// An image, or the bundle of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Artifact {
    pub(crate) name: ArtifactName,
    pub(crate) place: ArtifactPlace,
    pub(crate) digest: Digest,
}

/// A number of tests.
pub(crate) type Tests = Whole<0, 1_000_000_000>;

/// How its tests went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TestReport {
    #[schema(value_type = u32, maximum = 1_000_000_000)]
    pub(crate) passed: Tests,
    #[schema(value_type = u32, maximum = 1_000_000_000)]
    pub(crate) failed: Tests,
    #[schema(value_type = u32, maximum = 1_000_000_000)]
    pub(crate) skipped: Tests,
}

#[async_trait]
pub(crate) trait BuildRepository {
    async fn build(&mut self, id: Ulid) -> Result<Option<Build>, StoreError>;

    /// Newest first.
    async fn builds(&mut self, page: Page) -> Result<Vec<Build>, StoreError>;

    /// [`StoreError::Conflict`]: there is one of this commit.
    async fn add_build(&mut self, build: &Build) -> Result<(), StoreError>;
}
