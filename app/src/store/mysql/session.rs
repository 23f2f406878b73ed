use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::mysql::MySqlRow;
use ulid::Ulid;

use super::MySqlTransaction;
use super::columns::Columns;
use super::moment::stored;
use crate::identity::TokenHash;
use crate::store::{EndReason, RefreshToken, Session, SessionRepository, StoreError};

fn session(row: &MySqlRow) -> Result<Session, StoreError> {
    let columns = Columns::of("sessions", row)?;
    let ended = match (columns.optional_moment("ended_at")?, columns.get::<Option<&str>>("end_reason")?) {
        (None, None) => None,
        (Some(at), Some(name)) => {
            let reason = EndReason::ALL.into_iter().find(|reason| reason.name() == name);
            Some((at, reason.ok_or_else(|| columns.inconsistent("end_reason"))?))
        }
        _ => return Err(columns.inconsistent("end_reason")),
    };
    Ok(Session {
        id: columns.id(),
        user_id: columns.parsed("user_id")?,
        user_agent: columns.get("user_agent")?,
        address: columns.get("address")?,
        last_used_at: columns.moment("last_used_at")?,
        expires_at: columns.moment("expires_at")?,
        ended,
        created_at: columns.moment("created_at")?,
        updated_at: columns.moment("updated_at")?,
    })
}

fn refresh_token(row: &MySqlRow) -> Result<RefreshToken, StoreError> {
    let columns = Columns::of("refresh_tokens", row)?;
    Ok(RefreshToken {
        id: columns.id(),
        session_id: columns.parsed("session_id")?,
        hash: TokenHash(columns.sha256("hash")?),
        used_at: columns.optional_moment("used_at")?,
        created_at: columns.moment("created_at")?,
    })
}

#[async_trait]
impl SessionRepository for MySqlTransaction {
    async fn session(&mut self, id: Ulid) -> Result<Option<Session>, StoreError> {
        let row = sqlx::query("SELECT * FROM sessions WHERE id = ?");
        let row = row.bind(id.to_string()).fetch_optional(&mut *self.0).await?;
        row.as_ref().map(session).transpose()
    }

    async fn sessions_of(&mut self, user: Ulid, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM sessions WHERE user_id = ? AND ended_at IS NULL AND expires_at > ? ORDER BY id DESC",
        )
        .bind(user.to_string())
        .bind(stored(now))
        .fetch_all(&mut *self.0)
        .await?;
        rows.iter().map(session).collect()
    }

    async fn add_session(&mut self, session: &Session) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO sessions (id, user_id, user_agent, address, last_used_at, expires_at, ended_at, end_reason,
                                   created_at, updated_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(session.id.to_string())
        .bind(session.user_id.to_string())
        .bind(&session.user_agent)
        .bind(&session.address)
        .bind(stored(session.last_used_at))
        .bind(stored(session.expires_at))
        .bind(session.ended.map(|(at, _)| stored(at)))
        .bind(session.ended.map(|(_, reason)| reason.name()))
        .bind(stored(session.created_at))
        .bind(stored(session.updated_at))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    async fn touch_session(&mut self, id: Ulid, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE sessions SET last_used_at = ?, updated_at = ? WHERE id = ?")
            .bind(stored(now))
            .bind(stored(now))
            .bind(id.to_string())
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    async fn end_session(&mut self, id: Ulid, reason: EndReason, now: Timestamp) -> Result<bool, StoreError> {
        let ended = sqlx::query(
            "UPDATE sessions SET ended_at = ?, end_reason = ?, updated_at = ? WHERE id = ? AND ended_at IS NULL",
        )
        .bind(stored(now))
        .bind(reason.name())
        .bind(stored(now))
        .bind(id.to_string())
        .execute(&mut *self.0)
        .await?;
        Ok(ended.rows_affected() == 1)
    }

    async fn end_sessions_of(
        &mut self,
        user: Ulid,
        but: Option<Ulid>,
        reason: EndReason,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE sessions SET ended_at = ?, end_reason = ?, updated_at = ?
             WHERE user_id = ? AND id <> ? AND ended_at IS NULL",
        )
        .bind(stored(now))
        .bind(reason.name())
        .bind(stored(now))
        .bind(user.to_string())
        .bind(but.map(|id| id.to_string()).unwrap_or_default())
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    async fn refresh_token(&mut self, hash: TokenHash) -> Result<Option<RefreshToken>, StoreError> {
        let row = sqlx::query("SELECT * FROM refresh_tokens WHERE hash = ?");
        let row = row.bind(hash.0.as_slice()).fetch_optional(&mut *self.0).await?;
        row.as_ref().map(refresh_token).transpose()
    }

    async fn add_refresh_token(&mut self, token: &RefreshToken) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO refresh_tokens (id, session_id, hash, used_at, created_at, updated_at)
             VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(token.id.to_string())
        .bind(token.session_id.to_string())
        .bind(token.hash.0.as_slice())
        .bind(token.used_at.map(stored))
        .bind(stored(token.created_at))
        .bind(stored(token.created_at))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    async fn use_refresh_token(&mut self, id: Ulid, now: Timestamp) -> Result<bool, StoreError> {
        let used =
            sqlx::query("UPDATE refresh_tokens SET used_at = ?, updated_at = ? WHERE id = ? AND used_at IS NULL")
                .bind(stored(now))
                .bind(stored(now))
                .bind(id.to_string())
                .execute(&mut *self.0)
                .await?;
        Ok(used.rows_affected() == 1)
    }
}
