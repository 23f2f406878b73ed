//! When nobody meddles any more, little is to be done until nothing is left to do.

use std::time::Duration;

use ops_engine::continue_rollout::ContinueError;
use ops_engine::permission::Permission;
use ops_engine::reconcile::ReconcileRequest;
use ops_model::declaration::{Declaration, PauseEnd};
use ops_model::outcome::Outcome;
use ops_model::plan::{Gate, ServiceStanding, TaskStanding};
use ops_model::record::Record;
use ops_sim::SimulatedAccount;

use crate::platform::CLUSTER;
use crate::reconciler::{end_pause, pausing, plan, request};

/// Pauses and rollouts of others that are waited for are more reconciles, but not many.
const BOUND: u32 = 60;

/// As many reconciles may find that what they went by has changed on the way.
const STALE_PLANS: u32 = 3;

/// Reconciles until it succeeds: pauses are ended, and a rollout that somebody else has begun is waited for where a plan
/// must not disturb it. Returns how many reconciles it took.
///
/// # Errors
///
/// What is in the way, or what is left to do after a success.
pub async fn converge(
    account: &SimulatedAccount,
    declaration: &Declaration,
    mut reconcile: impl AsyncFnMut(ReconcileRequest) -> Result<Record, String>,
) -> Result<u32, String> {
    for reconciles in 1..=BOUND {
        let request =
            ReconcileRequest { permission: Permission::from_flags(true, true), ..request(account, declaration) };
        let record = reconcile(request).await?;
        match record.outcome {
            Outcome::InSync | Outcome::Succeeded => {
                has_nothing_left_to_do(account, declaration, &record).await?;
                return Ok(reconciles);
            }
            Outcome::Paused => {}
            // ECS went back from a rollout of before while the plan was carried out, which then goes no further: the next
            // one starts from there.
            Outcome::Superseded if reconciles <= STALE_PLANS => {}
            Outcome::Held if waits_for_others(&record) => tokio::time::sleep(Duration::from_secs(60)).await,
            _ => return Err(told(&record)),
        }
        for name in pausing(&record) {
            match end_pause(account, declaration, name, PauseEnd::Continue).await {
                Ok(_) | Err(ContinueError::NotPaused { .. }) => {}
                Err(error) => return Err(format!("{name}: {error:?}")),
            }
        }
    }
    let rollouts = account.true_services(CLUSTER).into_iter().map(|(name, service)| (name, service.rollouts));
    Err(format!("it never ends: {:#?}", rollouts.collect::<Vec<_>>()))
}

/// What a record says, a line each.
#[must_use]
pub fn told(record: &Record) -> String {
    let outcomes =
        record.outcomes.iter().map(|it| format!("{:?} {}: {:?}, {:?}\n", it.kind, it.name, it.outcome, it.reason));
    let changes =
        record.changes.iter().map(|it| format!("{:?} {}: {:?}, {:?}\n", it.kind, it.name, it.class, it.differences));
    let gates = record.gates.iter().map(|gate| format!("{gate:?}\n"));
    changes.chain(gates).chain(outcomes).collect()
}

fn waits_for_others(record: &Record) -> bool {
    record.gates.iter().all(|gate| match gate {
        Gate::Preflight { failures, .. } => failures.iter().any(|failure| failure.contains("one is under way")),
        _ => false,
    })
}

async fn has_nothing_left_to_do(
    account: &SimulatedAccount,
    declaration: &Declaration,
    record: &Record,
) -> Result<(), String> {
    let look = async || plan(account, declaration).await.map_err(|error| format!("{error:?}"));
    let first = look().await?;
    if !first.in_sync() || !first.gates.is_empty() {
        return Err(format!("left over: {:#?} {:?}\n{}", first.waves, first.gates, told(record)));
    }
    if !first.holes.is_empty() {
        return Err(format!("still open: {:?}\n{}", first.holes, told(record)));
    }
    if first.services.values().any(|standing| *standing != ServiceStanding::InSync) {
        return Err(format!("{:?}", first.services));
    }
    if first.tasks.values().any(|standing| *standing != TaskStanding::InSync) {
        return Err(format!("{:?}", first.tasks));
    }
    let text = |plan| serde_json::to_string(&plan).map_err(|error| error.to_string());
    let (first, second) = (text(first)?, text(look().await?)?);
    if first == second { Ok(()) } else { Err(format!("the same account gives two plans: {first} and {second}")) }
}
