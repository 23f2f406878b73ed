use std::collections::BTreeMap;

use async_trait::async_trait;
use ops_model::observation::ObservedSchedule;

use super::CloudError;

/// EventBridge Scheduler.
#[async_trait]
pub trait Schedules: Send + Sync {
    /// Every schedule of a group, by name.
    async fn schedules(&self, group: &str) -> Result<BTreeMap<String, ObservedSchedule>, CloudError>;

    /// `CreateSchedule`. Safe to repeat with the same token.
    async fn create_schedule(
        &self,
        group: &str,
        name: &str,
        schedule: &ObservedSchedule,
        client_token: &str,
    ) -> Result<(), CloudError>;

    /// `UpdateSchedule`, which replaces everything.
    async fn update_schedule(&self, group: &str, name: &str, schedule: &ObservedSchedule) -> Result<(), CloudError>;

    /// Deletes a schedule; one that is already gone is no error.
    async fn delete_schedule(&self, group: &str, name: &str) -> Result<(), CloudError>;
}
