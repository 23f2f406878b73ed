//! `GET /v1/uploads`: the files.

use axum::Json;
use axum::extract::State;
use ulid::Ulid;

use super::{Upload, files};
use crate::api::caller::Caller;
use crate::api::page::{Asked, Listed};
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::identity::Place;
use crate::problem::Problem;

/// All files that were asked for, newest first
#[utoipa::path(
    get, path = "/v1/uploads", tag = "uploads", operation_id = "list_uploads",
    security(("bearer" = [])),
    params(Asked),
    responses((status = 200, description = "A page of them", body = Listed<Upload>))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    asked: Asked,
) -> Result<Json<Listed<Upload>>, Problem> {
    caller.must(Action::ReadBuilds, &Place::Everywhere)?;
    let files = files(&control_plane)?;
    let mut transaction = control_plane.store.begin_read(&caller.reader()).await?;
    let found = transaction.uploads(asked.page()).await?;
    let shown: Vec<_> = found.into_iter().map(|upload| Upload::of(upload, files.as_ref())).collect();
    let id: fn(&Upload) -> Ulid = |upload| upload.id;
    Ok(Json(asked.listed(shown, id, std::convert::identity)))
}
