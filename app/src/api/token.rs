//! What machines log in with.

pub(super) mod create;
pub(super) mod list;
pub(super) mod revoke;

use jiff::Timestamp;
use serde::Serialize;
use ulid::Ulid;
use utoipa::ToSchema;

use crate::identity::Grant;
use crate::store::ApiToken;
use crate::text::Line;

/// A token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Token {
    id: Ulid,
    name: Line,
    /// Its last four characters.
    hint: String,
    /// What it may do, as far as you may, too.
    roles: Vec<Grant>,
    expires_at: Timestamp,
    last_used_at: Option<Timestamp>,
    created_at: Timestamp,
}

impl From<ApiToken> for Token {
    fn from(token: ApiToken) -> Self {
        let ApiToken { id, user_id: _, name, hash: _, hint, grants, expires_at, last_used_at, created_at } = token;
        Self { id, name, hint, roles: grants, expires_at, last_used_at, created_at }
    }
}

/// A token that was just made: its secret is told this once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MadeToken {
    #[serde(flatten)]
    token: Token,
    secret: String,
}
