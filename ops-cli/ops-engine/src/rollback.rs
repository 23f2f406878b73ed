//! Rollback: an earlier state of an environment's builds, as a record shows it, is written back into git.

use ops_model::declaration::Builds;
use ops_model::record::{Operation, Record};

/// Whether a record shows a good deployment of other builds than the present ones.
#[must_use]
pub fn is_good_and_other(record: &Record, present: &Builds) -> bool {
    record.operation == Operation::Reconcile
        && record.outcome.is_success()
        && record.only.is_empty()
        && !record.builds.artifacts.is_empty()
        && !same_builds(&record.builds, present)
}

/// Whether both name the same builds, however they came to.
fn same_builds(one: &Builds, other: &Builds) -> bool {
    one.artifacts.len() == other.artifacts.len()
        && one
            .artifacts
            .iter()
            .all(|(artifact, build)| other.artifacts.get(artifact).is_some_and(|other| other.is_same_as(build)))
}
