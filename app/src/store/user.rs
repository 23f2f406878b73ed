use async_trait::async_trait;
use jiff::Timestamp;
use ulid::Ulid;

use super::{Page, StoreError};
use crate::identity::{Email, Grant};

/// Somebody who may log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) id: Ulid,
    pub(crate) email: Email,
    pub(crate) name: String,
    /// `None` until the invitation is accepted.
    pub(crate) password_hash: Option<String>,
    /// By place; at most one role in each.
    pub(crate) grants: Vec<Grant>,
    /// Raised by every change.
    pub(crate) revision: u32,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// Roles by their place, as they are kept; `None` when two are in the same one.
pub(crate) fn sorted(mut grants: Vec<Grant>) -> Option<Vec<Grant>> {
    grants.sort();
    let twice = grants.windows(2).any(|pair| matches!(pair, [one, other] if one.environment == other.environment));
    (!twice).then_some(grants)
}

/// Users who are deleted are not among them.
#[async_trait]
pub(crate) trait UserRepository {
    async fn user(&mut self, id: Ulid) -> Result<Option<User>, StoreError>;

    async fn user_of_email(&mut self, email: &Email) -> Result<Option<User>, StoreError>;

    /// Oldest first.
    async fn users(&mut self, page: Page) -> Result<Vec<User>, StoreError>;

    /// [`StoreError::Conflict`]: somebody has the address.
    async fn add_user(&mut self, user: &User) -> Result<(), StoreError>;

    /// Everything but its times of creation and deletion; whether it was there in the revision before.
    async fn update_user(&mut self, user: &User) -> Result<bool, StoreError>;

    /// Whether it was there.
    async fn delete_user(&mut self, id: Ulid, now: Timestamp) -> Result<bool, StoreError>;
}
