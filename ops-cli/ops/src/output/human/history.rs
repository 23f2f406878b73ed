use ops_engine::reconcile::describe;
use ops_model::record::{Operation, Record};

use super::table::table;

/// One line a record, newest first.
pub(crate) fn history(environment: &str, records: &[Record]) -> String {
    if records.is_empty() {
        return format!("{environment} has no record yet\n");
    }
    let heading = ["RECORD", "STARTED", "SECONDS", "OUTCOME", "COMMIT", "BUILDS", "ACTOR"];
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    for record in records {
        let builds = record.builds.artifacts.iter().map(|(artifact, build)| format!("{artifact} {}", build.version));
        rows.push(vec![
            record.id.clone(),
            record.started_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            record.finished_at.duration_since(record.started_at).as_secs().to_string(),
            match record.operation {
                Operation::Approve => "approved".to_owned(),
                _ => describe(record.outcome).to_owned(),
            },
            record.commit.get(..12).unwrap_or(&record.commit).to_owned(),
            builds.collect::<Vec<_>>().join(", "),
            record.actor.arn.rsplit(':').next().unwrap_or_default().to_owned(),
        ]);
    }
    table(&rows)
}
