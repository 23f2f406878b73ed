//! `lease -> observe -> plan -> gates -> apply in waves -> verdict -> record`.

mod verify;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ops_model::declaration::Declaration;
use ops_model::observation::Observation;
use ops_model::outcome::{ChangeOutcome, Outcome};
use ops_model::ownership;
use ops_model::plan::{Gate, Plan, SiteGate};
use ops_model::platform::Platform;
use ops_model::record::{Operation, Record};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::cloud::{Cloud, CloudError};
use crate::error_chain::error_chain;
use crate::event::{Event, EventSink};
use crate::execute::{Execution, TaskDefinitions};
use crate::history::{self, begun, recorded};
use crate::lease::LeaseError;
use crate::observe::{ObserveError, Surroundings, inputs, observe, surroundings};
use crate::preflight;
use crate::tenure::{Tenure, TenureError};

#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    #[error(transparent)]
    Observe(#[from] ObserveError),
    #[error(transparent)]
    Lease(#[from] LeaseError),
    #[error("{environment} has moved since you agreed to the plan")]
    PlanMoved { environment: String },
    #[error("{environment} was reconciled ({}), but the record could not be written", describe(.record.outcome))]
    RecordNotKept {
        environment: String,
        record: Box<Record>,
        #[source]
        source: CloudError,
    },
}

impl From<TenureError> for ReconcileError {
    fn from(error: TenureError) -> Self {
        match error {
            TenureError::Observe(error) => Self::Observe(error),
            TenureError::Lease(error) => Self::Lease(error),
        }
    }
}

/// What to reconcile, and how far to go.
pub struct ReconcileRequest {
    pub declaration: Declaration,
    /// Commit that the declaration was read at.
    pub commit: String,
    /// The plan that somebody agreed to; `None` when whatever the plan turns out to be may run.
    pub agreed: Option<Plan>,
    /// Lets more be deleted than the deletion breaker does.
    pub allow_deletions: bool,
    /// Lets services be deleted and created anew, which serve nothing meanwhile.
    pub allow_replacements: bool,
    /// How long to wait for somebody else's reconcile of the same environment.
    pub patience_for_lease: Duration,
}

/// What a plan is made from, read together.
pub struct Survey {
    pub actor: String,
    pub platform: Platform,
    pub observation: Observation,
    pub plan: Plan,
}

/// Looks and plans; changes nothing and takes no lease.
pub async fn survey(cloud: &Cloud, declaration: &Declaration) -> Result<Survey, ObserveError> {
    let Surroundings { actor, platform } = surroundings(cloud, &declaration.environment).await?;
    let (observation, plan) = look(cloud, declaration, &platform).await?;
    Ok(Survey { actor, platform, observation, plan })
}

pub(crate) async fn look(
    cloud: &Cloud,
    declaration: &Declaration,
    platform: &Platform,
) -> Result<(Observation, Plan), ObserveError> {
    let observation = observe(cloud, declaration, platform).await?;
    let plan = ops_plan::plan(inputs(declaration, platform, &observation));
    Ok((observation, plan))
}

/// Makes the live environment match its declaration, and keeps a record of it, whatever came of it.
pub async fn reconcile(
    cloud: &Cloud,
    clock: Arc<dyn Clock>,
    request: ReconcileRequest,
    events: EventSink,
    cancelled: CancellationToken,
) -> Result<Record, ReconcileError> {
    let environment = &request.declaration.environment;
    let patience = request.patience_for_lease;
    let tenure = Tenure::open(cloud, &clock, environment, patience, &events, cancelled).await?;
    let done = under_lease(cloud, clock.as_ref(), &request, &tenure, events).await;
    tenure.close().await;
    done
}

async fn under_lease(
    cloud: &Cloud,
    clock: &dyn Clock,
    request: &ReconcileRequest,
    tenure: &Tenure,
    events: EventSink,
) -> Result<Record, ReconcileError> {
    let environment = &request.declaration.environment;
    let Surroundings { actor, platform } = &tenure.surroundings;
    let mut record = begun(&request.declaration, &request.commit, Operation::Reconcile, actor, clock.now());
    let failure = match look(cloud, &request.declaration, platform).await {
        Err(error) => Some(error),
        Ok((observation, plan)) => {
            if request.agreed.as_ref().is_some_and(|agreed| *agreed != plan) {
                return Err(ReconcileError::PlanMoved { environment: environment.environment.clone() });
            }
            let plan = gated(cloud, request, platform, &observation, plan).await;
            events.send(Event::Planned { plan: plan.clone() });
            record.gates.clone_from(&plan.gates);
            record.changes = plan.changes().map(recorded).collect();
            if plan.gates.is_empty() && !plan.in_sync() {
                let execution = Execution {
                    cloud,
                    clock,
                    environment: &environment.environment,
                    cluster: &platform.cluster.name,
                    schedule_group: platform.schedules.as_ref().map(|schedules| schedules.group.clone()),
                    observation: &observation,
                    tags: ownership::tags(&environment.environment, &request.commit, &request.declaration.sha256),
                    record_id: record.id.clone(),
                    task_definitions: TaskDefinitions::default(),
                    listener_rules: Mutex::new(BTreeMap::new()),
                    events,
                    cancelled: tenure.stop.token(),
                };
                record.outcomes = execution.run(&plan).await;
                if record.outcomes.iter().all(|outcome| outcome.outcome.is_success()) {
                    let stop = tenure.stop.token();
                    verify::verify(cloud, &request.declaration, platform, &mut record.outcomes, &stop).await;
                }
            }
            record.outcome = overall(&plan, &record.outcomes);
            None
        }
    };
    record.error = failure.as_ref().map(|error| error_chain(error)).or_else(|| tenure.stop.reason());
    record.finished_at = clock.now();
    record.calls = cloud.calls.calls();
    let lock_days = platform.record_lock_days();
    let kept = history::keep(cloud.objects.as_ref(), &environment.ops_bucket, &record, lock_days).await;
    match (failure, kept) {
        (Some(error), _) => Err(error.into()),
        (None, Err(source)) => Err(ReconcileError::RecordNotKept {
            environment: environment.environment.clone(),
            record: Box::new(record),
            source,
        }),
        (None, Ok(())) => Ok(record),
    }
}

/// The plan without the gates that whoever asked opens, and with those that only a look at AWS can close.
async fn gated(
    cloud: &Cloud,
    request: &ReconcileRequest,
    platform: &Platform,
    observation: &Observation,
    mut plan: Plan,
) -> Plan {
    plan.gates.retain(|gate| match gate {
        Gate::Deletions { .. } | Gate::Site { reason: SiteGate::ForeignObjects { .. }, .. } => !request.allow_deletions,
        Gate::Replacement { .. } => !request.allow_replacements,
        _ => true,
    });
    // What is held anyway need not be looked at.
    if plan.gates.is_empty() {
        plan.gates = preflight::gates(cloud, &request.declaration, platform, observation, &plan).await;
    }
    plan
}

/// The worst of what became of the changes.
fn overall(plan: &Plan, outcomes: &[ChangeOutcome]) -> Outcome {
    if !plan.gates.is_empty() {
        return Outcome::Held;
    }
    outcomes.iter().map(|outcome| outcome.outcome).max().unwrap_or(Outcome::InSync)
}

/// An outcome in words.
#[must_use]
pub fn describe(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::InSync => "in sync",
        Outcome::Succeeded => "succeeded",
        Outcome::NotStarted => "not started",
        Outcome::Held => "held by a gate",
        Outcome::Paused => "paused",
        Outcome::Interrupted => "interrupted",
        Outcome::TimedOut => "timed out while still running",
        Outcome::Superseded => "superseded",
        Outcome::Stopped => "stopped by a person",
        Outcome::RolledBack => "rolled back",
        Outcome::Failed => "failed",
    }
}
