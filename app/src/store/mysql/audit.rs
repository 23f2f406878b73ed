use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::mysql::MySqlRow;
use ulid::Ulid;

use super::MySqlTransaction;
use super::columns::Columns;
use super::moment::stored;
use crate::store::{AuditEvent, AuditRepository, NewAuditEvent, Page, StoreError};

fn audit_event(row: &MySqlRow) -> Result<AuditEvent, StoreError> {
    let columns = Columns::of("audit_events", row)?;
    Ok(AuditEvent {
        id: columns.id(),
        number: columns.get("number")?,
        event: NewAuditEvent {
            actor: columns.get("actor")?,
            action: columns.get("action")?,
            subject: columns.get("subject")?,
            environment: columns.get("environment")?,
            reason: columns.get("reason")?,
        },
        created_at: columns.moment("created_at")?,
        previous_hash: columns.sha256("previous_hash")?,
        hash: columns.sha256("hash")?,
    })
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
        let rows = sqlx::query(
            "SELECT * FROM audit_events
             WHERE ? IS NULL OR number < (SELECT number FROM audit_events WHERE id = ?)
             ORDER BY number DESC LIMIT ?",
        )
        .bind(page.after.map(|id| id.to_string()))
        .bind(page.after.map(|id| id.to_string()))
        .bind(page.limit)
        .fetch_all(&mut *self.0)
        .await?;
        rows.iter().map(audit_event).collect()
    }
}
