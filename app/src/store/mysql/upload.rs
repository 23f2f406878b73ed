use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::mysql::MySqlRow;
use ulid::Ulid;

use super::MySqlTransaction;
use super::columns::Columns;
use super::moment::stored;
use crate::store::{Page, StoreError, Upload, UploadRepository};

fn upload(row: &MySqlRow) -> Result<Upload, StoreError> {
    let columns = Columns::of("uploads", row)?;
    Ok(Upload {
        id: columns.id(),
        name: columns.parsed("name")?,
        content_type: columns.parsed("content_type")?,
        size: columns.get("size")?,
        sha256: columns.sha256("sha256")?,
        created_by: columns.get("created_by")?,
        confirmed_at: columns.optional_moment("confirmed_at")?,
        created_at: columns.moment("created_at")?,
    })
}

#[async_trait]
impl UploadRepository for MySqlTransaction {
    async fn upload(&mut self, id: Ulid) -> Result<Option<Upload>, StoreError> {
        let row = sqlx::query("SELECT * FROM uploads WHERE id = ? AND deleted_at IS NULL");
        let row = row.bind(id.to_string()).fetch_optional(&mut *self.0).await?;
        row.as_ref().map(upload).transpose()
    }

    async fn uploads(&mut self, page: Page) -> Result<Vec<Upload>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM uploads WHERE deleted_at IS NULL AND (? IS NULL OR id < ?) ORDER BY id DESC LIMIT ?",
        );
        let after = page.after.map(|id| id.to_string());
        let rows = rows.bind(after.clone()).bind(after).bind(page.limit).fetch_all(&mut *self.0).await?;
        rows.iter().map(upload).collect()
    }

    async fn add_upload(&mut self, upload: &Upload) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO uploads (
             id, name, content_type, size, sha256, created_by, confirmed_at, created_at, updated_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(upload.id.to_string())
        .bind(upload.name.as_str())
        .bind(upload.content_type.as_str())
        .bind(upload.size)
        .bind(upload.sha256.as_slice())
        .bind(&upload.created_by)
        .bind(upload.confirmed_at.map(stored))
        .bind(stored(upload.created_at))
        .bind(stored(upload.created_at))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    async fn confirm_upload(&mut self, id: Ulid, now: Timestamp) -> Result<(), StoreError> {
        let confirmed = sqlx::query("UPDATE uploads SET confirmed_at = ?, updated_at = ? WHERE id = ?");
        confirmed.bind(stored(now)).bind(stored(now)).bind(id.to_string()).execute(&mut *self.0).await?;
        Ok(())
    }

    async fn delete_upload(&mut self, id: Ulid, now: Timestamp) -> Result<bool, StoreError> {
        let deleted =
            sqlx::query("UPDATE uploads SET deleted_at = ?, updated_at = ? WHERE id = ? AND deleted_at IS NULL");
        let deleted = deleted.bind(stored(now)).bind(stored(now)).bind(id.to_string()).execute(&mut *self.0).await?;
        Ok(deleted.rows_affected() == 1)
    }
}
