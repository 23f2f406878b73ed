use async_trait::async_trait;
use jiff::Timestamp;
use ulid::Ulid;

use super::StoreError;
use crate::text::RequestKey;

/// A request that says which one it is, so that it is done once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownRequest {
    pub(crate) id: Ulid,
    pub(crate) caller: String,
    pub(crate) key: RequestKey,
    pub(crate) fingerprint: [u8; 32],
    /// Status and JSON; no JSON where it held a secret.
    pub(crate) answer: Option<(u16, Option<String>)>,
    pub(crate) created_at: Timestamp,
}

#[async_trait]
pub(crate) trait RequestRepository {
    /// [`StoreError::Conflict`]: the caller has used the key before. One that does so at the same time is waited for.
    async fn add_request(&mut self, request: &KnownRequest) -> Result<(), StoreError>;

    async fn request(&mut self, caller: &str, key: &RequestKey) -> Result<Option<KnownRequest>, StoreError>;

    async fn answer_request(
        &mut self,
        id: Ulid,
        status: u16,
        body: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Those from before a moment, some at a time; how many.
    async fn forget_requests(&mut self, before: Timestamp) -> Result<u64, StoreError>;

    /// That an identity has written once more.
    async fn mark_write(&mut self, identity: &str, now: Timestamp) -> Result<(), StoreError>;

    /// How often it has written, as far as is known here.
    async fn write_mark(&mut self, identity: &str) -> Result<u64, StoreError>;
}
