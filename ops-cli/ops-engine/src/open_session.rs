//! A shell in a running container of a service.

use ops_model::declaration::Environment;
use ops_model::observation::ObservedTask;

use crate::cloud::{Cloud, CloudError, OpenSession, Session};
use crate::observe::{ObserveError, surroundings};

#[derive(Debug, thiserror::Error)]
pub enum OpenSessionError {
    #[error(transparent)]
    Observe(#[from] ObserveError),
    #[error("{environment} declares no service {service}")]
    NoSuchService { environment: String, service: String },
    #[error("service {service} does not let anybody in: `exec` is off")]
    Off { environment: String, service: String },
    #[error("no task of {service} runs{}", named.as_ref().map(|task| format!(" whose id begins with {task}")).unwrap_or_default())]
    NoTask { environment: String, service: String, named: Option<String> },
    #[error("no session was opened in {service}")]
    Cloud {
        service: String,
        #[source]
        source: CloudError,
    },
}

/// Where to go in.
pub struct OpenSessionRequest {
    pub service: String,
    /// Beginning of a task's id; the task that started last when absent.
    pub task: Option<String>,
    /// The main one when absent.
    pub container: Option<String>,
    pub command: String,
}

/// Starts the command. The session is for whoever holds it.
///
/// # Errors
/// Nothing was started.
pub async fn open_session(
    cloud: &Cloud,
    environment: &Environment,
    request: &OpenSessionRequest,
) -> Result<Session, OpenSessionError> {
    let OpenSessionRequest { service, task: named, container, command } = request;
    let name = || environment.environment.clone();
    let declared = environment
        .services
        .get(service)
        .ok_or_else(|| OpenSessionError::NoSuchService { environment: name(), service: service.clone() })?;
    if !declared.exec {
        return Err(OpenSessionError::Off { environment: name(), service: service.clone() });
    }
    let cluster = surroundings(cloud, environment).await?.platform.cluster.name;
    let unreadable = |source| OpenSessionError::Cloud { service: service.clone(), source };
    let tasks = cloud.containers.tasks(&cluster, service).await.map_err(unreadable)?;
    let task = tasks
        .into_iter()
        .rfind(|task| task.last_status == "RUNNING" && named.as_ref().is_none_or(|named| id(task).starts_with(named)));
    let Some(task) = task else {
        return Err(OpenSessionError::NoTask { environment: name(), service: service.clone(), named: named.clone() });
    };
    let main_container = ops_plan::main_container(service, &declared.workload);
    let request = OpenSession {
        cluster,
        task: task.arn,
        container: container.clone().unwrap_or_else(|| main_container.to_owned()),
        command: command.clone(),
    };
    cloud.containers.open_session(&request).await.map_err(unreadable)
}

fn id(task: &ObservedTask) -> &str {
    task.arn.rsplit('/').next().unwrap_or(&task.arn)
}
