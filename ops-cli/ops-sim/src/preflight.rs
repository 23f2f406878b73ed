use std::collections::BTreeMap;

use async_trait::async_trait;
use ops_engine::cloud::{AlarmState, CloudError, Preflight, Role};

use crate::account::SimulatedAccount;
use crate::answers::not_found;
use crate::operations::Operation;

#[async_trait]
impl Preflight for SimulatedAccount {
    async fn image_platforms(&self, image: &str) -> Result<Option<Vec<String>>, CloudError> {
        self.call(Operation::BatchGetImage, |inside| Ok(inside.state.images.platforms(image))).await
    }

    async fn role(&self, arn: &str) -> Result<Option<Role>, CloudError> {
        self.call(Operation::GetRole, |inside| Ok(inside.state.roles.get(arn).cloned())).await
    }

    async fn simulate(
        &self,
        role_arn: &str,
        requests: &[(String, String)],
    ) -> Result<BTreeMap<(String, String), bool>, CloudError> {
        let operation = Operation::SimulatePrincipalPolicy;
        self.call(operation, |inside| {
            let roles = &inside.state.roles;
            if !roles.contains(role_arn) {
                return Err(not_found(operation, "The role cannot be found."));
            }
            let decided = |request: &(String, String)| (request.clone(), roles.allows(role_arn, &request.0));
            Ok(requests.iter().map(decided).collect())
        })
        .await
    }

    async fn alarms(&self, names: &[String]) -> Result<BTreeMap<String, AlarmState>, CloudError> {
        self.call(Operation::DescribeAlarms, |inside| Ok(inside.state.alarms.of(names))).await
    }

    async fn quota(&self, service: &str, code: &str) -> Result<Option<f64>, CloudError> {
        self.call(Operation::GetServiceQuota, |inside| {
            Ok(inside.state.quotas.get(&(service.to_owned(), code.to_owned())).copied())
        })
        .await
    }
}
