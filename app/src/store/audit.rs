use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use ulid::Ulid;

use super::{Page, StoreError};

/// What somebody did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewAuditEvent {
    /// Such as `user:01H…` or `token:01H…`.
    pub(crate) actor: String,
    /// Such as `session.create`.
    pub(crate) action: String,
    /// What it was done to.
    pub(crate) subject: String,
    pub(crate) environment: Option<String>,
    pub(crate) reason: Option<String>,
}

/// The same in its place of the chain: it names the event before, so that nothing can be altered, left out or put in between
/// without a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AuditEvent {
    pub(crate) id: Ulid,
    /// From 1, without gaps.
    pub(crate) number: u64,
    pub(crate) event: NewAuditEvent,
    pub(crate) created_at: Timestamp,
    /// Zeros in the first.
    pub(crate) previous_hash: [u8; 32],
    pub(crate) hash: [u8; 32],
}

impl AuditEvent {
    pub(crate) fn after(number: u64, previous_hash: [u8; 32], event: NewAuditEvent, now: Timestamp) -> Self {
        let (id, number) = (Ulid::generate(), number + 1);
        let mut made = Self { id, number, event, created_at: now, previous_hash, hash: [0; 32] };
        made.hash = made.computed_hash();
        made
    }

    /// SHA-256 of the event before's hash and the event's members as a JSON list.
    pub(crate) fn computed_hash(&self) -> [u8; 32] {
        let NewAuditEvent { actor, action, subject, environment, reason } = &self.event;
        let at = self.created_at.as_microsecond();
        let content = json!([self.id, self.number, actor, action, subject, environment, reason, at]);
        Sha256::new().chain_update(self.previous_hash).chain_update(content.to_string()).finalize().into()
    }
}

#[async_trait]
pub(crate) trait AuditRepository {
    /// As the next one of the chain. Others who append wait until this transaction ends.
    async fn append_audit_event(&mut self, event: NewAuditEvent, now: Timestamp) -> Result<(), StoreError>;

    /// Newest first.
    async fn audit_events(&mut self, page: Page) -> Result<Vec<AuditEvent>, StoreError>;
}
