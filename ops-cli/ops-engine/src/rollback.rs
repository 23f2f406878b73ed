//! Rollback: an earlier state of an environment's builds, as a record shows it, is written back into git.

use ops_model::declaration::Builds;
use ops_model::record::Record;

/// The newest record of a good deployment whose builds are not the present ones.
#[must_use]
pub fn previous_good<'a>(records: &'a [Record], present: &Builds) -> Option<&'a Record> {
    records.iter().find(|record| {
        record.outcome.is_success() && !record.builds.artifacts.is_empty() && !same_images(&record.builds, present)
    })
}

/// Whether both name the same images, however they came to.
#[must_use]
pub fn same_images(one: &Builds, other: &Builds) -> bool {
    one.artifacts.len() == other.artifacts.len()
        && one.artifacts.iter().all(|(artifact, build)| {
            other.artifacts.get(artifact).is_some_and(|other| other.pinned_image() == build.pinned_image())
        })
}
