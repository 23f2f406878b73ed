//! ECS.

mod immutable;
mod rollouts;
mod service_changes;
mod service_settings;
mod services;
mod tags;
mod task_definition;
mod task_definitions;
mod tasks;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_ecs::types::ServiceRevision;
use aws_types::sdk_config::SharedTimeSource;
use ops_engine::cloud::{CloudError, Containers, CreateService, ServiceUpdate};
use ops_model::observation::{ObservedService, ObservedTask, RegisteredTaskDefinition};
use ops_model::rollout::Rollout;
use ops_model::task_definition::TaskDefinition;

use self::immutable::Immutable;
use crate::error::Errors;

/// Reads that are under way at the same time, of one kind. ECS refills its buckets for reads at some 20 calls a second.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html>
const CONCURRENT_READS: usize = 8;

pub(crate) struct EcsContainers {
    sdk: aws_sdk_ecs::Client,
    errors: Errors,
    time: SharedTimeSource,
    task_definitions: Immutable<RegisteredTaskDefinition>,
    revisions: Immutable<ServiceRevision>,
}

impl EcsContainers {
    pub(crate) fn new(sdk: aws_sdk_ecs::Client, errors: Errors, time: SharedTimeSource) -> Self {
        Self { sdk, errors, time, task_definitions: Immutable::default(), revisions: Immutable::default() }
    }
}

#[async_trait]
impl Containers for EcsContainers {
    async fn list_services(&self, cluster: &str) -> Result<Vec<String>, CloudError> {
        self.service_names(cluster).await
    }

    async fn describe_services(&self, cluster: &str, names: &[String]) -> Result<Vec<ObservedService>, CloudError> {
        self.observe_services(cluster, names).await
    }

    async fn newest_task_definition(&self, family: &str) -> Result<Option<RegisteredTaskDefinition>, CloudError> {
        self.newest_of_family(family).await
    }

    async fn register_task_definition(
        &self,
        content: &TaskDefinition,
        tags: &BTreeMap<String, String>,
    ) -> Result<String, CloudError> {
        self.register(content, tags).await
    }

    async fn create_service(&self, request: &CreateService) -> Result<(), CloudError> {
        self.create(request).await
    }

    async fn update_service(&self, request: &ServiceUpdate) -> Result<(), CloudError> {
        self.update(request).await
    }

    async fn tag_service(&self, service_arn: &str, tags: &BTreeMap<String, String>) -> Result<(), CloudError> {
        self.tag(service_arn, tags).await
    }

    async fn delete_service(&self, cluster: &str, service: &str) -> Result<(), CloudError> {
        self.delete(cluster, service).await
    }

    async fn rollouts(&self, cluster: &str, service: &str) -> Result<Vec<Rollout>, CloudError> {
        self.recent_rollouts(cluster, service).await
    }

    async fn rollout(&self, id: &str) -> Result<Option<Rollout>, CloudError> {
        self.rollout_by_arn(id).await
    }

    async fn tasks(&self, cluster: &str, service: &str) -> Result<Vec<ObservedTask>, CloudError> {
        self.tasks_of_service(cluster, service).await
    }
}
