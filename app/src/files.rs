//! Files that clients bring to storage themselves, past this server.

#[cfg(test)]
mod memory;
mod s3;

use async_trait::async_trait;
use jiff::SignedDuration;

use crate::store::Upload;

#[cfg(test)]
pub(crate) use memory::MemoryFiles;
pub(crate) use s3::S3Files;

/// How long a file may take to begin to be brought.
pub(crate) const LIFETIME: SignedDuration = SignedDuration::from_mins(15);

#[async_trait]
pub(crate) trait Files: Send + Sync {
    /// A request that brings exactly this file, and no other: of this length, type and SHA-256.
    async fn presign(&self, upload: &Upload) -> Result<PresignedRequest, FilesError>;

    /// What lies in its place; `None`: nothing.
    async fn stored(&self, upload: &Upload) -> Result<Option<StoredFile>, FilesError>;

    async fn remove(&self, upload: &Upload) -> Result<(), FilesError>;

    /// Where it is read.
    fn url(&self, upload: &Upload) -> String;
}

/// `PUT` to the URL, with these headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PresignedRequest {
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StoredFile {
    /// Bytes.
    pub(crate) size: u64,
    pub(crate) sha256: Option<[u8; 32]>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum FilesError {
    #[error("the storage of files cannot be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}
