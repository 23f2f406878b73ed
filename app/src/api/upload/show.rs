//! `GET /v1/uploads/{id}`: one file.

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

/// One file, and where it is read
#[utoipa::path(
    get, path = "/v1/uploads/{id}", tag = "uploads", operation_id = "show_upload",
    security(("bearer" = [])),
    params(("id" = Ulid, Path, description = "Of the upload")),
    responses((status = 200, description = "It", body = Upload))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    Segments(id): Segments<Ulid>,
) -> Result<Json<Upload>, Problem> {
    caller.must(Action::ReadBuilds, &Place::Everywhere)?;
    let files = files(&control_plane)?;
    let mut transaction = control_plane.store.begin().await?;
    let upload = known(transaction.as_mut(), id).await?;
    Ok(Json(Upload::of(upload, files.as_ref())))
}
