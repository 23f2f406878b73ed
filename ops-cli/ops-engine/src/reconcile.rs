//! `lease -> observe -> plan -> gates -> apply in waves -> verdict -> record`.

use std::sync::Arc;
use std::time::Duration;

use ops_model::declaration::Declaration;
use ops_model::outcome::{Outcome, ServiceOutcome};
use ops_model::ownership;
use ops_model::plan::{Gate, Plan};
use ops_model::platform::Platform;
use ops_model::record::{Actor, Record, RecordedChange};
use tokio_util::sync::CancellationToken;
use ulid::Ulid;

use crate::clock::Clock;
use crate::cloud::{Cloud, CloudError};
use crate::error_chain::error_chain;
use crate::event::{Event, EventSink};
use crate::execute::Execution;
use crate::history;
use crate::lease::{Holder, Lease, LeaseError, LeaseRequest, host};
use crate::observe::{ObserveError, observe, read_platform, verify_account};
use crate::pace::{Pace, Wait};

/// How long AWS may take to show what it has done.
const TIME_TO_SHOW: Duration = Duration::from_secs(30);

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

/// What to reconcile, and how far to go.
pub struct ReconcileRequest {
    pub declaration: Declaration,
    /// Commit that the declaration was read at.
    pub commit: String,
    /// The plan that somebody agreed to; `None` when whatever the plan turns out to be may run.
    pub agreed: Option<Plan>,
    /// Lets more be deleted than the deletion breaker does.
    pub allow_deletions: bool,
    /// How long to wait for somebody else's reconcile of the same environment.
    pub patience_for_lease: Duration,
}

/// What a plan is made from, read together.
pub struct Survey {
    pub actor: String,
    pub platform: Platform,
    pub observation: ops_model::observation::Observation,
    pub plan: Plan,
}

/// Looks and plans; changes nothing and takes no lease.
pub async fn survey(cloud: &Cloud, declaration: &Declaration) -> Result<Survey, ObserveError> {
    let environment = &declaration.environment;
    let actor = verify_account(cloud, environment).await?;
    let platform = read_platform(cloud, environment).await?;
    let observation = observe(cloud, environment, &platform).await?;
    let plan = ops_plan::plan(ops_plan::Inputs {
        environment,
        builds: &declaration.builds,
        slow_part: &declaration.slow_part,
        platform: &platform,
        observation: &observation,
    });
    Ok(Survey { actor, platform, observation, plan })
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
    let actor = verify_account(cloud, environment).await?;
    let started_at = clock.now();
    let lease = LeaseRequest {
        environment: environment.environment.clone(),
        bucket: environment.ops_bucket.clone(),
        holder: Holder::this_process(actor.clone(), started_at),
        patience: request.patience_for_lease,
    };
    // Losing the lease stops this reconcile, but not whoever else shares the caller's token.
    let stop = Stop { lease_lost: cancelled.child_token(), by_caller: cancelled };
    // Without a platform there is no bucket to keep a lease in: say so rather than that a write failed.
    let lock_days = read_platform(cloud, environment).await?.record_lock_days();
    let lease =
        Lease::take(Arc::clone(&cloud.objects), Arc::clone(&clock), lease, &events, stop.lease_lost.clone()).await?;
    let done = under_lease(cloud, clock.as_ref(), &request, Writer { actor, lock_days }, events, &stop).await;
    // A lease that cannot be given back expires by itself; the verdict stands.
    let _ = lease.release().await;
    done
}

/// Why a reconcile may have to let go. The second token is cancelled with the first.
struct Stop {
    by_caller: CancellationToken,
    lease_lost: CancellationToken,
}

impl Stop {
    fn reason(&self) -> Option<String> {
        let lost = self.lease_lost.is_cancelled() && !self.by_caller.is_cancelled();
        lost.then(|| "the lease was lost: somebody else may reconcile this environment now".to_owned())
    }
}

/// Who writes the record, and for how many days it is locked.
struct Writer {
    actor: String,
    lock_days: Option<u32>,
}

