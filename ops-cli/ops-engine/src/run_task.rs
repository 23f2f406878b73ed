//! Runs a declared task by hand, as git has it, and shows what it writes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use ops_model::declaration::{Declaration, Task};
use ops_model::outcome::ChangeOutcome;
use ops_model::ownership;
use ops_model::plan::{ChangeClass, Kind, UnusableSecret};
use ops_model::record::{Operation, Record, RecordedChange};
use ops_plan::{TaskRun, Waits};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::cloud::{Cloud, CloudError, ContainerCommand, RunTask};
use crate::event::EventSink;
use crate::execute::{Execution, OnInterrupt, TaskDefinitions, TaskFollower, client_token, refused};
use crate::history::{self, KeepError, begun};
use crate::observe::{ObserveError, Surroundings, inputs, observe_task, surroundings};
use crate::pace::persistently;
use crate::permission::Permits;

#[derive(Debug, thiserror::Error)]
pub enum RunTaskError {
    #[error(transparent)]
    Observe(#[from] ObserveError),
    #[error("{environment} declares no task {task}")]
    NoSuchTask { environment: String, task: String },
    #[error("task {task} cannot run yet: {artifact} has no build in {environment}")]
    WaitsForBuild { environment: String, task: String, artifact: String },
    #[error("task {task} cannot run yet: Terraform has not made what it runs in")]
    WaitsForTerraform { environment: String, task: String },
    #[error("task {task} cannot run yet: {}", said(.unusable))]
    Secrets { task: String, unusable: Vec<UnusableSecret> },
    #[error("task {task} has run, but the record could not be written")]
    RecordNotKept {
        task: String,
        record: Box<Record>,
        #[source]
        source: KeepError,
    },
}

/// What to run.
pub struct RunTaskRequest {
    pub declaration: Declaration,
    /// Commit that the declaration was read at.
    pub commit: String,
    pub task: String,
    /// Arguments in place of the declared `command`; none: that one. They are not kept in the record: people pass secrets.
    pub arguments: Vec<String>,
    /// Whether an interruption stops the task; otherwise it goes on without us.
    pub stop_on_interrupt: bool,
}

/// Runs the task to its end and keeps a record of it. No lease is taken: a task may run for hours, and deployments go on
/// beside it. A run by hand never counts as the run that services wait for.
///
/// # Errors
/// The task was not started, unless the record could not be kept.
pub async fn run_task(
    cloud: &Cloud,
    clock: Arc<dyn Clock>,
    request: RunTaskRequest,
    events: EventSink,
    cancelled: CancellationToken,
) -> Result<Record, RunTaskError> {
    let RunTaskRequest { declaration, commit, task, .. } = &request;
    let environment = &declaration.environment;
    let name = &environment.environment;
    let no_such_task = || RunTaskError::NoSuchTask { environment: name.clone(), task: task.clone() };
    let declared = environment.tasks.get(task).ok_or_else(no_such_task)?;
    let Surroundings { actor, platform } = surroundings(cloud, environment).await?;
    let observation = observe_task(cloud, environment, &platform, task, declared).await?;
    let unusable = ops_plan::unusable_secrets(task, &declared.workload, &observation.secrets);
    if !unusable.is_empty() {
        return Err(RunTaskError::Secrets { task: task.clone(), unusable });
    }
    let run = ops_plan::run_by_hand(inputs(declaration, &platform, &observation), task).ok_or_else(no_such_task)?;
    let run = run.map_err(|waits| why_not(name, task, waits))?;
    let mut record = begun(declaration, commit, Operation::Run, &actor, clock.now());
    let execution = Execution {
        cloud,
        clock: clock.as_ref(),
        environment: name,
        cluster: &platform.cluster.name,
        schedule_group: None,
        observation: &observation,
        permits: Permits::default(),
        tags: ownership::tags(name, commit, &declaration.sha256),
        record_id: record.id.clone(),
        task_definitions: TaskDefinitions::default(),
        listener_rules: Mutex::new(BTreeMap::new()),
        events,
        cancelled,
    };
    let outcome = run_to_its_end(&execution, &request, declared, &run).await;
    let outcome = outcome.unwrap_or_else(|error| refused(Kind::Task, task, &error));
    record.changes =
        vec![RecordedChange { kind: Kind::Task, name: task.clone(), class: ChangeClass::Run, differences: Vec::new() }];
    record.outcome = outcome.outcome;
    record.outcomes = vec![outcome];
    record.finished_at = clock.now();
    record.calls = cloud.calls.calls();
    let lock_days = platform.record_lock_days();
    match history::keep(cloud.objects.as_ref(), &environment.ops_bucket, &mut record, lock_days).await {
        Ok(()) => Ok(record),
        Err(source) => Err(RunTaskError::RecordNotKept { task: task.clone(), record: Box::new(record), source }),
    }
}

async fn run_to_its_end(
    execution: &Execution<'_>,
    request: &RunTaskRequest,
    declared: &Task,
    run: &TaskRun,
) -> Result<ChangeOutcome, CloudError> {
    let Execution { cloud, cluster, environment, .. } = execution;
    let task = &request.task;
    let revision = execution.task_definitions.provide(execution, task, &run.task_definition).await?;
    let container = ops_plan::main_container(task, &declared.workload).to_owned();
    let command = ContainerCommand { container, command: request.arguments.clone() };
    let run_task = RunTask {
        cluster: (*cluster).to_owned(),
        task_definition: revision.arn.clone(),
        settings: run.settings.clone(),
        command: (!request.arguments.is_empty()).then_some(command),
        tags: execution.tags_with(&run.tags),
        // Another one than that of a reconcile, which must not take a run by hand for its own.
        started_by: format!("slipway/{environment}/run/{task}"),
        // Of this run alone: a call that is sent twice runs it once.
        client_token: client_token(&[&execution.record_id, "run", task]),
    };
    let arn = persistently(&execution.cancelled, async || cloud.containers.run_task(&run_task).await).await?;
    let on_interrupt = if request.stop_on_interrupt {
        OnInterrupt::Stop
    } else {
        OnInterrupt::LeaveRunning("`aws ecs stop-task` stops it")
    };
    let timeout_seconds = run.timeout_seconds;
    let follower = TaskFollower { execution, task, revision: &revision, timeout_seconds, on_interrupt };
    Ok(follower.follow(&arn, false).await)
}

fn said(unusable: &[UnusableSecret]) -> String {
    let said = unusable.iter().map(|secret| format!("{} ({}): {}", secret.place, secret.path, secret.why));
    said.collect::<Vec<_>>().join("; ")
}

fn why_not(environment: &str, task: &str, waits: Waits) -> RunTaskError {
    let (environment, task) = (environment.to_owned(), task.to_owned());
    match waits {
        Waits::ForBuild { artifact } => RunTaskError::WaitsForBuild { environment, task, artifact },
        Waits::ForTerraform => RunTaskError::WaitsForTerraform { environment, task },
    }
}
