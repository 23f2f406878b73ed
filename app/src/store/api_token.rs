use async_trait::async_trait;
use jiff::Timestamp;
use ulid::Ulid;

use super::StoreError;
use crate::identity::{Grant, TokenHash};
use crate::text::Line;

/// What a machine logs in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiToken {
    pub(crate) id: Ulid,
    /// Whose it is; `None` for a workflow that has proved by its provider what it is.
    pub(crate) user_id: Option<Ulid>,
    pub(crate) name: Line,
    pub(crate) hash: TokenHash,
    /// Its last four characters, to tell it from others.
    pub(crate) hint: String,
    /// What it may do, and its user may, too.
    pub(crate) grants: Vec<Grant>,
    pub(crate) expires_at: Timestamp,
    pub(crate) last_used_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
}

/// Tokens that were revoked are not among them.
#[async_trait]
pub(crate) trait ApiTokenRepository {
    async fn api_token_of_hash(&mut self, hash: TokenHash) -> Result<Option<ApiToken>, StoreError>;

    /// Newest first, those that have expired among them.
    async fn api_tokens_of(&mut self, user: Ulid) -> Result<Vec<ApiToken>, StoreError>;

    async fn add_api_token(&mut self, token: &ApiToken) -> Result<(), StoreError>;

    async fn touch_api_token(&mut self, id: Ulid, now: Timestamp) -> Result<(), StoreError>;

    /// Whether the user had it.
    async fn revoke_api_token(&mut self, user: Ulid, id: Ulid, now: Timestamp) -> Result<bool, StoreError>;
}
