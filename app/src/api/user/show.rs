//! `GET /v1/users/{id}`: one user.

use axum::extract::State;
use ulid::Ulid;

use super::User;
use crate::api::caller::Caller;
use crate::api::entity_tag::Tagged;
use crate::api::path::Segments;
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::identity::Place;
use crate::problem::Problem;

/// One user
#[utoipa::path(
    get, path = "/v1/users/{id}", tag = "users", operation_id = "show_user",
    security(("bearer" = [])),
    params(("id" = Ulid, Path, description = "Of the user")),
    responses((status = 200, description = "Them; ETag names the revision", body = User))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    Segments(id): Segments<Ulid>,
) -> Result<Tagged<User>, Problem> {
    caller.must(Action::ManageUsers, &Place::Everywhere)?;
    let mut transaction = control_plane.store.begin().await?;
    let user = transaction.user(id).await?.ok_or_else(|| Problem::not_found("there is no such user"))?;
    Ok(Tagged { revision: user.revision, body: user.into() })
}
