use async_trait::async_trait;
use ulid::Ulid;

use super::MemoryTransaction;
use crate::store::{Approval, Page, Promotion, PromotionRepository, StoreError};
use crate::text::EnvironmentName;

#[async_trait]
impl PromotionRepository for MemoryTransaction {
    async fn promotion(&mut self, id: Ulid) -> Result<Option<Promotion>, StoreError> {
        Ok(self.state.promotions.get(&id).cloned())
    }

    async fn promotions(&mut self, environment: &EnvironmentName, page: Page) -> Result<Vec<Promotion>, StoreError> {
        let promotions = self.state.promotions.values().filter(|promotion| promotion.environment == *environment);
        Ok(page.newest_of(promotions, |promotion| promotion.id))
    }

    async fn add_promotion(&mut self, promotion: &Promotion) -> Result<(), StoreError> {
        self.state.promotions.insert(promotion.id, promotion.clone());
        Ok(())
    }

    async fn update_promotion(&mut self, promotion: &Promotion) -> Result<bool, StoreError> {
        let Some(stored) = self.state.promotions.get_mut(&promotion.id) else { return Ok(false) };
        if stored.revision + 1 != promotion.revision {
            return Ok(false);
        }
        *stored = promotion.clone();
        Ok(true)
    }

    async fn approvals(&mut self, promotion: Ulid) -> Result<Vec<Approval>, StoreError> {
        let approvals = self.state.approvals.values();
        Ok(approvals.filter(|approval| approval.promotion_id == promotion).cloned().collect())
    }

    async fn add_approval(&mut self, approval: &Approval) -> Result<(), StoreError> {
        let same = |other: &Approval| {
            (other.promotion_id, &other.approved_by, other.plan_sha256)
                == (approval.promotion_id, &approval.approved_by, approval.plan_sha256)
        };
        if self.state.approvals.values().any(same) {
            return Err(StoreError::Conflict);
        }
        self.state.approvals.insert(approval.id, approval.clone());
        Ok(())
    }
}
