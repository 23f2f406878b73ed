use jiff::Timestamp;
use ops_model::declaration::{Build, Promotion};
use ops_model::plan::Gate;
use ops_model::record::Record;

use crate::cloud::Objects;
use crate::history::{HistoryError, newest_that};
use crate::promote::shows;

/// Whether a build still has to show itself elsewhere. One that ran here before, and well, has nothing to show: the way back
/// is short.
pub(super) async fn unsoaked(
    objects: &dyn Objects,
    bucket: &str,
    promotion: &Promotion,
    artifact: &str,
    build: &Build,
    now: Timestamp,
) -> Result<Option<Gate>, HistoryError> {
    let Some(gate) = ops_plan::environment_gates::unsoaked(promotion, artifact, build, now) else { return Ok(None) };
    // A record that was held for the same build has looked at all those before it: the search stays short.
    let tells = |record: &Record| shows(record, artifact, build) || was_held(record, artifact, build);
    let newest = newest_that(objects, bucket, tells).await?;
    Ok((!newest.is_some_and(|record| shows(&record, artifact, build))).then_some(gate))
}

fn was_held(record: &Record, artifact: &str, build: &Build) -> bool {
    record.gates.iter().any(
        |gate| matches!(gate, Gate::Soak { artifact: held, digest, .. } if held == artifact && *digest == build.digest),
    )
}
