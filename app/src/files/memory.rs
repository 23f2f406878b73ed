use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use super::{Files, FilesError, PresignedRequest, StoredFile};
use crate::store::Upload;

/// Files by their keys; a test puts them there.
#[derive(Debug, Clone, Default)]
pub(crate) struct MemoryFiles(Arc<Mutex<BTreeMap<String, StoredFile>>>);

impl MemoryFiles {
    pub(crate) fn put(&self, key: &str, file: StoredFile) {
        self.locked().insert(key.to_owned(), file);
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, StoredFile>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Files for MemoryFiles {
    async fn presign(&self, upload: &Upload) -> Result<PresignedRequest, FilesError> {
        Ok(PresignedRequest { url: format!("https://bucket.example/{}", upload.key()), headers: Vec::new() })
    }

    async fn stored(&self, upload: &Upload) -> Result<Option<StoredFile>, FilesError> {
        Ok(self.locked().get(&upload.key()).copied())
    }

    async fn remove(&self, upload: &Upload) -> Result<(), FilesError> {
        self.locked().remove(&upload.key());
        Ok(())
    }

    fn url(&self, upload: &Upload) -> String {
        format!("https://files.example/{}", upload.key())
    }
}
