use std::path::{Path, PathBuf};

use async_trait::async_trait;
use jiff::Timestamp;
use ops_model::site::{ObjectDetails, ObjectHeaders, PublicAccess};

use super::CloudError;

/// Buckets of sites, and the bundles that sites are filled from: many objects, large ones, and what browsers are told of
/// them.
#[async_trait]
pub trait SiteObjects: Send + Sync {
    /// Every object of a bucket, in the order of the keys.
    async fn list(&self, bucket: &str) -> Result<Vec<ListedObject>, CloudError>;

    /// Headers of one object, and what it says of its content. `None` when there is no such key.
    async fn details(&self, bucket: &str, key: &str) -> Result<Option<ObjectDetails>, CloudError>;

    /// Writes an object, in parts where it is large, and returns its entity tag. One that is there stays as it is when
    /// `overwrite` says so: that is an error that says [`CloudError::is_condition_failed`]. A content that has another
    /// SHA-256 than it is said to have is an error, too, and is not written.
    async fn upload(&self, upload: &Upload<'_>) -> Result<String, CloudError>;

    /// Copies an object with other headers, and returns the entity tag of the copy. An object may be copied onto itself.
    /// A copy whose content has another SHA-256 than it is said to have is an error.
    async fn copy(&self, copy: &Copy<'_>) -> Result<String, CloudError>;

    /// Deletes objects; those that are already gone are no error.
    async fn delete_all(&self, bucket: &str, keys: &[String]) -> Result<(), CloudError>;

    /// Writes an object to a file that does not exist yet. `false`: there is no such key.
    async fn download(&self, bucket: &str, key: &str, to: &Path) -> Result<bool, CloudError>;

    async fn public_access(&self, bucket: &str) -> Result<PublicAccess, CloudError>;

    /// Blocks public access by lists and policies.
    async fn block_public_access(&self, bucket: &str) -> Result<(), CloudError>;
}

/// What a listing says of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedObject {
    pub key: String,
    /// Bytes.
    pub size: u64,
    pub entity_tag: String,
    /// To the second.
    pub modified: Timestamp,
}

/// An object to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload<'a> {
    pub bucket: &'a str,
    pub key: &'a str,
    pub content: Content,
    /// Of the content, in lower-case hexadecimal; the object tells it to whoever asks.
    pub sha256: &'a str,
    pub headers: &'a ObjectHeaders,
    pub overwrite: Overwrite,
}

/// Where the bytes of an object come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    Bytes(Vec<u8>),
    /// A file with so many bytes, which is read while it is sent.
    File {
        path: PathBuf,
        size: u64,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overwrite {
    Never,
    Allowed,
}

/// A copy, made by S3 itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy<'a> {
    pub from_bucket: &'a str,
    pub from: &'a str,
    pub bucket: &'a str,
    pub to: &'a str,
    /// Of the content, as for an upload.
    pub sha256: &'a str,
    pub headers: &'a ObjectHeaders,
}
