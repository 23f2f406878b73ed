//! `kill -9` at every call, and running it again.

use std::collections::BTreeMap;
use std::time::Duration;

use ops_model::outcome::Outcome;
use ops_model::record::Record;
use ops_sim::Write;
use proptest::prelude::*;
use tokio_util::sync::CancellationToken;

use crate::fixture::{CLUSTER, Declared, Fixture};

/// One reconcile whose process is gone after so many calls.
pub(crate) async fn kill_after(fixture: &Fixture, calls: u32) {
    fixture.account.faults().crash_after(calls);
    let crashed = fixture.account.faults().crashed();
    tokio::select! {
        _ = fixture.try_reconcile(fixture.request(), CancellationToken::new()) => {}
        () = crashed => {}
    }
    fixture.account.faults().revive();
}

/// The lease of whoever was killed has to run out first: the simulated holders are this very process, which lives.
pub(crate) async fn reconcile_after_a_kill(fixture: &Fixture) -> Record {
    let mut request = fixture.request();
    request.patience_for_lease = Duration::from_secs(120);
    fixture.try_reconcile(request, CancellationToken::new()).await.expect("a verdict")
}

/// Reconciles a new build, killed after so many calls, then again until nobody kills it.
async fn reconcile_with_crashes(crashes: &[u32]) {
    let mut fixture = Fixture::deployed().await;
    fixture.declare(Declared { build: 'b', count: 3, ..Declared::default() });
    let seen = fixture.write_count();
    for calls in crashes {
        kill_after(&fixture, *calls).await;
    }
    let record = reconcile_after_a_kill(&fixture).await;
    assert!(record.outcome.is_success(), "after crashes at {crashes:?}: {record:?}");
    let plan = fixture.plan().await;
    assert!(plan.in_sync(), "after crashes at {crashes:?}: {plan:?}");

    let mut rollouts: BTreeMap<String, u32> = BTreeMap::new();
    let mut registrations: BTreeMap<String, u32> = BTreeMap::new();
    for write in &fixture.account.container_writes()[seen..] {
        match write {
            Write::UpdateService(update) => *rollouts.entry(update.service.clone()).or_default() += 1,
            Write::RegisterTaskDefinition { content, .. } => {
                *registrations.entry(content.family().to_owned()).or_default() += 1;
            }
            _ => {}
        }
    }
    assert!(rollouts.values().all(|count| *count == 1), "after crashes at {crashes:?}: {rollouts:?}");
    assert!(registrations.values().all(|count| *count == 1), "after crashes at {crashes:?}: {registrations:?}");
}

#[tokio::test(start_paused = true)]
async fn a_reconcile_killed_at_any_call_converges_without_doing_anything_twice() {
    for calls in 0..60 {
        reconcile_with_crashes(&[calls]).await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_reconcile_killed_again_and_again_converges(crashes in prop::collection::vec(0u32..80, 1..5)) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        runtime.block_on(reconcile_with_crashes(&crashes));
    }
}

#[tokio::test(start_paused = true)]
async fn a_killed_first_deployment_is_found_again() {
    for calls in 0..40 {
        let fixture = Fixture::new();
        kill_after(&fixture, calls).await;
        let record = reconcile_after_a_kill(&fixture).await;
        assert!(matches!(record.outcome, Outcome::Succeeded | Outcome::InSync), "after {calls} calls: {record:?}");
        let creations =
            fixture.account.container_writes().iter().filter(|write| matches!(write, Write::CreateService(_))).count();
        assert_eq!(creations, 2, "after {calls} calls");
    }
}

/// Migrates and deploys, killed after so many calls, then again until nobody kills it.
async fn migrate_with_crashes(crashes: &[u32]) {
    let mut fixture = Fixture::new();
    fixture.declare(Declared { migrate: true, ..Declared::default() });
    for calls in crashes {
        kill_after(&fixture, *calls).await;
    }
    let record = reconcile_after_a_kill(&fixture).await;
    assert!(record.outcome.is_success(), "after crashes at {crashes:?}: {record:?}");
    assert!(fixture.plan().await.in_sync(), "after crashes at {crashes:?}");
    let tasks = fixture.cloud().containers.tasks_started_by(CLUSTER, "slipway/dev/migrate").await.expect("readable");
    let runs = fixture.account.container_writes().into_iter().filter(|write| matches!(write, Write::RunTask { .. }));
    assert!(runs.count() == 1 && tasks.len() <= 1, "after crashes at {crashes:?}: {tasks:?}");
}

#[tokio::test(start_paused = true)]
async fn a_migration_runs_exactly_once_whenever_its_reconcile_is_killed() {
    for calls in 0..60 {
        migrate_with_crashes(&[calls]).await;
    }
}
