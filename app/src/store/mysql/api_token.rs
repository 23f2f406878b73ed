use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::mysql::MySqlRow;
use ulid::Ulid;

use super::MySqlTransaction;
use super::columns::{Columns, json};
use super::moment::stored;
use crate::identity::TokenHash;
use crate::store::{ApiToken, ApiTokenRepository, StoreError};

fn api_token(row: &MySqlRow) -> Result<ApiToken, StoreError> {
    let columns = Columns::of("api_tokens", row)?;
    let user_id: Option<&str> = columns.get("user_id")?;
    Ok(ApiToken {
        id: columns.id(),
        user_id: user_id.map(|id| id.parse().map_err(|_| columns.inconsistent("user_id"))).transpose()?,
        name: columns.parsed("name")?,
        hash: TokenHash(columns.sha256("hash")?),
        hint: columns.get("hint")?,
        grants: columns.json("grants")?,
        expires_at: columns.moment("expires_at")?,
        last_used_at: columns.optional_moment("last_used_at")?,
        created_at: columns.moment("created_at")?,
    })
}

#[async_trait]
impl ApiTokenRepository for MySqlTransaction {
    async fn api_token_of_hash(&mut self, hash: TokenHash) -> Result<Option<ApiToken>, StoreError> {
        let row = sqlx::query("SELECT * FROM api_tokens WHERE hash = ? AND deleted_at IS NULL");
        let row = row.bind(hash.0.as_slice()).fetch_optional(&mut *self.0).await?;
        row.as_ref().map(api_token).transpose()
    }

    async fn api_tokens_of(&mut self, user: Ulid) -> Result<Vec<ApiToken>, StoreError> {
        let rows = sqlx::query("SELECT * FROM api_tokens WHERE user_id = ? AND deleted_at IS NULL ORDER BY id DESC");
        let rows = rows.bind(user.to_string()).fetch_all(&mut *self.0).await?;
        rows.iter().map(api_token).collect()
    }

    async fn add_api_token(&mut self, token: &ApiToken) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO api_tokens (
             id, user_id, name, hash, hint, grants, expires_at, last_used_at, created_at, updated_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(token.id.to_string())
        .bind(token.user_id.map(|id| id.to_string()))
        .bind(token.name.as_str())
        .bind(token.hash.0.as_slice())
        .bind(&token.hint)
        .bind(json(&token.grants)?)
        .bind(stored(token.expires_at))
        .bind(token.last_used_at.map(stored))
        .bind(stored(token.created_at))
        .bind(stored(token.created_at))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    async fn touch_api_token(&mut self, id: Ulid, now: Timestamp) -> Result<(), StoreError> {
        let touched = sqlx::query("UPDATE api_tokens SET last_used_at = ?, updated_at = ? WHERE id = ?");
        touched.bind(stored(now)).bind(stored(now)).bind(id.to_string()).execute(&mut *self.0).await?;
        Ok(())
    }

    async fn revoke_api_token(&mut self, user: Ulid, id: Ulid, now: Timestamp) -> Result<bool, StoreError> {
        let revoked = sqlx::query(
            "UPDATE api_tokens SET deleted_at = ?, updated_at = ? WHERE user_id = ? AND id = ? AND deleted_at IS NULL",
        );
        let revoked = revoked.bind(stored(now)).bind(stored(now)).bind(user.to_string()).bind(id.to_string());
        Ok(revoked.execute(&mut *self.0).await?.rows_affected() == 1)
    }
}