async fn under_lease(
    cloud: &Cloud,
    clock: &dyn Clock,
    request: &ReconcileRequest,
    Writer { actor, lock_days }: Writer,
    events: EventSink,
    stop: &Stop,
) -> Result<Record, ReconcileError> {
    let Declaration { environment, builds, sha256, .. } = &request.declaration;
    let started_at = clock.now();
    let record_id = Ulid::from_parts(millis(started_at), Ulid::generate().random()).to_string();
    let mut record = Record {
        version: 1,
        id: record_id.clone(),
        environment: environment.environment.clone(),
        commit: request.commit.clone(),
        declaration_sha256: sha256.clone(),
        actor: Actor { arn: actor, host: host() },
        started_at,
        finished_at: started_at,
        outcome: Outcome::Failed,
        error: None,
        gates: Vec::new(),
        changes: Vec::new(),
        services: Vec::new(),
        builds: builds.clone(),
        calls: Default::default(),
    };
    let surveyed = survey(cloud, &request.declaration).await;
    let failure = match surveyed {
        Err(error) => Some(error),
        Ok(Survey { platform, mut plan, .. }) => {
            if request.agreed.as_ref().is_some_and(|agreed| *agreed != plan) {
                return Err(ReconcileError::PlanMoved { environment: environment.environment.clone() });
            }
            events.send(Event::Planned { plan: plan.clone() });
            if request.allow_deletions {
                plan.gates.retain(|gate| !matches!(gate, Gate::Deletions { .. }));
            }
            record.gates.clone_from(&plan.gates);
            record.changes = plan.changes().map(recorded).collect();
            if plan.gates.is_empty() && !plan.in_sync() {
                let execution = Execution {
                    cloud,
                    cluster: &platform.cluster.name,
                    tags: ownership::tags(&environment.environment, &request.commit, sha256),
                    record_id,
                    events,
                    cancelled: stop.lease_lost.clone(),
                };
                record.services = execution.run(&plan).await;
                if record.services.iter().all(|service| service.outcome.is_success()) {
                    verify(cloud, &request.declaration, &mut record.services, &stop.lease_lost).await;
                }
            }
            record.outcome = overall(&plan, &record.services);
            None
        }
    };
    record.error = failure.as_ref().map(|error| error_chain(error)).or_else(|| stop.reason());
    record.finished_at = clock.now();
    record.calls = cloud.calls.calls();
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

/// Looks once more before success is claimed: a service that differs again was changed by somebody else.
async fn verify(
    cloud: &Cloud,
    declaration: &Declaration,
    services: &mut [ServiceOutcome],
    cancelled: &CancellationToken,
) {
    // Reads may lag behind writes for a while.
    let mut pace = Pace::new(TIME_TO_SHOW, cancelled);
    let found = loop {
        let found = survey(cloud, declaration).await;
        let verified = found.as_ref().is_ok_and(|survey| survey.plan.in_sync());
        if verified || pace.wait().await != Wait::Again {
            break found;
        }
    };
    match found {
        Err(error) => {
            for service in services {
                service.outcome = Outcome::TimedOut;
                service.reason = Some(format!("deployed, but not seen to be so: {}", error_chain(&error)));
            }
        }
        Ok(Survey { plan, .. }) => {
            for service in services {
                if let Some(change) = plan.changes().find(|change| change.service == service.service) {
                    let paths: Vec<_> = change.differences.iter().map(|it| it.path.as_str()).collect();
                    let what = if paths.is_empty() { "the service".to_owned() } else { paths.join(", ") };
                    (service.outcome, service.reason) = if cancelled.is_cancelled() {
                        (
                            Outcome::Interrupted,
                            Some(format!("interrupted before it was seen to be as declared: {what}")),
                        )
                    } else {
                        (Outcome::Superseded, Some(format!("deployed, and then changed by somebody else: {what}")))
                    };
                }
            }
        }
    }
}

/// The worst of what became of the services.
fn overall(plan: &Plan, services: &[ServiceOutcome]) -> Outcome {
    if !plan.gates.is_empty() {
        return Outcome::Held;
    }
    services.iter().map(|service| service.outcome).max().unwrap_or(Outcome::InSync)
}

fn recorded(change: &ops_model::plan::ServiceChange) -> RecordedChange {
    RecordedChange { service: change.service.clone(), class: change.class, differences: change.differences.clone() }
}

fn millis(at: jiff::Timestamp) -> u64 {
    u64::try_from(at.as_millisecond()).unwrap_or_default()
}

/// An outcome in words.
#[must_use]
pub fn describe(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::InSync => "in sync",
        Outcome::Succeeded => "succeeded",
        Outcome::NotStarted => "not started",
        Outcome::Held => "held by a gate",
        Outcome::Interrupted => "interrupted",
        Outcome::TimedOut => "timed out while still running",
        Outcome::Superseded => "superseded",
        Outcome::Stopped => "stopped by a person",
        Outcome::RolledBack => "rolled back",
        Outcome::Failed => "failed",
    }
}
