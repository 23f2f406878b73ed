//! ECS.

mod failures;
mod rollout;
mod rollouts;
mod run_task;
mod service_changes;
mod service_revisions;
mod service_settings;
mod services;
mod session;
mod tags;
mod task_definitions;
mod tasks;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_smithy_schema::serde::SerializableStruct;
use aws_types::sdk_config::SharedTimeSource;
use ops_engine::cloud::{CloudError, Containers, CreateService, OpenSession, RunTask, ServiceUpdate, Session};
use ops_model::declaration::PauseEnd;
use ops_model::observation::{ObservedService, ObservedTask, RegisteredTaskDefinition};
use ops_model::rollout::Rollout;
use ops_model::task_definition::TaskDefinition;

use crate::aws_document::{self, Deserialize, Document};
use crate::error::Errors;
use crate::immutable_documents::ImmutableDocuments;

/// Reads that are under way at the same time, of one kind. ECS refills its buckets for reads at some 20 calls a second;
/// until they are empty more at once is only sooner, and then the SDK slows down by itself.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html>
const CONCURRENT_READS: usize = 16;

pub(crate) struct EcsContainers {
    pub(crate) sdk: aws_sdk_ecs::Client,
    pub(crate) errors: Errors,
    pub(crate) time: SharedTimeSource,
    /// Task definitions (their content) and service revisions, by ARN.
    pub(crate) immutable: ImmutableDocuments,
}

impl EcsContainers {
    /// AWS ignores what it does not know, so whatever this SDK does not know is refused before it is sent.
    fn check<T: SerializableStruct>(
        &self,
        operation: &str,
        document: &Document,
        deserialize: Deserialize<T>,
    ) -> Result<(), CloudError> {
        match aws_document::read(document, deserialize) {
            Ok(_) => Ok(()),
            Err(why) => Err(self.errors.refused(operation, why)),
        }
    }
}

#[async_trait]
impl Containers for EcsContainers {
    async fn all_services(&self, cluster: &str) -> Result<Vec<ObservedService>, CloudError> {
        self.observe_all_services(cluster).await
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

    async fn tag(&self, arn: &str, tags: &BTreeMap<String, String>) -> Result<(), CloudError> {
        self.tag_resource(arn, tags).await
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

    async fn continue_rollout(&self, id: &str, hook_id: &str, end: PauseEnd) -> Result<(), CloudError> {
        self.end_pause(id, hook_id, end).await
    }

    async fn tasks(&self, cluster: &str, service: &str) -> Result<Vec<ObservedTask>, CloudError> {
        self.tasks_of_service(cluster, service).await
    }

    async fn run_task(&self, request: &RunTask) -> Result<String, CloudError> {
        self.run(request).await
    }

    async fn task(&self, cluster: &str, arn: &str) -> Result<Option<ObservedTask>, CloudError> {
        self.task_by_arn(cluster, arn).await
    }

    async fn tasks_started_by(&self, cluster: &str, started_by: &str) -> Result<Vec<ObservedTask>, CloudError> {
        self.tasks_of_starter(cluster, started_by).await
    }

    async fn stop_task(&self, cluster: &str, arn: &str, reason: &str) -> Result<(), CloudError> {
        self.stop(cluster, arn, reason).await
    }

    async fn open_session(&self, request: &OpenSession) -> Result<Session, CloudError> {
        self.execute_command(request).await
    }
}
