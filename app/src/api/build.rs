//! What CI has built: a commit, its artifacts and how its tests went. A build never changes.

pub(super) mod create;
pub(super) mod list;
pub(super) mod show;

use jiff::Timestamp;
use serde::Serialize;
use ulid::Ulid;
use utoipa::ToSchema;

use crate::store::{self, Artifact, TestReport};
use crate::text::{CommitId, Version};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Build {
    id: Ulid,
    commit: CommitId,
    version: Version,
    artifacts: Vec<Artifact>,
    test_report: TestReport,
    created_by: String,
    created_at: Timestamp,
}

impl From<store::Build> for Build {
    fn from(build: store::Build) -> Self {
        let store::Build { id, commit, version, artifacts, test_report, created_by, created_at } = build;
        Self { id, commit, version, artifacts, test_report, created_by, created_at }
    }
}
