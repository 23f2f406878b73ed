//! Tasks that belong to no service.

use std::time::Duration;

use ops_engine::cloud::{CloudError, RunTask};
use serde_json::Value;

use crate::answers::{invalid_parameter, not_found, refused};
use crate::operations::Operation;
use crate::state::{State, Surroundings};
use crate::tasks::{Stop, Task};

/// Members of `RunTask` beside those that the call itself names.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html>
const KNOWN: [&str; 13] = [
    "capacityProviderStrategy",
    "count",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "group",
    "launchType",
    "networkConfiguration",
    "placementConstraints",
    "placementStrategy",
    "platformVersion",
    "propagateTags",
    "referenceId",
    "volumeConfigurations",
];

/// A task that somebody ran.
#[derive(Debug, Clone)]
pub(crate) struct StandaloneTask {
    /// The call that started it, for telling a repeated one.
    pub(crate) started_with: RunTask,
    pub(crate) task: Task,
}

impl StandaloneTask {
    pub(crate) fn next_due(&self) -> Option<Duration> {
        self.task.next_due()
    }

    /// Lets happen what is due now.
    pub(crate) fn settle(&mut self, surroundings: &mut Surroundings<'_>) {
        while self.task.next_due().is_some_and(|due| due <= surroundings.now) {
            self.task.step(surroundings);
        }
    }
}

impl State {
    pub(crate) fn run_task(&mut self, request: &RunTask) -> Result<String, CloudError> {
        let operation = Operation::RunTask;
        self.check_cluster(operation, &request.cluster)?;
        check(request).map_err(|why| invalid_parameter(operation, why))?;
        let of_token = |one: &&StandaloneTask| {
            one.started_with.cluster == request.cluster && one.started_with.client_token == request.client_token
        };
        if let Some(started) = self.standalone_tasks.iter().find(of_token) {
            let same = started.started_with == *request;
            let conflict = || refused(operation, "ConflictException", "The client token was used for another request.");
            return if same { Ok(started.task.arn.clone()) } else { Err(conflict()) };
        }
        self.check_network(operation, &request.task_definition, &request.settings.0)?;
        self.check_active(operation, &request.task_definition)?;
        let unknown = || refused(operation, "ClientException", "Unable to describe task definition.");
        if let Some(command) = &request.command {
            let registered = self.task_definitions.get(&request.task_definition).ok_or_else(unknown)?;
            if !registered.content.containers().any(|container| container.name() == command.container) {
                let message = format!(
                    "Override for container named {} is not a container in the TaskDefinition.",
                    command.container
                );
                return Err(invalid_parameter(operation, message));
            }
        }
        let task = Task::start(&mut self.surroundings(), &request.cluster, &request.task_definition, &[], None);
        let task = task.ok_or_else(unknown)?;
        let arn = task.arn.clone();
        self.standalone_tasks.push(StandaloneTask { started_with: request.clone(), task });
        Ok(arn)
    }

    /// A task of the cluster, whoever it belongs to.
    pub(crate) fn find_task(&self, cluster: &str, arn: &str) -> Option<&Task> {
        let of_services = self.services.values().filter(|one| one.cluster == cluster).flat_map(|one| &one.tasks);
        let standalone = self.standalone_tasks.iter().filter(|one| one.started_with.cluster == cluster);
        of_services.chain(standalone.map(|one| &one.task)).find(|task| task.arn == arn)
    }

    /// Whether it was still to be stopped.
    pub(crate) fn stop_task(&mut self, cluster: &str, arn: &str, reason: &str) -> Result<bool, CloudError> {
        let operation = Operation::StopTask;
        self.check_cluster(operation, cluster)?;
        let task = self.find_task(cluster, arn);
        let task = task.ok_or_else(|| not_found(operation, "The referenced task was not found."))?;
        if task.stop.is_some() {
            return Ok(false);
        }
        let stop = |task: &mut Task, surroundings: &Surroundings<'_>| {
            if task.arn == arn {
                task.stop(surroundings.now, surroundings.timing, Stop::by_user(reason.to_owned()));
            }
        };
        self.act_on_tasks(|one, surroundings| stop(&mut one.task, surroundings));
        self.act_on_every_service(|service, surroundings| {
            for task in &mut service.tasks {
                stop(task, surroundings);
            }
            service.settle(surroundings);
        });
        Ok(true)
    }
}

/// Source of the bounds: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html>
fn check(request: &RunTask) -> Result<(), String> {
    let settings = &request.settings.0;
    if let Some(name) = settings.keys().find(|name| !KNOWN.contains(&name.as_str())) {
        return Err(format!("Unknown parameter in input: {name}"));
    }
    if settings.get("count").is_some_and(|count| count.as_u64() != Some(1)) {
        return Err("One task is run at a time.".to_owned());
    }
    let capacity = settings.get("capacityProviderStrategy").and_then(Value::as_array);
    if settings.contains_key("launchType") && capacity.is_some_and(|items| !items.is_empty()) {
        return Err("Specifying both a launch type and capacity provider strategy is not supported.".to_owned());
    }
    let token = &request.client_token;
    if token.len() > 64 || !token.chars().all(|one| ('!'..='~').contains(&one)) {
        return Err("clientToken must be up to 64 printable characters.".to_owned());
    }
    let by = &request.started_by;
    if by.len() > 128 || !by.chars().all(|one| one.is_ascii_alphanumeric() || "-_/".contains(one)) {
        return Err("startedBy must be up to 128 letters, digits, hyphens, underscores and slashes.".to_owned());
    }
    Ok(())
}
