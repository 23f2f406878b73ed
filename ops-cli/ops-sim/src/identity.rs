use async_trait::async_trait;
use ops_engine::cloud::{CallerIdentity, CloudError, Identity};

use crate::account::SimulatedAccount;
use crate::operations::Operation;

#[async_trait]
impl Identity for SimulatedAccount {
    async fn caller(&self) -> Result<CallerIdentity, CloudError> {
        self.call(Operation::GetCallerIdentity, |inside| {
            let arns = &inside.state.arns;
            Ok(CallerIdentity { account: arns.account.clone(), arn: arns.caller() })
        })
        .await
    }
}
