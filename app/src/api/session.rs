//! Logins. One is a family of refresh tokens on one device, and can be ended.

pub(super) mod create;
pub(super) mod end;
pub(super) mod list;
pub(super) mod refresh;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use ulid::Ulid;
use utoipa::ToSchema;

use crate::control_plane::ControlPlane;
use crate::identity::{ACCESS_TOKEN_LIFETIME, SecretToken};
use crate::problem::Problem;
use crate::store::{self, RefreshToken, Transaction};

/// From the login on, however often it is refreshed.
const LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Secret scanners know a token by it.
const REFRESH_PREFIX: &str = "slipway_refresh_";

/// A login.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Session {
    id: Ulid,
    /// As the client calls itself.
    user_agent: String,
    address: String,
    created_at: Timestamp,
    last_used_at: Timestamp,
    expires_at: Timestamp,
    /// Whether it is the one that asks.
    current: bool,
}

impl Session {
    fn of(session: store::Session, current: Ulid) -> Self {
        let store::Session { id, user_agent, address, created_at, last_used_at, expires_at, .. } = session;
        Self { id, user_agent, address, created_at, last_used_at, expires_at, current: id == current }
    }
}

/// What proves a session: the access token with each request, the refresh token once, for the next two.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Tokens {
    session_id: Ulid,
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Seconds until the access token expires.
    expires_in: i64,
    refresh_token: String,
}

impl Tokens {
    /// The next pair of a session.
    async fn issue(
        control_plane: &ControlPlane,
        transaction: &mut dyn Transaction,
        session: &store::Session,
        now: Timestamp,
    ) -> Result<Self, Problem> {
        let refresh_token = SecretToken::new(REFRESH_PREFIX);
        let stored = RefreshToken {
            id: Ulid::generate(),
            session_id: session.id,
            hash: refresh_token.hash(),
            used_at: None,
            created_at: now,
        };
        transaction.add_refresh_token(&stored).await?;
        let access_token = control_plane.access_tokens.issue(session.user_id, session.id, now);
        Ok(Self {
            session_id: session.id,
            access_token: access_token.map_err(|error| Problem::internal(&error))?,
            token_type: "Bearer",
            expires_in: ACCESS_TOKEN_LIFETIME.as_secs(),
            refresh_token: refresh_token.reveal().to_owned(),
        })
    }
}
