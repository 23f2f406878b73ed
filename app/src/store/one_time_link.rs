use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use super::StoreError;
use crate::identity::TokenHash;

/// What a link in a mail proves, once: that who has it reads the mail of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OneTimeLink {
    pub(crate) id: Ulid,
    pub(crate) user_id: Ulid,
    pub(crate) purpose: LinkPurpose,
    pub(crate) hash: TokenHash,
    pub(crate) expires_at: Timestamp,
    pub(crate) used_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LinkPurpose {
    Invitation,
    PasswordReset,
}

#[async_trait]
pub(crate) trait OneTimeLinkRepository {
    async fn add_one_time_link(&mut self, link: &OneTimeLink) -> Result<(), StoreError>;

    async fn one_time_link(&mut self, hash: TokenHash) -> Result<Option<OneTimeLink>, StoreError>;

    /// Whether it was the first use.
    async fn use_one_time_link(&mut self, id: Ulid, now: Timestamp) -> Result<bool, StoreError>;

    /// All that a user has not used are of no use any more.
    async fn void_one_time_links(&mut self, user: Ulid, now: Timestamp) -> Result<(), StoreError>;
}
