use async_trait::async_trait;
use jiff::Timestamp;
use ulid::Ulid;

use super::{Page, StoreError};
use crate::text::{FileName, MediaType};

/// A file that a client brings to S3 itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Upload {
    pub(crate) id: Ulid,
    pub(crate) name: FileName,
    pub(crate) content_type: MediaType,
    /// Bytes.
    pub(crate) size: u64,
    pub(crate) sha256: [u8; 32],
    pub(crate) created_by: String,
    /// When it was seen to be there.
    pub(crate) confirmed_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
}

impl Upload {
    /// Its key in the bucket: nothing of it is the client's choice but the name, which holds no folder.
    pub(crate) fn key(&self) -> String {
        format!("uploads/{}/{}", self.id, self.name)
    }
}

/// Uploads that were deleted are not among them.
#[async_trait]
pub(crate) trait UploadRepository {
    async fn upload(&mut self, id: Ulid) -> Result<Option<Upload>, StoreError>;

    /// Newest first.
    async fn uploads(&mut self, page: Page) -> Result<Vec<Upload>, StoreError>;

    async fn add_upload(&mut self, upload: &Upload) -> Result<(), StoreError>;

    async fn confirm_upload(&mut self, id: Ulid, now: Timestamp) -> Result<(), StoreError>;

    /// Whether it was there.
    async fn delete_upload(&mut self, id: Ulid, now: Timestamp) -> Result<bool, StoreError>;
}
