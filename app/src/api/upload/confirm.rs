//! `POST /v1/uploads/{id}/confirm`: it is there.

use axum::Json;
use axum::extract::State;
use ulid::Ulid;

use super::{Upload, files, known};
use crate::api::caller::Caller;
use crate::api::path::Segments;
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::identity::Place;
use crate::problem::Problem;
use crate::store;

/// Confirm that a file was brought
///
/// S3 is asked for its length and SHA-256. Confirmed again it stays as it is.
#[utoipa::path(
    post, path = "/v1/uploads/{id}/confirm", tag = "uploads", operation_id = "confirm_upload",
    security(("bearer" = [])),
    params(("id" = Ulid, Path, description = "Of the upload")),
    responses((status = 200, description = "It is there, and where it is read", body = Upload))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    Segments(id): Segments<Ulid>,
) -> Result<Json<Upload>, Problem> {
    caller.must(Action::SubmitBuild, &Place::Everywhere)?;
    let files = files(&control_plane)?;
    let mut transaction = control_plane.store.begin().await?;
    let upload = known(transaction.as_mut(), id).await?;
    // No connection is held while S3 is asked.
    drop(transaction);
    if upload.confirmed_at.is_some() {
        return Ok(Json(Upload::of(upload, files.as_ref())));
    }
    let stored = files.stored(&upload).await?.ok_or_else(|| Problem::conflict("the file was not brought yet"))?;
    if (stored.size, stored.sha256) != (upload.size, Some(upload.sha256)) {
        return Err(Problem::conflict("another file lies there than the one that was asked for"));
    }
    let mut write = control_plane.write(&caller).await?;
    write.transaction.confirm_upload(id, write.now).await?;
    write.audit("upload.confirm", format!("upload:{id}"), None, None).await?;
    let confirmed = store::Upload { confirmed_at: Some(write.now), ..upload };
    write.commit().await?;
    Ok(Json(Upload::of(confirmed, files.as_ref())))
}
