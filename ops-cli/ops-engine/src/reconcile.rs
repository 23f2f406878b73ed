//! `lease -> observe -> plan -> gates -> apply in waves -> verdict -> record`.

mod verify;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ops_model::declaration::{AfterFailure, Declaration};
use ops_model::observation::Observation;
use ops_model::outcome::{ChangeOutcome, Outcome};
use ops_model::ownership;
use ops_model::plan::{Act, Change, Gate, Kind, Plan};
use ops_model::platform::Platform;
use ops_model::record::{Operation, Record};
use ops_plan::{Selector, SelectorError};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::cloud::Cloud;
use crate::environment_gates;
use crate::error_chain::error_chain;
use crate::event::{Event, EventSink};
use crate::execute::{Execution, TaskDefinitions};
use crate::history::{self, HistoryError, KeepError, begun, recorded};
use crate::lease::LeaseError;
use crate::observe::{ObserveError, Surroundings, inputs, observe, surroundings};
use crate::permission::Permission;
use crate::preflight;
use crate::scenarios::Scenarios;
use crate::tenure::{Tenure, TenureError};
use crate::verification::{self, Past, RollBack, Verification};

#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    #[error(transparent)]
    Observe(#[from] ObserveError),
    #[error(transparent)]
    Lease(#[from] LeaseError),
    #[error(transparent)]
    Only(#[from] SelectorError),
    #[error("cannot tell how the scenarios of {environment} went before")]
    Past {
        environment: String,
        #[source]
        source: HistoryError,
    },
    #[error("cannot tell which gates hold {environment}")]
    Gates {
        environment: String,
        #[source]
        source: HistoryError,
    },
    #[error("{environment} has moved since the plan was agreed to: {}", .what.join("; "))]
    PlanMoved { environment: String, what: Vec<String> },
    #[error("{environment} was reconciled ({}), but the record could not be written", describe(.record.outcome))]
    RecordNotKept {
        environment: String,
        record: Box<Record>,
        #[source]
        source: KeepError,
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
#[derive(Clone)]
pub struct ReconcileRequest {
    pub declaration: Declaration,
    /// Commit that the declaration was read at.
    pub commit: String,
    /// The plan that somebody agreed to; `None` when whatever the plan turns out to be may run.
    pub agreed: Option<Plan>,
    pub permission: Permission,
    /// Changes that alone are asked for; empty: all.
    pub only: Vec<Selector>,
    /// What is run when everything is deployed.
    pub scenarios: Scenarios,
    /// Lets what was rolled back after failed scenarios be deployed and verified once more.
    pub verify_again: bool,
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
pub async fn survey(cloud: &Cloud, clock: &dyn Clock, declaration: &Declaration) -> Result<Survey, ObserveError> {
    let Surroundings { actor, platform } = surroundings(cloud, &declaration.environment).await?;
    let (observation, plan) = look(cloud, clock, declaration, &platform).await?;
    Ok(Survey { actor, platform, observation, plan })
}

pub(crate) async fn look(
    cloud: &Cloud,
    clock: &dyn Clock,
    declaration: &Declaration,
    platform: &Platform,
) -> Result<(Observation, Plan), ObserveError> {
    let observation = observe(cloud, clock, declaration, platform).await?;
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
    let failure = plan_and_carry_out(cloud, clock, request, tenure, events, &mut record).await.err();
    record.error = failure.as_ref().map(|error| error_chain(error)).or_else(|| tenure.stop.reason());
    record.finished_at = clock.now();
    record.calls = cloud.calls.calls();
    let lock_days = platform.record_lock_days();
    let kept = history::keep(cloud.objects.as_ref(), &environment.ops_bucket, &mut record, lock_days).await;
    match (failure, kept) {
        (Some(error), _) => Err(error),
        (None, Err(source)) => Err(ReconcileError::RecordNotKept {
            environment: environment.environment.clone(),
            record: Box::new(record),
            source,
        }),
        (None, Ok(())) => Ok(record),
    }
}

/// From the look at AWS to the verdict. What is refused before anything has a verdict is an error.
async fn plan_and_carry_out(
    cloud: &Cloud,
    clock: &dyn Clock,
    request: &ReconcileRequest,
    tenure: &Tenure,
    events: EventSink,
    record: &mut Record,
) -> Result<(), ReconcileError> {
    let environment = &request.declaration.environment;
    let platform = &tenure.surroundings.platform;
    record.only = request.only.iter().map(ToString::to_string).collect();
    let (observation, plan) = look(cloud, clock, &request.declaration, platform).await?;
    let what = request.agreed.as_ref().map(|agreed| ops_plan::moved(agreed, &plan)).unwrap_or_default();
    if !what.is_empty() {
        return Err(ReconcileError::PlanMoved { environment: environment.environment.clone(), what });
    }
    ops_plan::check_selectors(&plan, &request.only)?;
    let plan = ops_plan::restrict(plan, environment, &request.only);
    let past = past(cloud, request).await?;
    let permits = request.permission.permits(&plan);
    let texts = &request.scenarios.texts;
    let declared = environment_gates::holding(cloud, &request.declaration, texts, platform, &observation, &plan).await;
    let declared =
        declared.map_err(|source| ReconcileError::Gates { environment: environment.environment.clone(), source })?;
    record.overrides = request.permission.overrides(&declared);
    if !record.overrides.is_empty() {
        events.send(Event::Overriding { overrides: record.overrides.clone() });
    }
    let plan = gated(cloud, request, platform, &observation, &past, declared, plan).await;
    let plan = Arc::new(plan);
    events.send(Event::Planned { plan: Arc::clone(&plan) });
    record.gates.clone_from(&plan.gates);
    record.changes = plan.changes().map(recorded).collect();
    let execution = Execution {
        cloud,
        clock,
        environment: &environment.environment,
        cluster: &platform.cluster.name,
        schedule_group: platform.schedules.as_ref().map(|schedules| schedules.group.clone()),
        observation: &observation,
        permits,
        tags: ownership::tags(&environment.environment, &request.commit, &request.declaration.sha256),
        record_id: record.id.clone(),
        task_definitions: TaskDefinitions::default(),
        listener_rules: Mutex::new(BTreeMap::new()),
        events,
        cancelled: tenure.stop.token(),
    };
    if plan.gates.iter().any(|gate| matches!(gate, Gate::FailedVerification { .. })) {
        record.verified = Some(verification::fingerprint(&request.declaration, &request.scenarios.texts));
    }
    if plan.gates.is_empty() {
        carry_out(&execution, request, platform, &plan, &past, record).await;
    } else if let Some(at_once) = ops_plan::firewall::at_once(&plan) {
        record.outcomes = execution.run(&at_once).await;
        say_that_the_rest_is_held(&plan, &mut record.outcomes);
    }
    record.outcome = overall(&plan, &record.outcomes);
    Ok(())
}

/// How the scenarios went that this was verified by before. Without any there is nothing to ask.
async fn past(cloud: &Cloud, request: &ReconcileRequest) -> Result<Past, ReconcileError> {
    let environment = &request.declaration.environment;
    if environment.scenarios.is_empty() {
        return Ok(Past::Passed);
    }
    let fingerprint = verification::fingerprint(&request.declaration, &request.scenarios.texts);
    let past = verification::past(cloud.objects.as_ref(), &environment.ops_bucket, &fingerprint).await;
    past.map_err(|source| ReconcileError::Past { environment: environment.environment.clone(), source })
}

/// Applies the plan and verifies what came of it.
///
/// Scenarios run also where nothing differs, unless a record says that they have passed on exactly this: a reconcile that
/// ended before them is made good by the next one.
async fn carry_out(
    execution: &Execution<'_>,
    request: &ReconcileRequest,
    platform: &Platform,
    plan: &Plan,
    past: &Past,
    record: &mut Record,
) {
    let Execution { cloud, clock, events, cancelled, .. } = execution;
    let environment = &request.declaration.environment;
    let all_good = |outcomes: &[ChangeOutcome]| outcomes.iter().all(|outcome| outcome.outcome.is_success());
    if plan.in_sync() && *past == Past::Passed {
        return;
    }
    record.outcomes = execution.run(plan).await;
    if !plan.in_sync() && all_good(&record.outcomes) {
        verify::verify(cloud, *clock, request, platform, &mut record.outcomes, cancelled).await;
    }
    if environment.scenarios.is_empty() {
        return;
    }
    if !all_good(&record.outcomes) {
        record.outcomes.extend(verification::unverified(environment, "the deployment did not succeed"));
        return;
    }
    events.send(Event::VerificationStarted { scenarios: environment.scenarios.keys().cloned().collect() });
    let (scenarios, commit) = (&request.scenarios, request.commit.as_str());
    let verification = Verification { cloud, environment, platform, commit, scenarios, events, cancelled };
    let verdicts = verification.run(environment.scenarios.keys().map(String::as_str)).await;
    record.verified = Some(verification::fingerprint(&request.declaration, &scenarios.texts));
    let rolls_back = |name: &&str| {
        environment.scenarios.get(*name).is_some_and(|scenario| scenario.after_failure == AfterFailure::RollBack)
    };
    let failed: Vec<&str> = verification::failed(&verdicts).into_iter().filter(rolls_back).collect();
    if !failed.is_empty() && !cancelled.is_cancelled() {
        events.send(Event::RollingBack { scenarios: failed.iter().map(|name| (*name).to_owned()).collect() });
        let back = RollBack { execution, declaration: &request.declaration, platform, plan, failed: &failed };
        back.run(&mut record.outcomes).await;
    }
    record.outcomes.extend(verdicts);
}

/// The plan with the gates that the environment declares, without those that whoever asked opens, and with those that only a
/// look at AWS can close.
async fn gated(
    cloud: &Cloud,
    request: &ReconcileRequest,
    platform: &Platform,
    observation: &Observation,
    past: &Past,
    declared: Vec<Gate>,
    mut plan: Plan,
) -> Plan {
    plan.gates.extend(declared);
    plan.gates.retain(|gate| !request.permission.opens(gate));
    if let Past::RolledBack { record, scenarios } = past
        && !request.verify_again
        && !plan.in_sync()
    {
        plan.gates.push(Gate::FailedVerification { record: record.clone(), scenarios: scenarios.clone() });
    }
    // What is held anyway need not be looked at.
    if plan.gates.is_empty() {
        plan.gates = preflight::gates(cloud, &request.declaration, platform, observation, &plan).await;
    }
    plan
}

/// What was closed though a gate holds the plan does not look as if the plan had run.
fn say_that_the_rest_is_held(plan: &Plan, outcomes: &mut [ChangeOutcome]) {
    for outcome in outcomes.iter_mut().filter(|outcome| outcome.outcome.is_success()) {
        let of_group = |change: &&Change| change.name == outcome.name;
        let acts = plan.changes().filter(of_group).filter_map(|change| match &change.act {
            Act::Firewall(act) => Some(act),
            _ => None,
        });
        let closed: Vec<_> = acts
            .flat_map(|act| &act.steps)
            .filter(|step| step.at_once)
            .filter_map(|step| step.closes.clone())
            .collect();
        outcome.reason = Some(format!("closed at once, though the plan is held: {}", closed.join("; ")));
    }
}

/// The worst of what became of the changes; a gate that held any is as bad as that. Where something that a scenario refused
/// still serves, not all of it was rolled back.
fn overall(plan: &Plan, outcomes: &[ChangeOutcome]) -> Outcome {
    let held = (!plan.gates.is_empty()).then_some(Outcome::Held);
    let worst = outcomes.iter().map(|outcome| outcome.outcome).chain(held).max().unwrap_or(Outcome::InSync);
    let serves_still = |it: &ChangeOutcome| it.kind != Kind::Scenario && it.outcome == Outcome::NotVerified;
    if worst == Outcome::RolledBack && outcomes.iter().any(serves_still) { Outcome::NotVerified } else { worst }
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
        Outcome::NotVerified => "not verified",
        Outcome::RolledBack => "rolled back",
        Outcome::Failed => "failed",
    }
}
