//! Times in which an environment is left alone.

pub(super) mod create;
pub(super) mod lift;
pub(super) mod list;

use jiff::Timestamp;
use serde::Serialize;
use ulid::Ulid;
use utoipa::ToSchema;

use crate::store;
use crate::text::{EnvironmentName, Line};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Freeze {
    id: Ulid,
    environment: EnvironmentName,
    /// None: until somebody lifts it.
    expires_at: Option<Timestamp>,
    reason: Line,
    created_by: String,
    created_at: Timestamp,
}

impl From<store::Freeze> for Freeze {
    fn from(freeze: store::Freeze) -> Self {
        let store::Freeze { id, environment, expires_at, reason, created_by, created_at } = freeze;
        Self { id, environment, expires_at, reason, created_by, created_at }
    }
}
