use ops_engine::builds_commit::BuildsCommit;
use ops_model::declaration::Hold;

use super::builds_commit::committed;

/// Builds that are not to be deployed.
pub(crate) fn holds(environment: &str, holds: &[Hold]) -> String {
    if holds.is_empty() {
        return format!("No build is held in {environment}.\n");
    }
    holds.iter().map(line).collect()
}

/// Holds that are gone.
pub(crate) fn lifted(holds: &[Hold], commit: &BuildsCommit) -> String {
    let lines: String = holds.iter().map(|hold| format!("lifted: {}", line(hold))).collect();
    format!("{lines}{}", committed("builds.yaml", commit))
}

fn line(Hold { artifact, digest, version, reason, held_by }: &Hold) -> String {
    let by = held_by.as_ref().map(|by| format!(" ({by})")).unwrap_or_default();
    format!("{artifact} {version} {}: {reason}{by}\n", digest.short())
}
