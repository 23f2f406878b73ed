use std::collections::BTreeMap;
use std::fmt;

use async_trait::async_trait;
use ops_model::declaration::PauseEnd;
use ops_model::observation::{ObservedService, ObservedTask, RegisteredTaskDefinition, ServiceSettings};
use ops_model::plan::{RunSettings, SettingsUpdate};
use ops_model::rollout::Rollout;
use ops_model::task_definition::TaskDefinition;

use super::CloudError;

/// ECS: services, their rollouts, task definitions and tasks.
#[async_trait]
pub trait Containers: Send + Sync {
    /// Every service of the cluster that is not inactive, as [`Self::describe_services`] tells them, by name.
    async fn all_services(&self, cluster: &str) -> Result<Vec<ObservedService>, CloudError>;

    /// The named services, with tags, task definition content and whether they are settled, without their rollouts; names
    /// that do not exist or are inactive are left out.
    async fn describe_services(&self, cluster: &str, names: &[String]) -> Result<Vec<ObservedService>, CloudError>;

    /// The newest active task definition of a family, with its tags.
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

    /// Adds or replaces tags of a service or a task definition.
    async fn tag(&self, arn: &str, tags: &BTreeMap<String, String>) -> Result<(), CloudError>;

    /// Deletes a service and stops its tasks; done when the service is no longer described.
    async fn delete_service(&self, cluster: &str, service: &str) -> Result<(), CloudError>;

    /// Service deployments of a service, newest first; at least those of the last day.
    async fn rollouts(&self, cluster: &str, service: &str) -> Result<Vec<Rollout>, CloudError>;

    /// One service deployment by its ARN; `None` when ECS no longer has it.
    async fn rollout(&self, id: &str) -> Result<Option<Rollout>, CloudError>;

    /// Lets a rollout that waits at a hook go on, or takes it back.
    async fn continue_rollout(&self, id: &str, hook_id: &str, end: PauseEnd) -> Result<(), CloudError>;

    /// Tasks of a service: those that run and those that stopped within the last hour or so, as long as
    /// ECS remembers them.
    async fn tasks(&self, cluster: &str, service: &str) -> Result<Vec<ObservedTask>, CloudError>;

    /// Starts one task and returns its ARN. What ECS could not place (`failures`) is an error that says why. Safe to repeat
    /// with the same token: the task that it started before is returned.
    async fn run_task(&self, request: &RunTask) -> Result<String, CloudError>;

    /// One task by its ARN; `None` when ECS no longer knows it, which is about an hour after it stopped.
    async fn task(&self, cluster: &str, arn: &str) -> Result<Option<ObservedTask>, CloudError>;

    /// Tasks that were started with this `startedBy`, running or lately stopped.
    async fn tasks_started_by(&self, cluster: &str, started_by: &str) -> Result<Vec<ObservedTask>, CloudError>;

    /// Stops a task; one that is already stopped is no error.
    async fn stop_task(&self, cluster: &str, arn: &str, reason: &str) -> Result<(), CloudError>;

    /// Starts a command in a running container (ECS Exec), and returns what the session plugin connects with.
    async fn open_session(&self, request: &OpenSession) -> Result<Session, CloudError>;
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

/// A task to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunTask {
    pub cluster: String,
    /// ARN with revision.
    pub task_definition: String,
    pub settings: RunSettings,
    /// Arguments in place of the main container's `command`; `None`: its own.
    pub command: Option<ContainerCommand>,
    pub tags: BTreeMap<String, String>,
    /// At most 128 characters of `A-Za-z0-9/_-`: says whose task it is.
    pub started_by: String,
    /// At most 64 characters; the same for the same run.
    pub client_token: String,
}

/// A command to start in a running container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSession {
    pub cluster: String,
    /// ARN.
    pub task: String,
    pub container: String,
    pub command: String,
}

/// What the session plugin connects with.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    pub id: String,
    pub stream_url: String,
    /// Whoever has it has the session.
    pub token: String,
    /// `ecs:<cluster>_<task>_<runtime>`.
    pub target: String,
}

impl fmt::Debug for Session {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, stream_url: _, token: _, target } = self;
        formatter.debug_struct("Session").field("id", id).field("target", target).finish_non_exhaustive()
    }
}

/// Arguments of one container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerCommand {
    pub container: String,
    pub command: Vec<String>,
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
