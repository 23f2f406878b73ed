use aws_sdk_ecs::error::ProvideErrorMetadata as _;
use aws_sdk_ecs::operation::run_task::{RunTaskError, RunTaskInput};
use aws_sdk_ecs::types::Failure;
use ops_engine::cloud::{CloudError, CloudErrorKind, ContainerCommand, RunTask};
use serde_json::{Value, json};

use super::failures::said;
use super::{EcsContainers, tags};
use crate::aws_document::Document;
use crate::json_body;

const RUN: &str = "RunTask";

impl EcsContainers {
    pub(super) async fn run(&self, request: &RunTask) -> Result<String, CloudError> {
        let RunTask { cluster, task_definition, settings, command, tags, started_by, client_token } = request;
        let mut document = settings.0.clone();
        if let Some(command) = command {
            document = with_command(document, command);
        }
        document.insert("cluster".to_owned(), cluster.as_str().into());
        document.insert("taskDefinition".to_owned(), task_definition.as_str().into());
        document.insert("count".to_owned(), 1.into());
        document.insert("startedBy".to_owned(), started_by.as_str().into());
        document.insert("clientToken".to_owned(), client_token.as_str().into());
        tags::put_into(&mut document, tags);
        self.check(RUN, &document, RunTaskInput::deserialize)?;
        let request = self.sdk.run_task().customize().mutate_request(json_body::sending(document));
        let answer = request.send().await.map_err(|error| {
            let taken_by = match error.as_service_error() {
                Some(RunTaskError::ConflictException(conflict)) => conflict.resource_ids().join(", "),
                _ => String::new(),
            };
            let mut error = self.errors.of(RUN, error);
            if !taken_by.is_empty() {
                error.message = format!("{}; the token is that of {taken_by}", error.message);
            }
            error
        })?;
        match answer.tasks().iter().find_map(|task| task.task_arn()) {
            Some(arn) => Ok(arn.to_owned()),
            None => Err(self.not_placed(answer.failures())),
        }
    }

    /// ECS answers with success when it could place no task.
    fn not_placed(&self, failures: &[Failure]) -> CloudError {
        let Some(first) = failures.first() else {
            return self.errors.unexpected(RUN, "the answer has neither tasks nor failures");
        };
        let why: Vec<_> = failures.iter().map(said).collect();
        let code = first.reason().map(str::to_owned);
        self.errors.because(RUN, CloudErrorKind::Refused { code }, why.join("; "))
    }

    pub(super) async fn stop(&self, cluster: &str, arn: &str, reason: &str) -> Result<(), CloudError> {
        // What ECS says of a task that it has forgotten. The code (`InvalidParameterException`) is one for many things.
        const FORGOTTEN: &str = "The referenced task was not found";
        match self.sdk.stop_task().cluster(cluster).task(arn).reason(reason).send().await {
            Ok(_) => Ok(()),
            Err(error) if error.message().is_some_and(|said| said.starts_with(FORGOTTEN)) => Ok(()),
            Err(error) => Err(self.errors.of("StopTask", error)),
        }
    }
}

/// Settings in which the container has this command, whatever else they override.
fn with_command(mut settings: Document, command: &ContainerCommand) -> Document {
    let ContainerCommand { container, command } = command;
    let mut overrides = match settings.remove("overrides") {
        Some(Value::Object(overrides)) => overrides,
        _ => Document::new(),
    };
    let mut containers = match overrides.remove("containerOverrides") {
        Some(Value::Array(containers)) => containers,
        _ => Vec::new(),
    };
    let named = |one: &&mut Document| one.get("name").and_then(Value::as_str) == Some(container);
    match containers.iter_mut().filter_map(Value::as_object_mut).find(named) {
        Some(overridden) => _ = overridden.insert("command".to_owned(), json!(command)),
        None => containers.push(json!({"name": container, "command": command})),
    }
    overrides.insert("containerOverrides".to_owned(), Value::Array(containers));
    settings.insert("overrides".to_owned(), Value::Object(overrides));
    settings
}
