use async_trait::async_trait;
use jiff::Timestamp;
use ulid::Ulid;

use super::MemoryTransaction;
use crate::identity::Email;
use crate::store::{Page, StoreError, User, UserRepository};

#[async_trait]
impl UserRepository for MemoryTransaction {
    async fn user(&mut self, id: Ulid) -> Result<Option<User>, StoreError> {
        Ok(self.state.users.get(&id).cloned())
    }

    async fn user_of_email(&mut self, email: &Email) -> Result<Option<User>, StoreError> {
        Ok(self.state.users.values().find(|user| user.email == *email).cloned())
    }

    async fn users(&mut self, page: Page) -> Result<Vec<User>, StoreError> {
        let users = self.state.users.values().filter(|user| page.after.is_none_or(|after| user.id > after));
        Ok(users.take(page.limit as usize).cloned().collect())
    }

    async fn add_user(&mut self, user: &User) -> Result<(), StoreError> {
        if self.user_of_email(&user.email).await?.is_some() || self.state.users.contains_key(&user.id) {
            return Err(StoreError::Conflict);
        }
        self.state.users.insert(user.id, user.clone());
        Ok(())
    }

    async fn update_user(&mut self, user: &User) -> Result<bool, StoreError> {
        let Some(stored) = self.state.users.get(&user.id) else { return Ok(false) };
        if stored.revision + 1 != user.revision {
            return Ok(false);
        }
        let created_at = stored.created_at;
        if self.user_of_email(&user.email).await?.is_some_and(|other| other.id != user.id) {
            return Err(StoreError::Conflict);
        }
        self.state.users.insert(user.id, User { created_at, ..user.clone() });
        Ok(true)
    }

    async fn delete_user(&mut self, id: Ulid, _now: Timestamp) -> Result<bool, StoreError> {
        Ok(self.state.users.remove(&id).is_some())
    }
}
