//! Builds that an environment does not get.

pub(super) mod create;
pub(super) mod lift;
pub(super) mod list;

use jiff::Timestamp;
use serde::Serialize;
use ulid::Ulid;
use utoipa::ToSchema;

use crate::store;
use crate::text::{ArtifactName, Digest, EnvironmentName, Line};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Hold {
    id: Ulid,
    environment: EnvironmentName,
    artifact: ArtifactName,
    digest: Digest,
    reason: Line,
    created_by: String,
    created_at: Timestamp,
}

impl From<store::Hold> for Hold {
    fn from(hold: store::Hold) -> Self {
        let store::Hold { id, environment, artifact, digest, reason, created_by, created_at } = hold;
        Self { id, environment, artifact, digest, reason, created_by, created_at }
    }
}
