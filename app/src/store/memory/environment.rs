use async_trait::async_trait;

use super::MemoryTransaction;
use crate::store::{Environment, EnvironmentRepository, StoreError};
use crate::text::EnvironmentName;

#[async_trait]
impl EnvironmentRepository for MemoryTransaction {
    async fn environment(&mut self, name: &EnvironmentName) -> Result<Option<Environment>, StoreError> {
        Ok(self.state.environments.get(name).cloned())
    }

    async fn environments(&mut self) -> Result<Vec<Environment>, StoreError> {
        Ok(self.state.environments.values().cloned().collect())
    }

    async fn add_environment(&mut self, environment: &Environment) -> Result<(), StoreError> {
        if self.state.environments.contains_key(&environment.name) {
            return Err(StoreError::Conflict);
        }
        self.state.environments.insert(environment.name.clone(), environment.clone());
        Ok(())
    }

    async fn update_environment(&mut self, environment: &Environment) -> Result<bool, StoreError> {
        let Some(stored) = self.state.environments.get_mut(&environment.name) else { return Ok(false) };
        if stored.revision + 1 != environment.revision {
            return Ok(false);
        }
        *stored = environment.clone();
        Ok(true)
    }
}
