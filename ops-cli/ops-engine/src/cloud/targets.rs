use async_trait::async_trait;
use ops_model::observation::TargetHealth;

use super::CloudError;

/// Load balancer target groups.
#[async_trait]
pub trait Targets: Send + Sync {
    /// Every registered target of a target group and what its health check says.
    async fn target_health(&self, target_group_arn: &str) -> Result<Vec<TargetHealth>, CloudError>;
}
