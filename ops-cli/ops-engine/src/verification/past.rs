//! What the records say of earlier runs of the same scenarios on the same declaration and builds.

use ops_model::outcome::{ChangeOutcome, Outcome};
use ops_model::plan::{Gate, Kind};
use ops_model::record::{Operation, Record};

use super::failed;
use crate::cloud::Objects;
use crate::history::{HistoryError, newest_that};

/// How the newest one ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Past {
    Passed,
    /// A scenario failed, or was not run to its end, and what was deployed was left serving.
    Failed,
    /// Scenarios failed, and what was deployed was rolled back.
    RolledBack {
        /// Id of the record.
        record: String,
        scenarios: Vec<String>,
    },
    /// Something else was deployed since, or nothing ever was.
    Unknown,
}

/// Asks no more than the newest record that knows.
pub(crate) async fn past(objects: &dyn Objects, bucket: &str, fingerprint: &str) -> Result<Past, HistoryError> {
    let newest = newest_that(objects, bucket, tells).await?;
    Ok(newest.filter(|record| record.verified.as_deref() == Some(fingerprint)).map_or(Past::Unknown, |it| judged(&it)))
}

/// A reconcile that was held for it repeats what the one before it says, so that the search stays short.
fn tells(record: &Record) -> bool {
    record.operation == Operation::Reconcile && record.verified.is_some()
}

fn judged(record: &Record) -> Past {
    let held = record.gates.iter().find_map(|gate| match gate {
        Gate::FailedVerification { record, scenarios } => Some((record.clone(), scenarios.clone())),
        _ => None,
    });
    if let Some((record, scenarios)) = held {
        return Past::RolledBack { record, scenarios };
    }
    let failed: Vec<String> = failed(&record.outcomes).into_iter().map(str::to_owned).collect();
    // Scenarios run when everything has succeeded: what has another verdict since then went back, or is on its way.
    let is_taken_back = |it: &ChangeOutcome| {
        matches!(it.kind, Kind::Service | Kind::Site) && matches!(it.outcome, Outcome::RolledBack | Outcome::Paused)
    };
    if !failed.is_empty() && record.outcomes.iter().any(is_taken_back) {
        return Past::RolledBack { record: record.id.clone(), scenarios: failed };
    }
    if record.outcome.is_success() { Past::Passed } else { Past::Failed }
}
