use std::collections::BTreeMap;

use async_trait::async_trait;
use ops_model::observation::ScalingSettings;
use serde_json::{Map, Value};

use super::CloudError;

/// Application Auto Scaling of the services of a cluster (dimension `ecs:service:DesiredCount`).
#[async_trait]
pub trait Scaling: Send + Sync {
    /// Scaling of every service of the cluster that has some, by service. Alarms that AWS makes by itself are no setting.
    async fn scaling(&self, cluster: &str) -> Result<BTreeMap<String, ScalingSettings>, CloudError>;

    /// `RegisterScalableTarget`: creates or changes.
    async fn put_target(&self, cluster: &str, service: &str, target: &Map<String, Value>) -> Result<(), CloudError>;

    /// `PutScalingPolicy`: creates or replaces, and returns the policy's ARN.
    async fn put_policy(
        &self,
        cluster: &str,
        service: &str,
        name: &str,
        policy: &Map<String, Value>,
    ) -> Result<String, CloudError>;

    /// `PutScheduledAction`: creates or changes.
    async fn put_scheduled_action(
        &self,
        cluster: &str,
        service: &str,
        name: &str,
        action: &Map<String, Value>,
    ) -> Result<(), CloudError>;

    /// Deletes a policy; one that is already gone is no error.
    async fn delete_policy(&self, cluster: &str, service: &str, name: &str) -> Result<(), CloudError>;

    /// Deletes a scheduled action; one that is already gone is no error.
    async fn delete_scheduled_action(&self, cluster: &str, service: &str, name: &str) -> Result<(), CloudError>;

    /// `DeregisterScalableTarget`, which takes policies and scheduled actions along; what is already gone is no error.
    async fn remove_target(&self, cluster: &str, service: &str) -> Result<(), CloudError>;
}
