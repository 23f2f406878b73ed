use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::mysql::MySqlRow;
use ulid::Ulid;

use super::MySqlTransaction;
use super::columns::{Columns, variant};
use super::moment::stored;
use crate::identity::TokenHash;
use crate::store::{OneTimeLink, OneTimeLinkRepository, StoreError};

fn one_time_link(row: &MySqlRow) -> Result<OneTimeLink, StoreError> {
    let columns = Columns::of("one_time_links", row)?;
    Ok(OneTimeLink {
        id: columns.id(),
        user_id: columns.parsed("user_id")?,
        purpose: columns.variant("purpose")?,
        hash: TokenHash(columns.sha256("hash")?),
        expires_at: columns.moment("expires_at")?,
        used_at: columns.optional_moment("used_at")?,
        created_at: columns.moment("created_at")?,
    })
}

#[async_trait]
impl OneTimeLinkRepository for MySqlTransaction {
    async fn add_one_time_link(&mut self, link: &OneTimeLink) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO one_time_links (
             id, user_id, purpose, hash, expires_at, used_at, created_at, updated_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(link.id.to_string())
        .bind(link.user_id.to_string())
        .bind(variant(&link.purpose)?)
        .bind(link.hash.0.as_slice())
        .bind(stored(link.expires_at))
        .bind(link.used_at.map(stored))
        .bind(stored(link.created_at))
        .bind(stored(link.created_at))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    async fn one_time_link(&mut self, hash: TokenHash) -> Result<Option<OneTimeLink>, StoreError> {
        let row = sqlx::query("SELECT * FROM one_time_links WHERE hash = ?");
        let row = row.bind(hash.0.as_slice()).fetch_optional(&mut *self.0).await?;
        row.as_ref().map(one_time_link).transpose()
    }

    async fn use_one_time_link(&mut self, id: Ulid, now: Timestamp) -> Result<bool, StoreError> {
        let used =
            sqlx::query("UPDATE one_time_links SET used_at = ?, updated_at = ? WHERE id = ? AND used_at IS NULL");
        let used = used.bind(stored(now)).bind(stored(now)).bind(id.to_string()).execute(&mut *self.0).await?;
        Ok(used.rows_affected() == 1)
    }

    async fn void_one_time_links(&mut self, user: Ulid, now: Timestamp) -> Result<(), StoreError> {
        let voided =
            sqlx::query("UPDATE one_time_links SET used_at = ?, updated_at = ? WHERE user_id = ? AND used_at IS NULL");
        voided.bind(stored(now)).bind(stored(now)).bind(user.to_string()).execute(&mut *self.0).await?;
        Ok(())
    }
}
