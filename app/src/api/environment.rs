//! Environments, as whoever observed them last has told.

pub(super) mod list;
pub(super) mod report;
pub(super) mod show;

use jiff::Timestamp;
use serde::Serialize;
use ulid::Ulid;
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::store::{self, EnvironmentStatus, Transaction};
use crate::text::EnvironmentName;

/// Where services run: what git declares of it, and what there is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Environment {
    id: Ulid,
    name: EnvironmentName,
    status: EnvironmentStatus,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<store::Environment> for Environment {
    fn from(environment: store::Environment) -> Self {
        let store::Environment { id, name, status, revision: _, created_at, updated_at } = environment;
        Self { id, name, status, created_at, updated_at }
    }
}

/// # Errors
///
/// 404 when there is none of this name.
pub(super) async fn known(
    transaction: &mut dyn Transaction,
    name: &EnvironmentName,
) -> Result<store::Environment, Problem> {
    transaction.environment(name).await?.ok_or_else(|| Problem::not_found(format!("there is no environment {name}")))
}
