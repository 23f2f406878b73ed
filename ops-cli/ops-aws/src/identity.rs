use async_trait::async_trait;
use ops_engine::cloud::{CallerIdentity, CloudError, Identity};

use crate::error::Errors;

/// STS.
pub(crate) struct StsIdentity {
    pub(crate) sdk: aws_sdk_sts::Client,
    pub(crate) errors: Errors,
}

#[async_trait]
impl Identity for StsIdentity {
    async fn caller(&self) -> Result<CallerIdentity, CloudError> {
        const OPERATION: &str = "GetCallerIdentity";
        let answer = self.sdk.get_caller_identity().send().await.map_err(|error| self.errors.of(OPERATION, error))?;
        match (answer.account, answer.arn) {
            (Some(account), Some(arn)) => Ok(CallerIdentity { account, arn }),
            _ => Err(self.errors.unexpected(OPERATION, "the answer names no account")),
        }
    }
}
