use async_trait::async_trait;
use jiff::Timestamp;

use super::CloudError;

/// S3 objects.
#[async_trait]
pub trait Objects: Send + Sync {
    /// `None` when there is no such key. A bucket that is not there is an error.
    async fn get(&self, bucket: &str, key: &str) -> Result<Option<StoredObject>, CloudError>;

    /// Writes an object and returns its entity tag. A condition that does not hold is an error that says
    /// [`CloudError::is_condition_failed`].
    async fn put(
        &self,
        bucket: &str,
        key: &str,
        body: Vec<u8>,
        condition: WriteCondition,
    ) -> Result<String, CloudError>;

    /// Writes an object under a free key, as [`Objects::put`] does, and locks it: until then nobody can delete or
    /// overwrite it, whatever they are permitted. A bucket that cannot lock objects refuses it.
    async fn put_locked(&self, bucket: &str, key: &str, body: Vec<u8>, until: Timestamp) -> Result<String, CloudError>;

    /// Deletes an object when it still has this entity tag; one that is already gone is no error.
    async fn delete(&self, bucket: &str, key: &str, entity_tag: &str) -> Result<(), CloudError>;

    /// Keys under a prefix, in lexicographic order.
    async fn list(&self, bucket: &str, prefix: &str) -> Result<Vec<String>, CloudError>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredObject {
    pub body: Vec<u8>,
    pub entity_tag: String,
}

/// What has to hold for a write to happen.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WriteCondition {
    /// The key is free (`If-None-Match: *`).
    Absent,
    /// The object still has this entity tag (`If-Match`).
    Unchanged { entity_tag: String },
}
