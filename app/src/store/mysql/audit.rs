use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::FromRow;
use time::PrimitiveDateTime;
use ulid::Ulid;

use super::MySqlTransaction;
use super::moment::{read, stored};
use crate::store::{AuditEvent, AuditRepository, NewAuditEvent, Page, StoreError};

#[derive(FromRow)]
struct AuditEventRow {
    id: String,
    number: u64,
    actor: String,
    action: String,
    subject: String,
    environment: Option<String>,
    reason: Option<String>,
    previous_hash: Vec<u8>,
    hash: Vec<u8>,
    created_at: PrimitiveDateTime,
}

impl TryFrom<AuditEventRow> for AuditEvent {
    type Error = StoreError;

    fn try_from(row: AuditEventRow) -> Result<Self, StoreError> {
        let AuditEventRow { actor, action, subject, environment, reason, .. } = row;
        let id = row.id.parse().unwrap_or_default();
        let inconsistent = |column| StoreError::Inconsistent { table: "audit_events", column, id };
        Ok(Self {
            id: row.id.parse().map_err(|_| inconsistent("id"))?,
            number: row.number,
            event: NewAuditEvent { actor, action, subject, environment, reason },
            created_at: read(row.created_at, "audit_events", "created_at", id)?,
            previous_hash: row.previous_hash.try_into().map_err(|_| inconsistent("previous_hash"))?,
            hash: row.hash.try_into().map_err(|_| inconsistent("hash"))?,
        })
    }
}

#[async_trait]
impl AuditRepository for MySqlTransaction {
    async fn append_audit_event(&mut self, event: NewAuditEvent, now: Timestamp) -> Result<(), StoreError> {
        let (number, hash): (u64, Vec<u8>) =
            sqlx::query_as("SELECT number, hash FROM audit_head WHERE id = 1 FOR UPDATE")
                .fetch_one(&mut *self.0)
                .await?;
        let hash = hash.try_into();
        let inconsistent = StoreError::Inconsistent { table: "audit_head", column: "hash", id: Ulid::nil() };
        let AuditEvent { id, number, event, created_at, previous_hash, hash } =
            AuditEvent::after(number, hash.map_err(|_| inconsistent)?, event, now);
        let NewAuditEvent { actor, action, subject, environment, reason } = event;
        sqlx::query(
            "INSERT INTO audit_events (id, number, actor, action, subject, environment, reason, previous_hash, hash,
                                       created_at, updated_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(id.to_string())
        .bind(number)
        .bind(actor)
        .bind(action)
        .bind(subject)
        .bind(environment)
        .bind(reason)
        .bind(previous_hash.as_slice())
        .bind(hash.as_slice())
        .bind(stored(created_at))
        .bind(stored(created_at))
        .execute(&mut *self.0)
        .await?;
        sqlx::query("UPDATE audit_head SET number = ?, hash = ?, updated_at = ? WHERE id = 1")
            .bind(number)
            .bind(hash.as_slice())
            .bind(stored(created_at))
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    async fn audit_events(&mut self, page: Page) -> Result<Vec<AuditEvent>, StoreError> {
        let rows: Vec<AuditEventRow> = sqlx::query_as(
            "SELECT id, number, actor, action, subject, environment, reason, previous_hash, hash, created_at
             FROM audit_events
             WHERE ? IS NULL OR number < (SELECT number FROM audit_events WHERE id = ?)
             ORDER BY number DESC LIMIT ?",
        )
        .bind(page.after.map(|id| id.to_string()))
        .bind(page.after.map(|id| id.to_string()))
        .bind(page.limit)
        .fetch_all(&mut *self.0)
        .await?;
        rows.into_iter().map(AuditEvent::try_from).collect()
    }
}
