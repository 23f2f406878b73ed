use std::collections::BTreeMap;

use ops_engine::cloud::{CloudError, CreateService, ServiceUpdate};
use ops_model::observation::ServiceSettings;
use ops_model::plan::SettingsUpdate;
use ops_model::rollout::RolloutStatus;
use ops_model::task_definition::TaskDefinition;

use crate::account::SimulatedAccount;
use crate::answers::{invalid_parameter, not_found};
use crate::operations::Operation;
use crate::services::Service;
use crate::state::State;
use crate::tasks::{Phase, Stop};
use crate::timing::after;

/// What people and other tools do to the services of a cluster behind our back. It happens at once and
/// without faults, and is not among the account's writes.
///
/// Every method fails as the AWS call would.
#[derive(Debug)]
pub struct ByHand<'a> {
    account: &'a SimulatedAccount,
    cluster: String,
}

impl<'a> ByHand<'a> {
    pub(crate) fn new(account: &'a SimulatedAccount, cluster: &str) -> Self {
        Self { account, cluster: cluster.to_owned() }
    }

    pub fn set_desired_count(&self, service: &str, desired_count: u32) -> Result<(), CloudError> {
        let update = SettingsUpdate { desired_count: Some(desired_count), ..SettingsUpdate::default() };
        self.update(service, None, update)
    }

    /// Any `UpdateService`.
    pub fn update(
        &self,
        service: &str,
        task_definition: Option<String>,
        update: SettingsUpdate,
    ) -> Result<(), CloudError> {
        let request =
            ServiceUpdate { cluster: self.cluster.clone(), service: service.to_owned(), task_definition, update };
        self.account.change(|state| state.update_service(&request))
    }

    /// Registers the task definition that the service runs, changed, and rolls it out. Returns its ARN.
    pub fn change_task_definition(
        &self,
        service: &str,
        change: impl FnOnce(&mut TaskDefinition),
    ) -> Result<String, CloudError> {
        let arn = self.account.change(|state| {
            let operation = Operation::RegisterTaskDefinition;
            let live = state.active_service(operation, &self.cluster, service)?;
            let arn = live.revisions[live.primary].content.task_definition.clone();
            let registered = state.task_definitions.get(&arn);
            let mut content = registered.ok_or_else(|| not_found(operation, arn.clone()))?.content.clone();
            change(&mut content);
            Ok(state.task_definitions.register(&state.arns, &content))
        })?;
        self.update(service, Some(arn.clone()), SettingsUpdate::default())?;
        Ok(arn)
    }

    /// Sets a variable in every container and rolls that out. Returns the new task definition's ARN.
    pub fn set_environment_variable(&self, service: &str, name: &str, value: &str) -> Result<String, CloudError> {
        self.change_task_definition(service, |content| {
            for container in &mut content.containers {
                container.environment.insert(name.to_owned(), value.to_owned());
            }
        })
    }

    /// Turns on something that the declaration has no name for.
    pub fn set_other(&self, service: &str, field: &str, value: &str) -> Result<(), CloudError> {
        self.with_service(Operation::UpdateService, service, |service| {
            service.other.insert(field.to_owned(), value.to_owned());
        })
    }

    pub fn tag(&self, service: &str, key: &str, value: &str) -> Result<(), CloudError> {
        self.with_service(Operation::TagResource, service, |service| {
            service.tags.insert(key.to_owned(), value.to_owned());
        })
    }

    pub fn untag(&self, service: &str, key: &str) -> Result<(), CloudError> {
        self.with_service(Operation::TagResource, service, |service| {
            service.tags.remove(key);
        })
    }

    pub fn delete_service(&self, service: &str) -> Result<(), CloudError> {
        self.account.change(|state| state.delete_service(&self.cluster, service))
    }

    /// Creates a service that is not ours, with its task definition.
    pub fn create_service(
        &self,
        service: &str,
        content: &TaskDefinition,
        settings: ServiceSettings,
        tags: BTreeMap<String, String>,
    ) -> Result<(), CloudError> {
        self.account.change(|state| {
            let task_definition = state.task_definitions.register(&state.arns, content);
            state.create_service(&CreateService {
                cluster: self.cluster.clone(),
                service: service.to_owned(),
                task_definition,
                settings,
                tags,
                client_token: format!("by-hand-{service}").chars().take(36).collect(),
            })
        })
    }

    /// Stops the oldest running task (`StopTask`) and returns its ARN.
    pub fn kill_task(&self, service: &str) -> Result<String, CloudError> {
        let operation = Operation::ListTasks;
        self.on_service(operation, service, |state| {
            let State { now, timing, services, .. } = state;
            let tasks = services.get_mut(&(self.cluster.clone(), service.to_owned())).map(|service| &mut service.tasks);
            let running = |phase| matches!(phase, Phase::Running { .. });
            let task = tasks.and_then(|tasks| tasks.iter_mut().find(|task| running(task.phase)));
            let task = task.ok_or_else(|| not_found(operation, "The referenced task was not found."))?;
            let reason = "Task stopped by user".to_owned();
            task.stop(*now, timing, Stop { code: "UserInitiated", reason, exit_code: None, container_reason: None });
            Ok(task.arn.clone())
        })
    }

    /// Stops the rollout that is under way and leaves what runs as it is
    /// (`StopServiceDeployment`, `ABORT`).
    pub fn stop_rollout(&self, service: &str) -> Result<(), CloudError> {
        self.request(service, RolloutStatus::StopRequested)
    }

    /// Rolls the rollout back that is under way (`StopServiceDeployment`, `ROLLBACK`).
    pub fn roll_back(&self, service: &str) -> Result<(), CloudError> {
        self.request(service, RolloutStatus::RollbackRequested)
    }

    /// Marks a task definition as inactive: what runs it goes on, but nothing new may be made of it.
    pub fn deregister_task_definition(&self, arn: &str) -> Result<(), CloudError> {
        let known = self.account.change(|state| state.task_definitions.deregister(arn));
        let unknown = || not_found(Operation::DescribeTaskDefinition, "Unable to describe task definition.");
        if known { Ok(()) } else { Err(unknown()) }
    }

    fn request(&self, service: &str, status: RolloutStatus) -> Result<(), CloudError> {
        let operation = Operation::DescribeServiceDeployments;
        self.on_service(operation, service, |state| {
            let turns_at = after(state.now, state.timing.rollout_start);
            let live = state.active_service(operation, &self.cluster, service)?;
            let rollout = live.rollouts.last_mut().filter(|rollout| rollout.status.is_advancing());
            let rollout = rollout.ok_or_else(|| invalid_parameter(operation, "No service deployment to stop."))?;
            rollout.status = status;
            rollout.turns_at = Some(turns_at);
            Ok(())
        })
    }

    fn with_service(
        &self,
        operation: Operation,
        service: &str,
        change: impl FnOnce(&mut Service),
    ) -> Result<(), CloudError> {
        self.on_service(operation, service, |state| {
            change(state.active_service(operation, &self.cluster, service)?);
            Ok(())
        })
    }

    /// Makes a change to a service that has to be there, and lets it react.
    fn on_service<T>(
        &self,
        operation: Operation,
        service: &str,
        change: impl FnOnce(&mut State) -> Result<T, CloudError>,
    ) -> Result<T, CloudError> {
        self.account.change(|state| {
            state.active_service(operation, &self.cluster, service)?;
            let changed = change(state)?;
            state.settle(&self.cluster, service);
            Ok(changed)
        })
    }
}
