//! Who did what, and why.

pub(super) mod list;

use jiff::Timestamp;
use serde::Serialize;
use ulid::Ulid;
use utoipa::ToSchema;

use crate::store;

/// An entry of the audit log. Each names the hash of the one before.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditEvent {
    id: Ulid,
    /// From 1, without gaps.
    number: u64,
    actor: String,
    action: String,
    subject: String,
    environment: Option<String>,
    reason: Option<String>,
    created_at: Timestamp,
    /// SHA-256 in hexadecimal.
    previous_hash: String,
    hash: String,
    /// Whether the hash is that of the entry as it is now.
    intact: bool,
}

impl From<store::AuditEvent> for AuditEvent {
    fn from(stored: store::AuditEvent) -> Self {
        let intact = stored.computed_hash() == stored.hash;
        let store::AuditEvent { id, number, event, created_at, previous_hash, hash } = stored;
        let store::NewAuditEvent { actor, action, subject, environment, reason } = event;
        let hexadecimal = |hash: [u8; 32]| ops_model::bundle::hexadecimal(&hash);
        Self {
            id,
            number,
            actor,
            action,
            subject,
            environment,
            reason,
            created_at,
            previous_hash: hexadecimal(previous_hash),
            hash: hexadecimal(hash),
            intact,
        }
    }
}
