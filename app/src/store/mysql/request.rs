use async_trait::async_trait;
use jiff::Timestamp;
use ulid::Ulid;

use super::MySqlTransaction;
use super::columns::Columns;
use super::moment::stored;
use crate::store::{KnownRequest, RequestRepository, StoreError};
use crate::text::RequestKey;

/// Rows that are removed in one statement, which holds their locks.
const SOME: u32 = 1000;

#[async_trait]
impl RequestRepository for MySqlTransaction {
    async fn add_request(&mut self, request: &KnownRequest) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO idempotency_keys (id, caller, idempotency_key, request_sha256, status, answer, created_at, updated_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(request.id.to_string())
        .bind(&request.caller)
        .bind(request.key.as_str())
        .bind(request.fingerprint.as_slice())
        .bind(request.answer.as_ref().map(|(status, _)| *status))
        .bind(request.answer.as_ref().and_then(|(_, body)| body.as_deref()))
        .bind(stored(request.created_at))
        .bind(stored(request.created_at))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    async fn request(&mut self, caller: &str, key: &RequestKey) -> Result<Option<KnownRequest>, StoreError> {
        let row = sqlx::query("SELECT * FROM idempotency_keys WHERE caller = ? AND idempotency_key = ?");
        let row = row.bind(caller).bind(key.as_str()).fetch_optional(&mut *self.0).await?;
        let Some(row) = row else { return Ok(None) };
        let columns = Columns::of("idempotency_keys", &row)?;
        let (status, body): (Option<u16>, Option<String>) = (columns.get("status")?, columns.get("answer")?);
        Ok(Some(KnownRequest {
            id: columns.id(),
            caller: columns.get("caller")?,
            key: columns.parsed("idempotency_key")?,
            fingerprint: columns.sha256("request_sha256")?,
            answer: status.map(|status| (status, body)),
            created_at: columns.moment("created_at")?,
        }))
    }

    async fn answer_request(
        &mut self,
        id: Ulid,
        status: u16,
        body: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE idempotency_keys SET status = ?, answer = ?, updated_at = ? WHERE id = ?")
            .bind(status)
            .bind(body)
            .bind(stored(now))
            .bind(id.to_string())
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    async fn forget_requests(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        let forgotten = sqlx::query("DELETE FROM idempotency_keys WHERE created_at < ? ORDER BY created_at LIMIT ?");
        Ok(forgotten.bind(stored(before)).bind(SOME).execute(&mut *self.0).await?.rows_affected())
    }

    async fn mark_write(&mut self, identity: &str, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO write_marks (id, identity, mark, created_at, updated_at) VALUES (?, ?, 1, ?, ?)
             ON DUPLICATE KEY UPDATE mark = mark + 1, updated_at = VALUES(updated_at)",
        )
        .bind(Ulid::generate().to_string())
        .bind(identity)
        .bind(stored(now))
        .bind(stored(now))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    async fn write_mark(&mut self, identity: &str) -> Result<u64, StoreError> {
        let mark: Option<(u64,)> = sqlx::query_as("SELECT mark FROM write_marks WHERE identity = ?")
            .bind(identity)
            .fetch_optional(&mut *self.0)
            .await?;
        Ok(mark.map_or(0, |(mark,)| mark))
    }
}
