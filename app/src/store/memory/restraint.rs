use async_trait::async_trait;
use jiff::Timestamp;
use ulid::Ulid;

use super::MemoryTransaction;
use crate::store::{Freeze, Hold, Page, RestraintRepository, StoreError};
use crate::text::EnvironmentName;

#[async_trait]
impl RestraintRepository for MemoryTransaction {
    async fn freezes(
        &mut self,
        environment: &EnvironmentName,
        now: Timestamp,
        page: Page,
    ) -> Result<Vec<Freeze>, StoreError> {
        let freezes = self.state.freezes.values().filter(|freeze| {
            freeze.environment == *environment && freeze.expires_at.is_none_or(|expires_at| expires_at > now)
        });
        Ok(page.newest_of(freezes, |freeze| freeze.id))
    }

    async fn add_freeze(&mut self, freeze: &Freeze) -> Result<(), StoreError> {
        self.state.freezes.insert(freeze.id, freeze.clone());
        Ok(())
    }

    async fn lift_freeze(
        &mut self,
        environment: &EnvironmentName,
        id: Ulid,
        _by: &str,
        _now: Timestamp,
    ) -> Result<bool, StoreError> {
        let is_here = self.state.freezes.get(&id).is_some_and(|freeze| freeze.environment == *environment);
        Ok(is_here && self.state.freezes.remove(&id).is_some())
    }

    async fn holds(&mut self, environment: &EnvironmentName, page: Page) -> Result<Vec<Hold>, StoreError> {
        let holds = self.state.holds.values().filter(|hold| hold.environment == *environment);
        Ok(page.newest_of(holds, |hold| hold.id))
    }

    async fn add_hold(&mut self, hold: &Hold) -> Result<(), StoreError> {
        self.state.holds.insert(hold.id, hold.clone());
        Ok(())
    }

    async fn lift_hold(
        &mut self,
        environment: &EnvironmentName,
        id: Ulid,
        _by: &str,
        _now: Timestamp,
    ) -> Result<bool, StoreError> {
        let is_here = self.state.holds.get(&id).is_some_and(|hold| hold.environment == *environment);
        Ok(is_here && self.state.holds.remove(&id).is_some())
    }
}
