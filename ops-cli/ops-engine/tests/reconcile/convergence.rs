//! Whatever is declared, and whatever was done by hand: one reconcile makes the account what git says, and then there is
//! nothing left to do. What it made is imported as what was declared.

use std::collections::BTreeMap;

use ops_trials::convergence;
use ops_trials::drawn::{drawn, drawn_twice};
use ops_trials::edit::{edit, perform};
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, proptest};
use proptest::test_runner::{RngSeed, TestCaseError};
use tokio_util::sync::CancellationToken;

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

pub(crate) async fn converge(fixture: &Fixture) -> Result<(), TestCaseError> {
    let reconcile = async |request| {
        let record = fixture.try_reconcile(request, CancellationToken::new()).await;
        record.map_err(|error| format!("{error:?}"))
    };
    let converged = convergence::converge(&fixture.account, &fixture.declaration, reconcile).await;
    converged.map(drop).map_err(TestCaseError::fail)
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn what_is_declared_is_made_and_imported_as_that(drawn in drawn()) {
        virtually(async {
            let fixture = Fixture::of_drawn(&drawn);
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
            let mut fixture = Fixture::of_drawn(&first);
            converge(&fixture).await?;
            for edit in &edits {
                perform(&fixture.account, edit).await;
            }
            if mended_between {
                converge(&fixture).await?;
            }
            fixture.apply(second.read(&BTreeMap::new()));
            converge(&fixture).await?;
            for edit in &more_edits {
                perform(&fixture.account, edit).await;
            }
            converge(&fixture).await
        })?;
    }
}
