use async_trait::async_trait;
use sqlx::mysql::MySqlRow;
use ulid::Ulid;

use super::MySqlTransaction;
use super::columns::{Columns, json};
use super::moment::stored;
use crate::store::{Build, BuildRepository, Page, StoreError};

fn build(row: &MySqlRow) -> Result<Build, StoreError> {
    let columns = Columns::of("builds", row)?;
    Ok(Build {
        id: columns.id(),
        commit: columns.parsed("commit_id")?,
        version: columns.parsed("version")?,
        artifacts: columns.json("artifacts")?,
        test_report: columns.json("test_report")?,
        created_by: columns.get("created_by")?,
        created_at: columns.moment("created_at")?,
    })
}

#[async_trait]
impl BuildRepository for MySqlTransaction {
    async fn build(&mut self, id: Ulid) -> Result<Option<Build>, StoreError> {
        let row = sqlx::query("SELECT * FROM builds WHERE id = ?");
        let row = row.bind(id.to_string()).fetch_optional(&mut *self.0).await?;
        row.as_ref().map(build).transpose()
    }

    async fn builds(&mut self, page: Page) -> Result<Vec<Build>, StoreError> {
        let rows = sqlx::query("SELECT * FROM builds WHERE (? IS NULL OR id < ?) ORDER BY id DESC LIMIT ?");
        let after = page.after.map(|id| id.to_string());
        let rows = rows.bind(after.clone()).bind(after).bind(page.limit).fetch_all(&mut *self.0).await?;
        rows.iter().map(build).collect()
    }

    async fn add_build(&mut self, build: &Build) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO builds (
             id, commit_id, version, artifacts, test_report, created_by, created_at, updated_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(build.id.to_string())
        .bind(build.commit.as_str())
        .bind(build.version.as_str())
        .bind(json(&build.artifacts)?)
        .bind(json(&build.test_report)?)
        .bind(&build.created_by)
        .bind(stored(build.created_at))
        .bind(stored(build.created_at))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }
}
