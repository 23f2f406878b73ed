use async_trait::async_trait;
use ops_engine::cloud::{CloudError, Targets};
use ops_model::observation::TargetHealth;

use crate::account::SimulatedAccount;
use crate::answers::not_found;
use crate::operations::Operation;

#[async_trait]
impl Targets for SimulatedAccount {
    async fn target_health(&self, target_group_arn: &str) -> Result<Vec<TargetHealth>, CloudError> {
        self.call(Operation::DescribeTargetHealth, |inside| {
            let state = &inside.state;
            if !state.target_groups.contains(target_group_arn) {
                return Err(not_found(Operation::DescribeTargetHealth, "One or more target groups not found"));
            }
            let tasks = state.services.values().flat_map(|service| &service.tasks);
            Ok(tasks.filter_map(|task| task.target(state.now, target_group_arn)).collect())
        })
        .await
    }
}
