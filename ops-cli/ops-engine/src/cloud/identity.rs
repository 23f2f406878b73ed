use async_trait::async_trait;

use super::CloudError;

/// Who AWS thinks we are.
#[async_trait]
pub trait Identity: Send + Sync {
    async fn caller(&self) -> Result<CallerIdentity, CloudError>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerIdentity {
    /// Twelve digits.
    pub account: String,
    pub arn: String,
}
