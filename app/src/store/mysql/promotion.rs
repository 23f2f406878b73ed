use async_trait::async_trait;
use sqlx::mysql::MySqlRow;
use ulid::Ulid;

use super::MySqlTransaction;
use super::columns::{Columns, variant};
use super::moment::stored;
use crate::store::{Approval, Page, Promotion, PromotionRepository, StoreError};
use crate::text::EnvironmentName;

fn promotion(row: &MySqlRow) -> Result<Promotion, StoreError> {
    let columns = Columns::of("promotions", row)?;
    Ok(Promotion {
        id: columns.id(),
        environment: columns.parsed("environment")?,
        build_id: columns.parsed("build_id")?,
        plan_sha256: columns.sha256("plan_sha256")?,
        plan_summary: columns.parsed("plan_summary")?,
        approvals_needed: columns.get("approvals_needed")?,
        state: columns.variant("state")?,
        revision: columns.get("revision")?,
        created_by: columns.get("created_by")?,
        created_at: columns.moment("created_at")?,
        updated_at: columns.moment("updated_at")?,
    })
}

fn approval(row: &MySqlRow) -> Result<Approval, StoreError> {
    let columns = Columns::of("approvals", row)?;
    Ok(Approval {
        id: columns.id(),
        promotion_id: columns.parsed("promotion_id")?,
        plan_sha256: columns.sha256("plan_sha256")?,
        artifacts_sha256: columns.sha256("artifacts_sha256")?,
        approved_by: columns.get("approved_by")?,
        reason: columns.parsed("reason")?,
        created_at: columns.moment("created_at")?,
    })
}

#[async_trait]
impl PromotionRepository for MySqlTransaction {
    async fn promotion(&mut self, id: Ulid) -> Result<Option<Promotion>, StoreError> {
        let row = sqlx::query("SELECT * FROM promotions WHERE id = ?");
        let row = row.bind(id.to_string()).fetch_optional(&mut *self.0).await?;
        row.as_ref().map(promotion).transpose()
    }

    async fn promotions(&mut self, environment: &EnvironmentName, page: Page) -> Result<Vec<Promotion>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM promotions WHERE environment = ? AND (? IS NULL OR id < ?) ORDER BY id DESC LIMIT ?",
        );
        let after = page.after.map(|id| id.to_string());
        let rows = rows
            .bind(environment.as_str())
            .bind(after.clone())
            .bind(after)
            .bind(page.limit)
            .fetch_all(&mut *self.0)
            .await?;
        rows.iter().map(promotion).collect()
    }

    async fn add_promotion(&mut self, promotion: &Promotion) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO promotions (
             id, environment, build_id, plan_sha256, plan_summary, approvals_needed, state, revision,
             created_by, created_at, updated_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(promotion.id.to_string())
        .bind(promotion.environment.as_str())
        .bind(promotion.build_id.to_string())
        .bind(promotion.plan_sha256.as_slice())
        .bind(promotion.plan_summary.as_str())
        .bind(promotion.approvals_needed)
        .bind(variant(&promotion.state)?)
        .bind(promotion.revision)
        .bind(&promotion.created_by)
        .bind(stored(promotion.created_at))
        .bind(stored(promotion.updated_at))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    async fn update_promotion(&mut self, promotion: &Promotion) -> Result<bool, StoreError> {
        let updated = sqlx::query(
            "UPDATE promotions SET plan_sha256 = ?, plan_summary = ?, state = ?, revision = ?, updated_at = ?
             WHERE id = ? AND revision + 1 = ?",
        )
        .bind(promotion.plan_sha256.as_slice())
        .bind(promotion.plan_summary.as_str())
        .bind(variant(&promotion.state)?)
        .bind(promotion.revision)
        .bind(stored(promotion.updated_at))
        .bind(promotion.id.to_string())
        .bind(promotion.revision)
        .execute(&mut *self.0)
        .await?;
        Ok(updated.rows_affected() == 1)
    }

    async fn approvals(&mut self, promotion: Ulid) -> Result<Vec<Approval>, StoreError> {
        let rows = sqlx::query("SELECT * FROM approvals WHERE promotion_id = ? ORDER BY id");
        let rows = rows.bind(promotion.to_string()).fetch_all(&mut *self.0).await?;
        rows.iter().map(approval).collect()
    }

    async fn add_approval(&mut self, approval: &Approval) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO approvals (
             id, promotion_id, plan_sha256, artifacts_sha256, approved_by, reason, created_at, updated_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(approval.id.to_string())
        .bind(approval.promotion_id.to_string())
        .bind(approval.plan_sha256.as_slice())
        .bind(approval.artifacts_sha256.as_slice())
        .bind(&approval.approved_by)
        .bind(approval.reason.as_str())
        .bind(stored(approval.created_at))
        .bind(stored(approval.created_at))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }
}
