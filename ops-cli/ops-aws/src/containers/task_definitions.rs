use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::error::ProvideErrorMetadata as _;
use aws_sdk_ecs::types::TaskDefinition as SdkTaskDefinition;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use ops_engine::cloud::{CloudError, CloudErrorKind};
use ops_model::observation::RegisteredTaskDefinition;
use ops_model::task_definition::TaskDefinition;

use super::{CONCURRENT_READS, EcsContainers, tags, task_definition};

const DESCRIBE: &str = "DescribeTaskDefinition";
const REGISTER: &str = "RegisterTaskDefinition";

/// How ECS says that there is no such task definition. The code (`ClientException`) is the one for anything wrong.
const NO_SUCH_TASK_DEFINITION: &str = "Unable to describe task definition";

impl EcsContainers {
    pub(super) async fn newest_of_family(&self, family: &str) -> Result<Option<RegisteredTaskDefinition>, CloudError> {
        match self.sdk.describe_task_definition().task_definition(family).send().await {
            Ok(answer) => self.registered(DESCRIBE, answer.task_definition).map(Some),
            Err(error) if error.message().is_some_and(|said| said.starts_with(NO_SUCH_TASK_DEFINITION)) => Ok(None),
            Err(error) => Err(self.errors.of(DESCRIBE, error)),
        }
    }

    /// By ARN.
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
        if let Some(known) = self.task_definitions.get(arn) {
            return Ok(known);
        }
        let request = self.sdk.describe_task_definition().task_definition(arn);
        let answer = request.send().await.map_err(|error| self.errors.of(DESCRIBE, error))?;
        self.registered(DESCRIBE, answer.task_definition)
    }

    pub(super) async fn register(
        &self,
        content: &TaskDefinition,
        tags: &BTreeMap<String, String>,
    ) -> Result<String, CloudError> {
        let request = task_definition::to_sdk(content)
            .map_err(|why| self.errors.because(REGISTER, CloudErrorKind::Refused { code: None }, why))?;
        let answer = self
            .sdk
            .register_task_definition()
            .set_family(request.family)
            .set_cpu(request.cpu)
            .set_memory(request.memory)
            .set_execution_role_arn(request.execution_role_arn)
            .set_task_role_arn(request.task_role_arn)
            .set_network_mode(request.network_mode)
            .set_requires_compatibilities(request.requires_compatibilities)
            .set_container_definitions(request.container_definitions)
            .set_tags(tags::to_sdk(tags))
            .send()
            .await
            .map_err(|error| self.errors.of(REGISTER, error))?;
        self.registered(REGISTER, answer.task_definition).map(|registered| registered.arn)
    }

    fn registered(
        &self,
        operation: &str,
        task_definition: Option<SdkTaskDefinition>,
    ) -> Result<RegisteredTaskDefinition, CloudError> {
        let task_definition =
            task_definition.ok_or_else(|| self.errors.unexpected(operation, "the answer has no task definition"))?;
        let arn = task_definition
            .task_definition_arn()
            .ok_or_else(|| self.errors.unexpected(operation, "a task definition has no ARN"))?
            .to_owned();
        let content = task_definition::from_sdk(&task_definition)
            .map_err(|why| self.errors.unexpected(operation, format!("{arn} cannot be understood: {why}")))?;
        let registered = RegisteredTaskDefinition { arn: arn.clone(), content };
        self.task_definitions.put(&arn, registered.clone());
        Ok(registered)
    }
}
