//! `PUT /v1/users/{id}`: another name, other roles.

use axum::extract::State;
use serde::Deserialize;
use ulid::Ulid;
use utoipa::ToSchema;

use super::User;
use crate::api::body::Body;
use crate::api::caller::{Caller, identity};
use crate::api::entity_tag::{IfMatch, Tagged, stale};
use crate::api::path::Segments;
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::identity::{Grant, Place};
use crate::problem::Problem;
use crate::store;
use crate::text::Name;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserChange {
    name: Name,
    /// At most one in each environment.
    roles: Vec<Grant>,
}

/// Change a user's name and roles
#[utoipa::path(
    put, path = "/v1/users/{id}", tag = "users", operation_id = "update_user",
    security(("bearer" = [])),
    params(("id" = Ulid, Path, description = "Of the user"), ("If-Match" = Option<String>, Header, description = "The ETag that was seen")),
    request_body = UserChange,
    responses((status = 200, description = "As they are from now on", body = User))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    Segments(id): Segments<Ulid>,
    if_match: IfMatch,
    body: Body<UserChange>,
) -> Result<Tagged<User>, Problem> {
    caller.must(Action::ManageUsers, &Place::Everywhere)?;
    let UserChange { name, roles } = body.read()?;
    let grants = store::sorted(roles).ok_or_else(|| Problem::conflict("two roles are in the same environment"))?;
    let mut write = control_plane.write(&caller).await?;
    let user = write.transaction.user(id).await?.ok_or_else(|| Problem::not_found("there is no such user"))?;
    if_match.must_be(user.revision)?;
    if identity(&caller.actor()) == format!("user:{id}") && grants != user.grants {
        return Err(Problem::conflict("nobody changes their own roles: who would be left to undo it?"));
    }
    let revision = user.revision + 1;
    let changed = store::User { name: name.as_str().to_owned(), grants, revision, updated_at: write.now, ..user };
    if !write.transaction.update_user(&changed).await? {
        return Err(stale());
    }
    write.audit("user.update", format!("user:{id}"), None, None).await?;
    write.commit().await?;
    Ok(Tagged { revision, body: changed.into() })
}
