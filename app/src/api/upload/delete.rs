//! `DELETE /v1/uploads/{id}`: it is not wanted any more.

use axum::extract::State;
use axum::http::StatusCode;
use ulid::Ulid;

use super::{files, known};
use crate::api::caller::Caller;
use crate::api::path::Segments;
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::identity::Place;
use crate::problem::Problem;

/// Delete a file
#[utoipa::path(
    delete, path = "/v1/uploads/{id}", tag = "uploads", operation_id = "delete_upload",
    security(("bearer" = [])),
    params(("id" = Ulid, Path, description = "Of the upload")),
    responses((status = 204, description = "Deleted"))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    Segments(id): Segments<Ulid>,
) -> Result<StatusCode, Problem> {
    caller.must(Action::SubmitBuild, &Place::Everywhere)?;
    let files = files(&control_plane)?;
    let mut write = control_plane.write(&caller).await?;
    let upload = known(write.transaction.as_mut(), id).await?;
    // First the file: what is deleted here and lies there nobody would find again.
    files.remove(&upload).await?;
    write.transaction.delete_upload(id, write.now).await?;
    write.audit("upload.delete", format!("upload:{id}"), None, None).await?;
    write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
