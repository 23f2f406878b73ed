//! Whatever is declared, and whatever was done by hand: one reconcile makes the account what git says, and then there is
//! nothing left to do. What it made is imported as what was declared.

use std::collections::BTreeSet;
use std::time::Duration;

use ops_engine::continue_rollout::ContinueError;
use ops_engine::reconcile::ReconcileRequest;
use ops_model::declaration::PauseEnd;
use ops_model::outcome::Outcome;
use ops_model::plan::{Gate, ServiceStanding, TaskStanding};
use ops_model::record::Record;
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, prop_assert, prop_assert_eq, proptest};
use proptest::test_runner::{RngSeed, TestCaseError};
use tokio_util::sync::CancellationToken;

use crate::drawn::{drawn, drawn_twice};
use crate::edit::{edit, perform};
use crate::fixture::Fixture;
use crate::import::is_imported_as_declared;

/// Every run draws the same. `PROPTEST_CASES` and `PROPTEST_RNG_SEED` draw more and others.
pub(crate) fn cases(number: u32) -> ProptestConfig {
    let asked = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { asked.cases } else { number };
    let rng_seed = match asked.rng_seed {
        RngSeed::Random => RngSeed::Fixed(20),
        fixed => fixed,
    };
    ProptestConfig { cases, rng_seed, ..asked }
}

pub(crate) fn virtually<T>(history: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(history)
}

/// Reconciles until it succeeds: pauses are ended, and a rollout that somebody else has begun is waited for where a plan
/// must not disturb it.
pub(crate) async fn converge(fixture: &Fixture) -> Result<(), TestCaseError> {
    for _ in 0..60 {
        let request = ReconcileRequest { allow_deletions: true, allow_replacements: true, ..fixture.request() };
        let record = fixture.try_reconcile(request, CancellationToken::new()).await;
        let record = record.map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
        match record.outcome {
            Outcome::InSync | Outcome::Succeeded => return has_nothing_left_to_do(fixture, &record).await,
            Outcome::Paused => {}
            Outcome::Held if waits_for_others(&record) => tokio::time::sleep(Duration::from_secs(60)).await,
            _ => return Err(TestCaseError::fail(told(&record))),
        }
        let names = record.outcomes.iter().filter(|outcome| outcome.outcome == Outcome::Paused);
        let held = record.gates.iter().filter_map(|gate| match gate {
            Gate::Preflight { service, .. } => Some(service),
            _ => None,
        });
        let names: BTreeSet<_> = names.map(|outcome| &outcome.name).chain(held).collect();
        for name in names {
            match fixture.continue_rollout(name, PauseEnd::Continue).await {
                Ok(_) | Err(ContinueError::NotPaused { .. }) => {}
                Err(error) => return Err(TestCaseError::fail(format!("{name}: {error:?}"))),
            }
        }
    }
    Err(TestCaseError::fail("it never ends"))
}

fn told(record: &Record) -> String {
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

async fn has_nothing_left_to_do(fixture: &Fixture, record: &Record) -> Result<(), TestCaseError> {
    let plan = fixture.plan().await;
    prop_assert!(
        plan.in_sync() && plan.gates.is_empty(),
        "left over: {:#?} {:?}\n{}",
        plan.waves,
        plan.gates,
        told(record)
    );
    prop_assert!(plan.services.values().all(|standing| *standing == ServiceStanding::InSync), "{:?}", plan.services);
    prop_assert!(plan.tasks.values().all(|standing| *standing == TaskStanding::InSync), "{:?}", plan.tasks);
    let text = |plan| serde_json::to_string(&plan).expect("a plan serialises");
    prop_assert_eq!(text(plan), text(fixture.plan().await), "the same account gives the same plan");
    Ok(())
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn what_is_declared_is_made_and_imported_as_that(drawn in drawn()) {
        virtually(async {
            let fixture = drawn.provisioned();
            converge(&fixture).await?;
            is_imported_as_declared(&fixture).await
        })?;
    }

    #[test]
    fn what_was_done_by_hand_and_what_git_says_since_is_mended_at_once(
        (first, second) in drawn_twice(),
        edits in vec(edit(), 0..6),
        mended_between: bool,
        more_edits in vec(edit(), 0..3),
    ) {
        virtually(async {
            let mut fixture = first.provisioned();
            converge(&fixture).await?;
            for edit in &edits {
                perform(&fixture, edit).await;
            }
            if mended_between {
                converge(&fixture).await?;
            }
            fixture.apply(second.read());
            converge(&fixture).await?;
            for edit in &more_edits {
                perform(&fixture, edit).await;
            }
            converge(&fixture).await
        })?;
    }
}
