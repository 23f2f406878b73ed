//! `POST /v1/tokens`: a token for a machine.

use axum::extract::State;
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use ulid::Ulid;
use utoipa::ToSchema;

use super::{MadeToken, Token};
use crate::api::body::Body;
use crate::api::caller::Caller;
use crate::api::write::{Attempt, IdempotencyKey};
use crate::control_plane::ControlPlane;
use crate::identity::{API_TOKEN_PREFIX, Grant, SecretToken};
use crate::problem::Problem;
use crate::store::ApiToken;
use crate::text::{Line, RequestKey};

/// A machine that is forgotten does not keep its access for ever.
const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewToken {
    name: Line,
    /// None that you do not have.
    roles: Vec<Grant>,
    /// A year from now at most.
    expires_at: Timestamp,
}

/// Make a token for a machine
///
/// It may do what its roles and yours both allow, and its secret is told once.
#[utoipa::path(
    post, path = "/v1/tokens", tag = "tokens", operation_id = "create_token",
    security(("bearer" = [])),
    params(("Idempotency-Key" = Option<RequestKey>, Header, description = "Which request this is: sent again, it is done once")),
    request_body = NewToken,
    responses((status = 201, description = "The token and its secret", body = MadeToken))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    key: IdempotencyKey,
    body: Body<NewToken>,
) -> Result<Response, Problem> {
    if !caller.is_person() {
        return Err(Problem::forbidden("a person makes tokens, not a token"));
    }
    let fingerprint = body.fingerprint;
    let NewToken { name, roles, expires_at } = body.read()?;
    if let Some(grant) = roles.iter().find(|grant| !caller.holds(grant)) {
        return Err(Problem::forbidden(format!("you are not {} in {} yourself", grant.role, grant.environment)));
    }
    let mut write = match control_plane.write_once(&caller, key, fingerprint).await? {
        Attempt::First(write) => write,
        Attempt::Again(answer) => return Ok(answer),
    };
    let now = write.now;
    if expires_at <= now || expires_at > now + LONGEST {
        return Err(Problem::conflict("expires_at has to be in the future, and within a year"));
    }
    let secret = SecretToken::new(API_TOKEN_PREFIX);
    let (user, _) = caller.person()?;
    let token = ApiToken {
        id: Ulid::generate(),
        user_id: Some(user.id),
        name,
        hash: secret.hash(),
        hint: secret.hint(),
        grants: roles,
        expires_at,
        last_used_at: None,
        created_at: now,
    };
    write.transaction.add_api_token(&token).await?;
    write.audit("token.create", format!("token:{}", token.id), None, None).await?;
    let made = MadeToken { token: Token::from(token), secret: secret.reveal().to_owned() };
    write.created_secret(&made).await
}
