//! A process that calls ops.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use ops_engine::continue_rollout::{ContinueError, ContinueRequest, continue_rollout};
use ops_engine::event::EventSink;
use ops_engine::observe::ObserveError;
use ops_engine::permission::Permission;
use ops_engine::reconcile::{ReconcileError, ReconcileRequest, reconcile, survey};
use ops_engine::scenarios::Scenarios;
use ops_model::declaration::{Declaration, PauseEnd};
use ops_model::outcome::Outcome;
use ops_model::plan::{Gate, Plan};
use ops_model::record::Record;
use ops_sim::SimulatedAccount;
use tokio_util::sync::CancellationToken;

pub const COMMIT: &str = "c0ffee";

/// Everything that is declared, without any leave, and at once or not at all.
#[must_use]
pub fn request(account: &SimulatedAccount, declaration: &Declaration) -> ReconcileRequest {
    ReconcileRequest {
        declaration: declaration.clone(),
        commit: COMMIT.to_owned(),
        agreed: None,
        permission: Permission::default(),
        only: Vec::new(),
        scenarios: scenarios(account, declaration),
        verify_again: false,
        patience_for_lease: Duration::ZERO,
    }
}

/// Run against what runs in the account.
#[must_use]
pub fn scenarios(account: &SimulatedAccount, declaration: &Declaration) -> Scenarios {
    let names = declaration.environment.scenarios.keys();
    let texts = names.map(|name| (name.clone(), format!("text of {name}"))).collect();
    Scenarios { runner: account.scenarios(), texts }
}

pub async fn try_reconcile(
    account: &SimulatedAccount,
    request: ReconcileRequest,
    events: EventSink,
    cancelled: CancellationToken,
) -> Result<Record, ReconcileError> {
    reconcile(&account.cloud(), Arc::new(account.clock()), request, events, cancelled).await
}

/// Lets a rollout go on that waits for a person, or takes it back.
pub async fn end_pause(
    account: &SimulatedAccount,
    declaration: &Declaration,
    service: &str,
    end: PauseEnd,
) -> Result<Record, ContinueError> {
    let request = ContinueRequest {
        declaration: declaration.clone(),
        commit: COMMIT.to_owned(),
        service: service.to_owned(),
        end,
        patience_for_lease: Duration::ZERO,
    };
    let clock = Arc::new(account.clock());
    continue_rollout(&account.cloud(), clock, request, EventSink::silent(), CancellationToken::new()).await
}

/// What would be done, and nothing is.
pub async fn plan(account: &SimulatedAccount, declaration: &Declaration) -> Result<Plan, ObserveError> {
    Ok(survey(&account.cloud(), &account.clock(), declaration).await?.plan)
}

/// Services whose rollouts wait for a person, as far as a record says.
pub(crate) fn pausing(record: &Record) -> BTreeSet<&str> {
    let paused = record.outcomes.iter().filter(|outcome| outcome.outcome == Outcome::Paused);
    let held = record.gates.iter().filter_map(|gate| match gate {
        Gate::Preflight { service, .. } => Some(service.as_str()),
        _ => None,
    });
    paused.map(|outcome| outcome.name.as_str()).chain(held).collect()
}
