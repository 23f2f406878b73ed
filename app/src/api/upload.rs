//! Files that clients bring to S3 themselves: asked for here, brought there, confirmed here, read through CloudFront.

pub(super) mod confirm;
pub(super) mod create;
pub(super) mod delete;
pub(super) mod list;
pub(super) mod show;

use std::sync::Arc;

use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use ulid::Ulid;
use utoipa::ToSchema;

use crate::control_plane::ControlPlane;
use crate::files::{Files, FilesError};
use crate::problem::Problem;
use crate::store::{self, Transaction};
use crate::text::{FileName, MediaType, Sha256Text};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Upload {
    id: Ulid,
    name: FileName,
    content_type: MediaType,
    /// Bytes.
    size: u64,
    sha256: Sha256Text,
    created_by: String,
    created_at: Timestamp,
    /// When it was seen to be there.
    confirmed_at: Option<Timestamp>,
    /// Where it is read; null until it is confirmed.
    url: Option<String>,
}

impl Upload {
    fn of(upload: store::Upload, files: &dyn Files) -> Self {
        let url = upload.confirmed_at.map(|_| files.url(&upload));
        let store::Upload { id, name, content_type, size, sha256, created_by, confirmed_at, created_at } = upload;
        Self {
            id,
            name,
            content_type,
            size,
            sha256: Sha256Text::of(&sha256),
            created_by,
            created_at,
            confirmed_at,
            url,
        }
    }
}

/// # Errors
///
/// 503 where the server has no place for files.
fn files(control_plane: &ControlPlane) -> Result<Arc<dyn Files>, Problem> {
    let missing = || {
        let detail = "this server keeps no files: SLIPWAY_UPLOADS_BUCKET is not set";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    };
    control_plane.files.clone().ok_or_else(missing)
}

/// # Errors
///
/// 404 when there is none with this id.
async fn known(transaction: &mut dyn Transaction, id: Ulid) -> Result<store::Upload, Problem> {
    transaction.upload(id).await?.ok_or_else(|| Problem::not_found("there is no such upload"))
}

impl From<FilesError> for Problem {
    fn from(error: FilesError) -> Self {
        tracing::warn!(causes = %crate::causes(&error), "{error}");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "the storage of files cannot be reached: ask again in some seconds")
    }
}
