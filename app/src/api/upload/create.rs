//! `POST /v1/uploads`: ask to bring a file.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ulid::Ulid;
use utoipa::ToSchema;

use super::{Upload, files};
use crate::api::body::Body;
use crate::api::caller::Caller;
use crate::api::write::{Attempt, IdempotencyKey};
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::files::LIFETIME;
use crate::identity::Place;
use crate::problem::Problem;
use crate::store;
use crate::text::{FileName, MediaType, RequestKey, Sha256Text};
use crate::whole::Whole;

/// Bytes of a file.
const LARGEST: u64 = 100 * 1024 * 1024;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUpload {
    name: FileName,
    content_type: MediaType,
    /// Bytes; 100 MiB at most.
    #[schema(value_type = u64, minimum = 1, maximum = 104_857_600)]
    size: Whole<1, LARGEST>,
    /// Of the file: S3 takes no other.
    sha256: Sha256Text,
}

/// How to bring it: `PUT` it to the URL with these headers, then confirm it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AllowedUpload {
    upload: Upload,
    put_url: String,
    headers: BTreeMap<String, String>,
    /// Until when it can be begun.
    expires_at: Timestamp,
}

/// Ask to bring a file
///
/// The answer is a request to S3 that brings exactly this file: of this length, type and SHA-256.
#[utoipa::path(
    post, path = "/v1/uploads", tag = "uploads", operation_id = "create_upload",
    security(("bearer" = [])),
    params(("Idempotency-Key" = Option<RequestKey>, Header, description = "Which request this is: sent again, it is done once")),
    request_body = NewUpload,
    responses((status = 201, description = "How to bring it", body = AllowedUpload))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    key: IdempotencyKey,
    body: Body<NewUpload>,
) -> Result<Response, Problem> {
    caller.must(Action::SubmitBuild, &Place::Everywhere)?;
    let fingerprint = body.fingerprint;
    let NewUpload { name, content_type, size, sha256 } = body.read()?;
    let files = files(&control_plane)?;
    let mut write = match control_plane.write_once(&caller, key, fingerprint).await? {
        Attempt::First(write) => write,
        Attempt::Again(answer) => return Ok(answer),
    };
    let now = write.now;
    let upload = store::Upload {
        id: Ulid::generate(),
        name,
        content_type,
        size: size.get(),
        sha256: sha256.bytes(),
        created_by: caller.actor(),
        confirmed_at: None,
        created_at: now,
    };
    let request = files.presign(&upload).await?;
    write.transaction.add_upload(&upload).await?;
    write.audit("upload.create", format!("upload:{}", upload.id), None, None).await?;
    let allowed = AllowedUpload {
        upload: Upload::of(upload, files.as_ref()),
        put_url: request.url,
        headers: request.headers.into_iter().collect(),
        expires_at: now + LIFETIME,
    };
    // Who has the URL may bring the file: it is told once.
    write.created_secret(&allowed).await
}
