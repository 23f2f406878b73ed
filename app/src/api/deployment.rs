//! What was deployed: the records of the engine, kept byte for byte, because each holds the SHA-256 of the one before.

pub(super) mod create;
pub(super) mod export;
mod filter;
pub(super) mod list;
pub(super) mod show;

use jiff::Timestamp;
use ops_model::outcome::Outcome;
use serde::Serialize;
use ulid::Ulid;
use utoipa::ToSchema;

use crate::store;
use crate::text::{EnvironmentName, Sha256Text};

pub(super) use filter::OutcomeName;

/// What became of one reconcile, in short.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Deployment {
    /// Of the record.
    id: Ulid,
    environment: EnvironmentName,
    /// Such as `reconcile`.
    operation: String,
    commit: String,
    /// Such as `succeeded`, `rolled_back` or `failed`.
    #[schema(value_type = String)]
    outcome: Outcome,
    /// ARN that AWS knows whoever asked for it by.
    actor: String,
    started_at: Timestamp,
    finished_at: Timestamp,
    /// Of the record's bytes.
    record_sha256: Sha256Text,
    created_by: String,
    created_at: Timestamp,
}

impl From<store::Deployment> for Deployment {
    fn from(deployment: store::Deployment) -> Self {
        let store::Deployment {
            id,
            environment,
            operation,
            commit,
            outcome,
            actor,
            started_at,
            finished_at,
            record_sha256,
            record: _,
            created_by,
            created_at,
        } = deployment;
        Self {
            id,
            environment,
            operation,
            commit,
            outcome,
            actor,
            started_at,
            finished_at,
            record_sha256: Sha256Text::of(&record_sha256),
            created_by,
            created_at,
        }
    }
}
