use std::collections::BTreeMap;

use async_trait::async_trait;
use ops_model::observation::{ObservedService, ObservedTask, RegisteredTaskDefinition, ServiceSettings};
use ops_model::plan::SettingsUpdate;
use ops_model::rollout::Rollout;
use ops_model::task_definition::TaskDefinition;

use super::CloudError;

/// ECS: services, their rollouts, task definitions and tasks.
#[async_trait]
pub trait Containers: Send + Sync {
    /// Names of all services of the cluster that are not inactive.
    async fn list_services(&self, cluster: &str) -> Result<Vec<String>, CloudError>;

    /// The named services, with tags, task definition content and newest rollout; names that do not
    /// exist or are inactive are left out.
    async fn describe_services(&self, cluster: &str, names: &[String]) -> Result<Vec<ObservedService>, CloudError>;

    /// The newest active task definition of a family.
    async fn newest_task_definition(&self, family: &str) -> Result<Option<RegisteredTaskDefinition>, CloudError>;

    /// Registers a new revision and returns its ARN. ECS has no idempotency token for this: whoever calls
    /// it looks at [`Self::newest_task_definition`] first.
    async fn register_task_definition(
        &self,
        content: &TaskDefinition,
        tags: &BTreeMap<String, String>,
    ) -> Result<String, CloudError>;

    /// Creates a service. Safe to repeat with the same token.
    async fn create_service(&self, request: &CreateService) -> Result<(), CloudError>;

    /// One `UpdateService` call with the fields that differ.
    async fn update_service(&self, request: &ServiceUpdate) -> Result<(), CloudError>;

    /// Adds or replaces the tags of a service.
    async fn tag_service(&self, service_arn: &str, tags: &BTreeMap<String, String>) -> Result<(), CloudError>;

    /// Deletes a service and stops its tasks; done when the service is no longer described.
    async fn delete_service(&self, cluster: &str, service: &str) -> Result<(), CloudError>;

    /// Service deployments of a service, newest first; at least those of the last day.
    async fn rollouts(&self, cluster: &str, service: &str) -> Result<Vec<Rollout>, CloudError>;

    /// One service deployment by its ARN; `None` when ECS no longer has it.
    async fn rollout(&self, id: &str) -> Result<Option<Rollout>, CloudError>;

    /// Tasks of a service: those that run and those that stopped within the last hour or so, as long as
    /// ECS remembers them.
    async fn tasks(&self, cluster: &str, service: &str) -> Result<Vec<ObservedTask>, CloudError>;
}

/// A service to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateService {
    pub cluster: String,
    pub service: String,
    /// ARN with revision.
    pub task_definition: String,
    pub settings: ServiceSettings,
    pub tags: BTreeMap<String, String>,
    /// At most 36 characters; the same for the same content, so that a repeated call creates nothing twice.
    pub client_token: String,
}

/// A service to change: what is `None` stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceUpdate {
    pub cluster: String,
    pub service: String,
    /// ARN with revision.
    pub task_definition: Option<String>,
    pub update: SettingsUpdate,
}
