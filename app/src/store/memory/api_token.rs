use async_trait::async_trait;
use jiff::Timestamp;
use ulid::Ulid;

use super::MemoryTransaction;
use crate::identity::TokenHash;
use crate::store::{ApiToken, ApiTokenRepository, StoreError};

#[async_trait]
impl ApiTokenRepository for MemoryTransaction {
    async fn api_token_of_hash(&mut self, hash: TokenHash) -> Result<Option<ApiToken>, StoreError> {
        Ok(self.state.api_tokens.values().find(|token| token.hash == hash).cloned())
    }

    async fn api_tokens_of(&mut self, user: Ulid) -> Result<Vec<ApiToken>, StoreError> {
        Ok(self.state.api_tokens.values().rev().filter(|token| token.user_id == Some(user)).cloned().collect())
    }

    async fn add_api_token(&mut self, token: &ApiToken) -> Result<(), StoreError> {
        self.state.api_tokens.insert(token.id, token.clone());
        Ok(())
    }

    async fn touch_api_token(&mut self, id: Ulid, now: Timestamp) -> Result<(), StoreError> {
        if let Some(token) = self.state.api_tokens.get_mut(&id) {
            token.last_used_at = Some(now);
        }
        Ok(())
    }

    async fn revoke_api_token(&mut self, user: Ulid, id: Ulid, _now: Timestamp) -> Result<bool, StoreError> {
        let is_theirs = self.state.api_tokens.get(&id).is_some_and(|token| token.user_id == Some(user));
        Ok(is_theirs && self.state.api_tokens.remove(&id).is_some())
    }
}
