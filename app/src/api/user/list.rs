//! `GET /v1/users`: everybody who may log in.

use axum::Json;
use axum::extract::State;

use super::User;
use crate::api::caller::Caller;
use crate::api::page::{Asked, Listed};
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::identity::Place;
use crate::problem::Problem;

/// All users, oldest first
#[utoipa::path(
    get, path = "/v1/users", tag = "users", operation_id = "list_users",
    security(("bearer" = [])),
    params(Asked),
    responses((status = 200, description = "A page of them", body = Listed<User>))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    asked: Asked,
) -> Result<Json<Listed<User>>, Problem> {
    caller.must(Action::ManageUsers, &Place::Everywhere)?;
    let mut transaction = control_plane.store.begin().await?;
    let users = transaction.users(asked.page()).await?;
    Ok(Json(asked.listed(users, |user| user.id, User::from)))
}
