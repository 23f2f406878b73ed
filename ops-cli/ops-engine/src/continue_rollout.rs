//! Ends the pause of a rollout: it goes on, or is taken back, and is then followed to its verdict.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ops_model::declaration::{Declaration, PauseEnd, Service};
use ops_model::observation::{Observation, ObservedService};
use ops_model::outcome::ChangeOutcome;
use ops_model::ownership::{self, owned_by};
use ops_model::plan::{ChangeClass, Kind};
use ops_model::record::{Operation, Record, RecordedChange};
use ops_model::rollout::{Rollout, WaitingHook};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::cloud::{Cloud, CloudError};
use crate::event::{Event, EventSink};
use crate::execute::{Execution, Follower, TaskDefinitions, refused};
use crate::history::{self, KeepError, begun};
use crate::lease::LeaseError;
use crate::observe::{ObserveError, Surroundings};
use crate::pace::{Pace, Wait};
use crate::permission::Permits;
use crate::tenure::{Tenure, TenureError};

/// Failing calls are repeated for this long.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug, thiserror::Error)]
pub enum ContinueError {
    #[error(transparent)]
    Observe(#[from] ObserveError),
    #[error(transparent)]
    Lease(#[from] LeaseError),
    #[error("{environment} declares no service {service}")]
    NoSuchService { environment: String, service: String },
    #[error("service {service} is not there, or is not that of {environment}")]
    NotOurs { environment: String, service: String },
    #[error("no rollout of {service} waits to be continued: {why}")]
    NotPaused { environment: String, service: String, why: String },
    #[error("cannot read the rollouts of {service}")]
    Cloud {
        service: String,
        #[source]
        source: CloudError,
    },
    #[error("the rollout of {service} was continued, but the record could not be written")]
    RecordNotKept {
        service: String,
        record: Box<Record>,
        #[source]
        source: KeepError,
    },
}

impl From<TenureError> for ContinueError {
    fn from(error: TenureError) -> Self {
        match error {
            TenureError::Observe(error) => Self::Observe(error),
            TenureError::Lease(error) => Self::Lease(error),
        }
    }
}

/// Whose pause to end, and how.
pub struct ContinueRequest {
    pub declaration: Declaration,
    /// Commit that the declaration was read at.
    pub commit: String,
    pub service: String,
    pub end: PauseEnd,
    /// How long to wait for somebody else's reconcile of the same environment.
    pub patience_for_lease: Duration,
}

/// Ends the pause under the lease, follows the rollout, and keeps a record of who did it.
///
/// # Errors
/// Nothing was changed, unless the record could not be kept.
pub async fn continue_rollout(
    cloud: &Cloud,
    clock: Arc<dyn Clock>,
    request: ContinueRequest,
    events: EventSink,
    cancelled: CancellationToken,
) -> Result<Record, ContinueError> {
    let environment = &request.declaration.environment;
    let declared = environment.services.get(&request.service).ok_or_else(|| ContinueError::NoSuchService {
        environment: environment.environment.clone(),
        service: request.service.clone(),
    })?;
    let patience = request.patience_for_lease;
    let tenure = Tenure::open(cloud, &clock, environment, patience, &events, cancelled).await?;
    let done = under_lease(cloud, clock.as_ref(), &request, declared, &tenure, events).await;
    tenure.close().await;
    done
}

async fn under_lease(
    cloud: &Cloud,
    clock: &dyn Clock,
    request: &ContinueRequest,
    declared: &Service,
    tenure: &Tenure,
    events: EventSink,
) -> Result<Record, ContinueError> {
    let environment = &request.declaration.environment;
    let Surroundings { actor, platform } = &tenure.surroundings;
    let operation = match request.end {
        PauseEnd::Continue => Operation::Continue,
        PauseEnd::Rollback => Operation::TakeBack,
    };
    let mut record = begun(&request.declaration, &request.commit, operation, actor, clock.now());
    let cluster = &platform.cluster.name;
    let (live, rollout, hook) = paused(cloud, cluster, request).await?;
    let observation =
        Observation { services: BTreeMap::from([(request.service.clone(), live)]), ..Observation::default() };
    let execution = Execution {
        cloud,
        clock,
        environment: &environment.environment,
        cluster,
        schedule_group: None,
        observation: &observation,
        permits: Permits::default(),
        tags: ownership::tags(&environment.environment, &request.commit, &request.declaration.sha256),
        record_id: record.id.clone(),
        task_definitions: TaskDefinitions::default(),
        listener_rules: Mutex::new(BTreeMap::new()),
        events,
        cancelled: tenure.stop.token(),
    };
    let outcome = end_pause(&execution, request, declared, &rollout, &hook).await;
    record.changes = vec![RecordedChange {
        kind: Kind::Service,
        name: request.service.clone(),
        class: ChangeClass::UnderWay,
        differences: Vec::new(),
    }];
    record.outcome = outcome.outcome;
    record.outcomes = vec![outcome];
    record.error = tenure.stop.reason();
    record.finished_at = clock.now();
    record.calls = cloud.calls.calls();
    let lock_days = platform.record_lock_days();
    match history::keep(cloud.objects.as_ref(), &environment.ops_bucket, &mut record, lock_days).await {
        Ok(()) => Ok(record),
        Err(source) => {
            Err(ContinueError::RecordNotKept { service: request.service.clone(), record: Box::new(record), source })
        }
    }
}

/// The service, its rollout that waits, and what it waits at.
async fn paused(
    cloud: &Cloud,
    cluster: &str,
    request: &ContinueRequest,
) -> Result<(ObservedService, Rollout, WaitingHook), ContinueError> {
    let service = &request.service;
    let environment = &request.declaration.environment.environment;
    let unreadable = |source| ContinueError::Cloud { service: service.clone(), source };
    let live = cloud.containers.describe_services(cluster, std::slice::from_ref(service)).await.map_err(unreadable)?;
    let live = live.into_iter().find(|live| owned_by(environment, &live.tags));
    let Some(live) = live else {
        return Err(ContinueError::NotOurs { environment: environment.clone(), service: service.clone() });
    };
    let newest = cloud.containers.rollouts(cluster, service).await.map_err(unreadable)?.into_iter().next();
    match newest {
        Some(rollout) => match rollout.paused().cloned() {
            Some(hook) => Ok((live, rollout, hook)),
            None => Err(not_paused(environment, service, &format!("the newest one {}", stands(&rollout)))),
        },
        None => Err(not_paused(environment, service, "it has had none")),
    }
}

fn not_paused(environment: &str, service: &str, why: &str) -> ContinueError {
    ContinueError::NotPaused { environment: environment.to_owned(), service: service.to_owned(), why: why.to_owned() }
}

fn stands(rollout: &Rollout) -> String {
    if rollout.status.is_final() {
        return "is over".to_owned();
    }
    let at = rollout.stage.as_ref().map(|stage| format!(" at {stage}")).unwrap_or_default();
    if rollout.status.is_advancing() { format!("is under way{at}") } else { "is being taken back".to_owned() }
}

/// Says so to ECS, whose answer may get lost: the hook itself shows whether it was heard.
async fn end_pause(
    execution: &Execution<'_>,
    request: &ContinueRequest,
    declared: &Service,
    rollout: &Rollout,
    hook: &WaitingHook,
) -> ChangeOutcome {
    let containers = &execution.cloud.containers;
    let mut pace = Pace::new(PATIENCE, &execution.cancelled);
    while let Err(error) = containers.continue_rollout(&rollout.id, &hook.id, request.end).await {
        let again = error.is_passing() && pace.wait().await == Wait::Again;
        let heard = containers
            .rollout(&rollout.id)
            .await
            .is_ok_and(|now| now.is_some_and(|now| now.waiting.iter().all(|waiting| waiting.id != hook.id)));
        // After the first try only: an answer that says no is not one that got lost.
        if heard && error.is_passing() {
            break;
        }
        if !again {
            return refused(Kind::Service, &request.service, &error);
        }
    }
    let started = Event::RolloutStarted { service: request.service.clone(), rollout: rollout.id.clone() };
    execution.events.send(started);
    let timeout_seconds = ops_plan::rollout_timeout_seconds(&declared.deployment);
    Follower::after_hook(execution, &request.service, timeout_seconds, hook).follow(&rollout.id).await
}
