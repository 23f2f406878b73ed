use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::error::ProvideErrorMetadata as _;
use aws_sdk_ecs::operation::register_task_definition::RegisterTaskDefinitionInput;
use aws_sdk_ecs::types::{TaskDefinition as SdkTaskDefinition, TaskDefinitionField};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use ops_engine::cloud::CloudError;
use ops_model::observation::RegisteredTaskDefinition;
use ops_model::task_definition::TaskDefinition;

use super::{CONCURRENT_READS, EcsContainers, tags};
use crate::aws_document;
use crate::json_body;

const DESCRIBE: &str = "DescribeTaskDefinition";
const REGISTER: &str = "RegisterTaskDefinition";

/// How ECS says that there is no such task definition. The code (`ClientException`) is the one for anything wrong.
const NO_SUCH_TASK_DEFINITION: &str = "Unable to describe task definition";

/// Told by ECS about a registered task definition and never given to it.
const NO_SETTINGS: &[&str] = &[
    "taskDefinitionArn",
    "revision",
    "status",
    "requiresAttributes",
    "compatibilities",
    "registeredAt",
    "registeredBy",
    "deregisteredAt",
    "deleteRequestedAt",
];

impl EcsContainers {
    pub(super) async fn newest_of_family(&self, family: &str) -> Result<Option<RegisteredTaskDefinition>, CloudError> {
        let request = self.sdk.describe_task_definition().task_definition(family).include(TaskDefinitionField::Tags);
        match request.send().await {
            Ok(answer) => {
                let newest = self.registered(DESCRIBE, answer.task_definition.as_ref())?;
                Ok(Some(RegisteredTaskDefinition { tags: tags::from_sdk(answer.tags()), ..newest }))
            }
            Err(error) if error.message().is_some_and(|said| said.starts_with(NO_SUCH_TASK_DEFINITION)) => Ok(None),
            Err(error) => Err(self.errors.of(DESCRIBE, error)),
        }
    }

    /// By ARN, without tags.
    pub(super) async fn registered_task_definitions(
        &self,
        arns: BTreeSet<String>,
    ) -> Result<BTreeMap<String, RegisteredTaskDefinition>, CloudError> {
        stream::iter(arns)
            .map(async |arn| Ok((arn.clone(), self.task_definition(&arn).await?)))
            .buffer_unordered(CONCURRENT_READS)
            .try_collect()
            .await
    }

    async fn task_definition(&self, arn: &str) -> Result<RegisteredTaskDefinition, CloudError> {
        if let Some(known) = self.immutable.get(arn) {
            let content = TaskDefinition(known);
            return Ok(RegisteredTaskDefinition { arn: arn.to_owned(), content, tags: BTreeMap::new() });
        }
        let request = self.sdk.describe_task_definition().task_definition(arn);
        let answer = request.send().await.map_err(|error| self.errors.of(DESCRIBE, error))?;
        self.registered(DESCRIBE, answer.task_definition.as_ref())
    }

    pub(super) async fn register(
        &self,
        content: &TaskDefinition,
        tags: &BTreeMap<String, String>,
    ) -> Result<String, CloudError> {
        let mut document = content.0.clone();
        tags::put_into(&mut document, tags);
        self.check(REGISTER, &document, RegisterTaskDefinitionInput::deserialize)?;
        let request = self.sdk.register_task_definition().customize().mutate_request(json_body::sending(document));
        let answer = request.send().await.map_err(|error| self.errors.of(REGISTER, error))?;
        self.registered(REGISTER, answer.task_definition.as_ref()).map(|registered| registered.arn)
    }

    fn registered(
        &self,
        operation: &str,
        task_definition: Option<&SdkTaskDefinition>,
    ) -> Result<RegisteredTaskDefinition, CloudError> {
        let unexpected = |why: String| self.errors.unexpected(operation, why);
        let task_definition = task_definition.ok_or_else(|| unexpected("the answer has no task definition".into()))?;
        let arn = task_definition.task_definition_arn().ok_or_else(|| unexpected("it has no ARN".into()))?.to_owned();
        let content =
            content(task_definition).map_err(|why| unexpected(format!("{arn} cannot be understood: {why}")))?;
        self.immutable.put(&arn, &content.0);
        Ok(RegisteredTaskDefinition { arn, content, tags: BTreeMap::new() })
    }
}

fn content(registered: &SdkTaskDefinition) -> Result<TaskDefinition, String> {
    Ok(TaskDefinition(aws_document::without(aws_document::of(registered)?, NO_SETTINGS)))
}

#[cfg(test)]
pub(super) mod tests;
