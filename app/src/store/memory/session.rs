use async_trait::async_trait;
use jiff::Timestamp;
use ulid::Ulid;

use super::MemoryTransaction;
use crate::identity::TokenHash;
use crate::store::{EndReason, RefreshToken, Session, SessionRepository, StoreError};

#[async_trait]
impl SessionRepository for MemoryTransaction {
    async fn session(&mut self, id: Ulid) -> Result<Option<Session>, StoreError> {
        Ok(self.state.sessions.get(&id).cloned())
    }

    async fn sessions_of(&mut self, user: Ulid, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        let sessions = self.state.sessions.values().rev();
        Ok(sessions.filter(|session| session.user_id == user && session.is_alive(now)).cloned().collect())
    }

    async fn add_session(&mut self, session: &Session) -> Result<(), StoreError> {
        self.state.sessions.insert(session.id, session.clone());
        Ok(())
    }

    async fn touch_session(&mut self, id: Ulid, now: Timestamp) -> Result<(), StoreError> {
        if let Some(session) = self.state.sessions.get_mut(&id) {
            (session.last_used_at, session.updated_at) = (now, now);
        }
        Ok(())
    }

    async fn end_session(&mut self, id: Ulid, reason: EndReason, now: Timestamp) -> Result<bool, StoreError> {
        let Some(session) = self.state.sessions.get_mut(&id).filter(|session| session.ended.is_none()) else {
            return Ok(false);
        };
        (session.ended, session.updated_at) = (Some((now, reason)), now);
        Ok(true)
    }

    async fn end_sessions_of(
        &mut self,
        user: Ulid,
        but: Option<Ulid>,
        reason: EndReason,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for session in self.state.sessions.values_mut() {
            if session.user_id == user && Some(session.id) != but && session.ended.is_none() {
                (session.ended, session.updated_at) = (Some((now, reason)), now);
            }
        }
        Ok(())
    }

    async fn refresh_token(&mut self, hash: TokenHash) -> Result<Option<RefreshToken>, StoreError> {
        Ok(self.state.refresh_tokens.values().find(|token| token.hash == hash).cloned())
    }

    async fn add_refresh_token(&mut self, token: &RefreshToken) -> Result<(), StoreError> {
        self.state.refresh_tokens.insert(token.id, token.clone());
        Ok(())
    }

    async fn use_refresh_token(&mut self, id: Ulid, now: Timestamp) -> Result<bool, StoreError> {
        let Some(token) = self.state.refresh_tokens.get_mut(&id).filter(|token| token.used_at.is_none()) else {
            return Ok(false);
        };
        token.used_at = Some(now);
        Ok(true)
    }
}
