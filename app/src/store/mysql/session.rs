use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::FromRow;
use time::PrimitiveDateTime;
use ulid::Ulid;

use super::MySqlTransaction;
use super::moment::{read, stored};
use crate::identity::TokenHash;
use crate::store::{EndReason, RefreshToken, Session, SessionRepository, StoreError};

#[derive(FromRow)]
struct SessionRow {
    id: String,
    user_id: String,
    user_agent: String,
    address: String,
    last_used_at: PrimitiveDateTime,
    expires_at: PrimitiveDateTime,
    ended_at: Option<PrimitiveDateTime>,
    end_reason: Option<String>,
    created_at: PrimitiveDateTime,
    updated_at: PrimitiveDateTime,
}

#[derive(FromRow)]
struct RefreshTokenRow {
    id: String,
    session_id: String,
    hash: Vec<u8>,
    used_at: Option<PrimitiveDateTime>,
    created_at: PrimitiveDateTime,
}

impl TryFrom<SessionRow> for Session {
    type Error = StoreError;

    fn try_from(row: SessionRow) -> Result<Self, StoreError> {
        let id = row.id.parse().unwrap_or_default();
        let inconsistent = |column| StoreError::Inconsistent { table: "sessions", column, id };
        let moment = |moment, column| read(moment, "sessions", column, id);
        let ended = match (row.ended_at, row.end_reason) {
            (None, None) => None,
            (Some(at), Some(name)) => {
                let reason = EndReason::ALL.into_iter().find(|reason| reason.name() == name);
                Some((moment(at, "ended_at")?, reason.ok_or_else(|| inconsistent("end_reason"))?))
            }
            _ => return Err(inconsistent("end_reason")),
        };
        Ok(Self {
            id: row.id.parse().map_err(|_| inconsistent("id"))?,
            user_id: row.user_id.parse().map_err(|_| inconsistent("user_id"))?,
            user_agent: row.user_agent,
            address: row.address,
            last_used_at: moment(row.last_used_at, "last_used_at")?,
            expires_at: moment(row.expires_at, "expires_at")?,
            ended,
            created_at: moment(row.created_at, "created_at")?,
            updated_at: moment(row.updated_at, "updated_at")?,
        })
    }
}

impl TryFrom<RefreshTokenRow> for RefreshToken {
    type Error = StoreError;

    fn try_from(row: RefreshTokenRow) -> Result<Self, StoreError> {
        let id = row.id.parse().unwrap_or_default();
        let inconsistent = |column| StoreError::Inconsistent { table: "refresh_tokens", column, id };
        let moment = |moment, column| read(moment, "refresh_tokens", column, id);
        Ok(Self {
            id: row.id.parse().map_err(|_| inconsistent("id"))?,
            session_id: row.session_id.parse().map_err(|_| inconsistent("session_id"))?,
            hash: TokenHash(row.hash.try_into().map_err(|_| inconsistent("hash"))?),
            used_at: row.used_at.map(|at| moment(at, "used_at")).transpose()?,
            created_at: moment(row.created_at, "created_at")?,
        })
    }
}

#[async_trait]
impl SessionRepository for MySqlTransaction {
    async fn session(&mut self, id: Ulid) -> Result<Option<Session>, StoreError> {
        let row: Option<SessionRow> = sqlx::query_as("SELECT * FROM sessions WHERE id = ?")
            .bind(id.to_string())
            .fetch_optional(&mut *self.0)
            .await?;
        row.map(Session::try_from).transpose()
    }

    async fn sessions_of(&mut self, user: Ulid, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        let rows: Vec<SessionRow> = sqlx::query_as(
            "SELECT * FROM sessions WHERE user_id = ? AND ended_at IS NULL AND expires_at > ? ORDER BY id DESC",
        )
        .bind(user.to_string())
        .bind(stored(now))
        .fetch_all(&mut *self.0)
        .await?;
        rows.into_iter().map(Session::try_from).collect()
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
        let row: Option<RefreshTokenRow> =
            sqlx::query_as("SELECT id, session_id, hash, used_at, created_at FROM refresh_tokens WHERE hash = ?")
                .bind(hash.0.as_slice())
                .fetch_optional(&mut *self.0)
                .await?;
        row.map(RefreshToken::try_from).transpose()
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
