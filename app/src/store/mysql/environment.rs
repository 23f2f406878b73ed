use async_trait::async_trait;
use sqlx::mysql::MySqlRow;

use super::MySqlTransaction;
use super::columns::{Columns, json};
use super::moment::stored;
use crate::store::{Environment, EnvironmentRepository, StoreError};
use crate::text::EnvironmentName;

fn environment(row: &MySqlRow) -> Result<Environment, StoreError> {
    let columns = Columns::of("environments", row)?;
    Ok(Environment {
        id: columns.id(),
        name: columns.parsed("name")?,
        status: columns.json("status")?,
        revision: columns.get("revision")?,
        created_at: columns.moment("created_at")?,
        updated_at: columns.moment("updated_at")?,
    })
}

#[async_trait]
impl EnvironmentRepository for MySqlTransaction {
    async fn environment(&mut self, name: &EnvironmentName) -> Result<Option<Environment>, StoreError> {
        let row = sqlx::query("SELECT * FROM environments WHERE name = ?");
        let row = row.bind(name.as_str()).fetch_optional(&mut *self.0).await?;
        row.as_ref().map(environment).transpose()
    }

    async fn environments(&mut self) -> Result<Vec<Environment>, StoreError> {
        let rows = sqlx::query("SELECT * FROM environments ORDER BY name").fetch_all(&mut *self.0).await?;
        rows.iter().map(environment).collect()
    }

    async fn add_environment(&mut self, environment: &Environment) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO environments (
             id, name, status, revision, created_at, updated_at)
             VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(environment.id.to_string())
        .bind(environment.name.as_str())
        .bind(json(&environment.status)?)
        .bind(environment.revision)
        .bind(stored(environment.created_at))
        .bind(stored(environment.updated_at))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    async fn update_environment(&mut self, environment: &Environment) -> Result<bool, StoreError> {
        let updated = sqlx::query(
            "UPDATE environments SET status = ?, revision = ?, updated_at = ? WHERE id = ? AND revision + 1 = ?",
        )
        .bind(json(&environment.status)?)
        .bind(environment.revision)
        .bind(stored(environment.updated_at))
        .bind(environment.id.to_string())
        .bind(environment.revision)
        .execute(&mut *self.0)
        .await?;
        Ok(updated.rows_affected() == 1)
    }
}
