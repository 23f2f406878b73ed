use async_trait::async_trait;
use jiff::Timestamp;
use ulid::Ulid;

use super::MemoryTransaction;
use crate::identity::TokenHash;
use crate::store::{OneTimeLink, OneTimeLinkRepository, StoreError};

#[async_trait]
impl OneTimeLinkRepository for MemoryTransaction {
    async fn add_one_time_link(&mut self, link: &OneTimeLink) -> Result<(), StoreError> {
        self.state.one_time_links.insert(link.id, link.clone());
        Ok(())
    }

    async fn one_time_link(&mut self, hash: TokenHash) -> Result<Option<OneTimeLink>, StoreError> {
        Ok(self.state.one_time_links.values().find(|link| link.hash == hash).cloned())
    }

    async fn use_one_time_link(&mut self, id: Ulid, now: Timestamp) -> Result<bool, StoreError> {
        let Some(link) = self.state.one_time_links.get_mut(&id).filter(|link| link.used_at.is_none()) else {
            return Ok(false);
        };
        link.used_at = Some(now);
        Ok(true)
    }

    async fn void_one_time_links(&mut self, user: Ulid, now: Timestamp) -> Result<(), StoreError> {
        for link in self.state.one_time_links.values_mut().filter(|link| link.user_id == user) {
            link.used_at.get_or_insert(now);
        }
        Ok(())
    }
}
