use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::mysql::MySqlRow;
use ulid::Ulid;

use super::MySqlTransaction;
use super::columns::Columns;
use super::moment::stored;
use crate::store::{Freeze, Hold, Page, RestraintRepository, StoreError};
use crate::text::EnvironmentName;

fn freeze(row: &MySqlRow) -> Result<Freeze, StoreError> {
    let columns = Columns::of("freezes", row)?;
    Ok(Freeze {
        id: columns.id(),
        environment: columns.parsed("environment")?,
        reason: columns.parsed("reason")?,
        expires_at: columns.optional_moment("expires_at")?,
        created_by: columns.get("created_by")?,
        created_at: columns.moment("created_at")?,
    })
}

fn hold(row: &MySqlRow) -> Result<Hold, StoreError> {
    let columns = Columns::of("holds", row)?;
    Ok(Hold {
        id: columns.id(),
        environment: columns.parsed("environment")?,
        artifact: columns.parsed("artifact")?,
        digest: columns.parsed("digest")?,
        reason: columns.parsed("reason")?,
        created_by: columns.get("created_by")?,
        created_at: columns.moment("created_at")?,
    })
}

#[async_trait]
impl RestraintRepository for MySqlTransaction {
    async fn freezes(
        &mut self,
        environment: &EnvironmentName,
        now: Timestamp,
        page: Page,
    ) -> Result<Vec<Freeze>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM freezes WHERE environment = ? AND deleted_at IS NULL AND (expires_at IS NULL OR expires_at > ?)
             AND (? IS NULL OR id < ?) ORDER BY id DESC LIMIT ?",
        );
        let after = page.after.map(|id| id.to_string());
        let rows = rows.bind(environment.as_str()).bind(stored(now)).bind(after.clone()).bind(after).bind(page.limit);
        rows.fetch_all(&mut *self.0).await?.iter().map(freeze).collect()
    }

    async fn add_freeze(&mut self, freeze: &Freeze) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO freezes (
             id, environment, expires_at, reason, created_by, created_at, updated_at)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(freeze.id.to_string())
        .bind(freeze.environment.as_str())
        .bind(freeze.expires_at.map(stored))
        .bind(freeze.reason.as_str())
        .bind(&freeze.created_by)
        .bind(stored(freeze.created_at))
        .bind(stored(freeze.created_at))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    async fn lift_freeze(
        &mut self,
        environment: &EnvironmentName,
        id: Ulid,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let lifted = sqlx::query(
            "UPDATE freezes SET lifted_by = ?, deleted_at = ?, updated_at = ?
             WHERE environment = ? AND id = ? AND deleted_at IS NULL",
        )
        .bind(by)
        .bind(stored(now))
        .bind(stored(now))
        .bind(environment.as_str())
        .bind(id.to_string())
        .execute(&mut *self.0)
        .await?;
        Ok(lifted.rows_affected() == 1)
    }

    async fn holds(&mut self, environment: &EnvironmentName, page: Page) -> Result<Vec<Hold>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM holds WHERE environment = ? AND deleted_at IS NULL AND (? IS NULL OR id < ?)
             ORDER BY id DESC LIMIT ?",
        );
        let after = page.after.map(|id| id.to_string());
        let rows = rows.bind(environment.as_str()).bind(after.clone()).bind(after).bind(page.limit);
        rows.fetch_all(&mut *self.0).await?.iter().map(hold).collect()
    }

    async fn add_hold(&mut self, hold: &Hold) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO holds (
             id, environment, artifact, digest, reason, created_by, created_at, updated_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(hold.id.to_string())
        .bind(hold.environment.as_str())
        .bind(hold.artifact.as_str())
        .bind(hold.digest.as_str())
        .bind(hold.reason.as_str())
        .bind(&hold.created_by)
        .bind(stored(hold.created_at))
        .bind(stored(hold.created_at))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    async fn lift_hold(
        &mut self,
        environment: &EnvironmentName,
        id: Ulid,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let lifted = sqlx::query(
            "UPDATE holds SET lifted_by = ?, deleted_at = ?, updated_at = ?
             WHERE environment = ? AND id = ? AND deleted_at IS NULL",
        )
        .bind(by)
        .bind(stored(now))
        .bind(stored(now))
        .bind(environment.as_str())
        .bind(id.to_string())
        .execute(&mut *self.0)
        .await?;
        Ok(lifted.rows_affected() == 1)
    }
}
