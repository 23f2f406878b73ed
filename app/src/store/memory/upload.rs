use async_trait::async_trait;
use jiff::Timestamp;
use ulid::Ulid;

use super::MemoryTransaction;
use crate::store::{Page, StoreError, Upload, UploadRepository};

#[async_trait]
impl UploadRepository for MemoryTransaction {
    async fn upload(&mut self, id: Ulid) -> Result<Option<Upload>, StoreError> {
        Ok(self.state.uploads.get(&id).cloned())
    }

    async fn uploads(&mut self, page: Page) -> Result<Vec<Upload>, StoreError> {
        Ok(page.newest_of(self.state.uploads.values(), |upload| upload.id))
    }

    async fn add_upload(&mut self, upload: &Upload) -> Result<(), StoreError> {
        self.state.uploads.insert(upload.id, upload.clone());
        Ok(())
    }

    async fn confirm_upload(&mut self, id: Ulid, now: Timestamp) -> Result<(), StoreError> {
        if let Some(upload) = self.state.uploads.get_mut(&id) {
            upload.confirmed_at = Some(now);
        }
        Ok(())
    }

    async fn delete_upload(&mut self, id: Ulid, _now: Timestamp) -> Result<bool, StoreError> {
        Ok(self.state.uploads.remove(&id).is_some())
    }
}
