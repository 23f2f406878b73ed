use async_trait::async_trait;
use sqlx::QueryBuilder;
use sqlx::mysql::MySqlRow;
use ulid::Ulid;

use super::MySqlTransaction;
use super::columns::{Columns, variant};
use super::moment::stored;
use crate::store::{Deployment, DeploymentFilter, DeploymentRepository, Page, StoreError};
use crate::text::EnvironmentName;

fn deployment(row: &MySqlRow) -> Result<Deployment, StoreError> {
    let columns = Columns::of("deployments", row)?;
    Ok(Deployment {
        id: columns.id(),
        environment: columns.parsed("environment")?,
        operation: columns.get("operation")?,
        commit: columns.get("commit_id")?,
        outcome: columns.variant("outcome")?,
        actor: columns.get("actor")?,
        started_at: columns.moment("started_at")?,
        finished_at: columns.moment("finished_at")?,
        record_sha256: columns.sha256("record_sha256")?,
        record: columns.get("record")?,
        created_by: columns.get("created_by")?,
        created_at: columns.moment("created_at")?,
    })
}

#[async_trait]
impl DeploymentRepository for MySqlTransaction {
    async fn deployment(&mut self, environment: &EnvironmentName, id: Ulid) -> Result<Option<Deployment>, StoreError> {
        let row = sqlx::query("SELECT * FROM deployments WHERE environment = ? AND id = ?");
        let row = row.bind(environment.as_str()).bind(id.to_string()).fetch_optional(&mut *self.0).await?;
        row.as_ref().map(deployment).transpose()
    }

    async fn deployments(
        &mut self,
        environment: &EnvironmentName,
        filter: DeploymentFilter,
        page: Page,
    ) -> Result<Vec<Deployment>, StoreError> {
        let DeploymentFilter { outcome, since, until } = filter;
        let mut query = QueryBuilder::new("SELECT * FROM deployments WHERE environment = ");
        query.push_bind(environment.as_str());
        if let Some(outcome) = outcome {
            query.push(" AND outcome = ").push_bind(variant(&outcome)?);
        }
        if let Some(since) = since {
            query.push(" AND started_at >= ").push_bind(stored(since));
        }
        if let Some(until) = until {
            query.push(" AND started_at < ").push_bind(stored(until));
        }
        if let Some(after) = page.after {
            query.push(" AND id < ").push_bind(after.to_string());
        }
        query.push(" ORDER BY id DESC LIMIT ").push_bind(page.limit);
        let rows = query.build().fetch_all(&mut *self.0).await?;
        rows.iter().map(deployment).collect()
    }

    async fn add_deployment(&mut self, deployment: &Deployment) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO deployments (
             id, environment, operation, commit_id, outcome, actor, started_at, finished_at, record_sha256,
             record, created_by, created_at, updated_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(deployment.id.to_string())
        .bind(deployment.environment.as_str())
        .bind(&deployment.operation)
        .bind(&deployment.commit)
        .bind(variant(&deployment.outcome)?)
        .bind(&deployment.actor)
        .bind(stored(deployment.started_at))
        .bind(stored(deployment.finished_at))
        .bind(deployment.record_sha256.as_slice())
        .bind(&deployment.record)
        .bind(&deployment.created_by)
        .bind(stored(deployment.created_at))
        .bind(stored(deployment.created_at))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }
}
