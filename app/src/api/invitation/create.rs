//! `POST /v1/invitations`: let somebody in.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use ulid::Ulid;
use utoipa::ToSchema;

use crate::api::body::Body;
use crate::api::caller::Caller;
use crate::api::user::User;
use crate::api::write::{Attempt, IdempotencyKey};
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::identity::{Email, Grant, Place};
use crate::jobs::JobContent;
use crate::problem::Problem;
use crate::store::{self, Job, StoreError};
use crate::text::{Name, RequestKey};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Invitation {
    #[schema(value_type = String, format = "email", max_length = 254)]
    email: Email,
    name: Name,
    /// At most one in each environment.
    roles: Vec<Grant>,
}

/// Invite somebody
///
/// They are mailed a link, good once and for seven days, to choose a password with.
#[utoipa::path(
    post, path = "/v1/invitations", tag = "users", operation_id = "create_invitation",
    security(("bearer" = [])),
    params(("Idempotency-Key" = Option<RequestKey>, Header, description = "Which request this is: sent again, it is done once")),
    request_body = Invitation,
    responses((status = 201, description = "The user, who cannot log in yet", body = User))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    key: IdempotencyKey,
    body: Body<Invitation>,
) -> Result<Response, Problem> {
    caller.must(Action::ManageUsers, &Place::Everywhere)?;
    let fingerprint = body.fingerprint;
    let Invitation { email, name, roles } = body.read()?;
    let grants = store::sorted(roles).ok_or_else(|| Problem::conflict("two roles are in the same environment"))?;
    let mut write = match control_plane.write_once(&caller, key, fingerprint).await? {
        Attempt::First(write) => write,
        Attempt::Again(answer) => return Ok(answer),
    };
    let now = write.now;
    let user = store::User {
        id: Ulid::generate(),
        email,
        name: name.as_str().to_owned(),
        password_hash: None,
        grants,
        revision: 1,
        created_at: now,
        updated_at: now,
    };
    write.transaction.add_user(&user).await.map_err(|error| match error {
        StoreError::Conflict => Problem::conflict("there is a user with this address"),
        other => other.into(),
    })?;
    write.transaction.add_job(&Job::new(JobContent::SendInvitation { user_id: user.id }, now)).await?;
    write.audit("user.invite", format!("user:{}", user.id), None, None).await?;
    write.created(&User::from(user)).await
}
