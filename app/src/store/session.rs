use async_trait::async_trait;
use jiff::Timestamp;
use ulid::Ulid;

use super::StoreError;
use crate::identity::TokenHash;

/// A login, on one device: a family of refresh tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) id: Ulid,
    pub(crate) user_id: Ulid,
    /// As the client calls itself, of 255 characters at most.
    pub(crate) user_agent: String,
    pub(crate) address: String,
    pub(crate) last_used_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) ended: Option<(Timestamp, EndReason)>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Session {
    pub(crate) fn is_alive(&self, now: Timestamp) -> bool {
        self.ended.is_none() && now < self.expires_at
    }
}

/// Why a session has ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EndReason {
    Logout,
    /// By the user, from another session, or by an administrator.
    Ended,
    /// A refresh token came a second time: somebody else has it.
    Reuse,
    Password,
    Deleted,
}

impl EndReason {
    pub(crate) const ALL: [Self; 5] = [Self::Logout, Self::Ended, Self::Reuse, Self::Password, Self::Deleted];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Logout => "logout",
            Self::Ended => "ended",
            Self::Reuse => "reuse",
            Self::Password => "password",
            Self::Deleted => "deleted",
        }
    }
}

/// Good for one use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RefreshToken {
    pub(crate) id: Ulid,
    pub(crate) session_id: Ulid,
    pub(crate) hash: TokenHash,
    pub(crate) used_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
}

#[async_trait]
pub(crate) trait SessionRepository {
    async fn session(&mut self, id: Ulid) -> Result<Option<Session>, StoreError>;

    /// Those that have not ended nor expired, newest first.
    async fn sessions_of(&mut self, user: Ulid, now: Timestamp) -> Result<Vec<Session>, StoreError>;

    async fn add_session(&mut self, session: &Session) -> Result<(), StoreError>;

    async fn touch_session(&mut self, id: Ulid, now: Timestamp) -> Result<(), StoreError>;

    /// Whether it was there and had not ended.
    async fn end_session(&mut self, id: Ulid, reason: EndReason, now: Timestamp) -> Result<bool, StoreError>;

    /// All of a user's but one.
    async fn end_sessions_of(
        &mut self,
        user: Ulid,
        but: Option<Ulid>,
        reason: EndReason,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    async fn refresh_token(&mut self, hash: TokenHash) -> Result<Option<RefreshToken>, StoreError>;

    async fn add_refresh_token(&mut self, token: &RefreshToken) -> Result<(), StoreError>;

    /// Whether nobody has used it before: of several at once, one.
    async fn use_refresh_token(&mut self, id: Ulid, now: Timestamp) -> Result<bool, StoreError>;
}
