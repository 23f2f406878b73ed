//! Rollback: an earlier state of an environment's builds, as a record shows it, is written back into git, with a hold on what
//! it goes back from.

use ops_model::declaration::{Builds, Hold};
use ops_model::record::{Operation, Record};

/// Whether a record shows a good deployment of other builds than the present ones, none of which is held.
#[must_use]
pub fn is_good_and_other(record: &Record, present: &Builds) -> bool {
    record.operation == Operation::Reconcile
        && record.outcome.is_success()
        && record.only.is_empty()
        && !record.builds.artifacts.is_empty()
        && !same_builds(&record.builds, present)
        && !record.builds.artifacts.iter().any(|(artifact, build)| present.hold(artifact, &build.digest).is_some())
}

/// Whether both name the same builds, however they came to.
fn same_builds(one: &Builds, other: &Builds) -> bool {
    one.artifacts.len() == other.artifacts.len()
        && one
            .artifacts
            .iter()
            .all(|(artifact, build)| other.artifacts.get(artifact).is_some_and(|other| other.is_same_as(build)))
}

/// The builds of a record in place of the present ones. `why`: the reason of a hold, and who puts it, on every build that is
/// left; `None`: no holds.
#[must_use]
pub fn rolled_back(present: &Builds, record: &Builds, why: Option<(&str, &str)>) -> Builds {
    let mut builds = Builds { artifacts: record.artifacts.clone(), ..present.clone() };
    let Some((reason, by)) = why else { return builds };
    for (artifact, build) in &present.artifacts {
        let stays = record.artifacts.get(artifact).is_some_and(|other| other.digest == build.digest);
        if !stays && present.hold(artifact, &build.digest).is_none() {
            builds.holds.push(Hold {
                artifact: artifact.clone(),
                digest: build.digest.clone(),
                version: build.version.clone(),
                reason: reason.to_owned(),
                held_by: Some(by.to_owned()),
            });
        }
    }
    builds
}

/// The same builds without the holds on an artifact, and the holds that are lifted.
#[must_use]
pub fn lifted(present: &Builds, artifact: &str) -> (Builds, Vec<Hold>) {
    let (lifted, holds) = present.holds.iter().cloned().partition(|hold| hold.artifact == artifact);
    (Builds { holds, ..present.clone() }, lifted)
}
