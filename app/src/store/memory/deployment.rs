use async_trait::async_trait;
use ulid::Ulid;

use super::MemoryTransaction;
use crate::store::{Deployment, DeploymentFilter, DeploymentRepository, Page, StoreError};
use crate::text::EnvironmentName;

#[async_trait]
impl DeploymentRepository for MemoryTransaction {
    async fn deployment(&mut self, environment: &EnvironmentName, id: Ulid) -> Result<Option<Deployment>, StoreError> {
        Ok(self.state.deployments.get(&id).filter(|deployment| deployment.environment == *environment).cloned())
    }

    async fn deployments(
        &mut self,
        environment: &EnvironmentName,
        filter: DeploymentFilter,
        page: Page,
    ) -> Result<Vec<Deployment>, StoreError> {
        let DeploymentFilter { outcome, since, until } = filter;
        let wanted = self.state.deployments.values().filter(|deployment| {
            deployment.environment == *environment
                && outcome.is_none_or(|outcome| deployment.outcome == outcome)
                && since.is_none_or(|since| deployment.started_at >= since)
                && until.is_none_or(|until| deployment.started_at < until)
        });
        Ok(page.newest_of(wanted, |deployment| deployment.id))
    }

    async fn add_deployment(&mut self, deployment: &Deployment) -> Result<(), StoreError> {
        if self.state.deployments.contains_key(&deployment.id) {
            return Err(StoreError::Conflict);
        }
        self.state.deployments.insert(deployment.id, deployment.clone());
        Ok(())
    }
}
