use async_trait::async_trait;
use ulid::Ulid;

use super::MemoryTransaction;
use crate::store::{Build, BuildRepository, Page, StoreError};

#[async_trait]
impl BuildRepository for MemoryTransaction {
    async fn build(&mut self, id: Ulid) -> Result<Option<Build>, StoreError> {
        Ok(self.state.builds.get(&id).cloned())
    }

    async fn builds(&mut self, page: Page) -> Result<Vec<Build>, StoreError> {
        Ok(page.newest_of(self.state.builds.values(), |build| build.id))
    }

    async fn add_build(&mut self, build: &Build) -> Result<(), StoreError> {
        if self.state.builds.values().any(|other| other.commit == build.commit) {
            return Err(StoreError::Conflict);
        }
        self.state.builds.insert(build.id, build.clone());
        Ok(())
    }
}
