use std::collections::BTreeMap;

use async_trait::async_trait;

use super::CloudError;

/// What is looked at before anything is changed, beyond what a plan needs.
#[async_trait]
pub trait Preflight: Send + Sync {
    /// Platforms (`linux/amd64`) of an image in ECR, by repository and digest; `None` when it is not there.
    async fn image_platforms(&self, image: &str) -> Result<Option<Vec<String>>, CloudError>;

    /// A role's trust policy, and whether it is there.
    async fn role(&self, arn: &str) -> Result<Option<Role>, CloudError>;

    /// What IAM says to these actions on these resources for the role, without doing them: decision by `action resource`.
    async fn simulate(
        &self,
        role_arn: &str,
        requests: &[(String, String)],
    ) -> Result<BTreeMap<(String, String), bool>, CloudError>;

    /// State of CloudWatch alarms by name; those that do not exist are left out.
    async fn alarms(&self, names: &[String]) -> Result<BTreeMap<String, AlarmState>, CloudError>;

    /// Value of a service quota, such as (`ecs`, `L-…`); `None` when AWS does not tell.
    async fn quota(&self, service: &str, code: &str) -> Result<Option<f64>, CloudError>;
}

/// A role as IAM describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Service principals that may take it, such as `ecs-tasks.amazonaws.com`.
    pub trusted_services: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlarmState {
    Fine,
    Firing,
    NotEnoughData,
}
