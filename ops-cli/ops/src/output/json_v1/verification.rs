use ops_model::outcome::{ChangeOutcome, Outcome};
use serde::Serialize;
use serde_json::Value;

use super::SCHEMA_VERSION;
use super::record::outcome;

#[derive(Debug, Serialize)]
pub(crate) struct VerificationDocument {
    schema_version: u32,
    environment: String,
    commit: String,
    outcome: Outcome,
    /// As in the document of a reconcile.
    scenarios: Vec<Value>,
}

pub(crate) fn verification(
    environment: &str,
    commit: &str,
    outcomes: &[ChangeOutcome],
    overall: Outcome,
) -> VerificationDocument {
    VerificationDocument {
        schema_version: SCHEMA_VERSION,
        environment: environment.to_owned(),
        commit: commit.to_owned(),
        outcome: overall,
        scenarios: outcomes.iter().map(outcome).collect(),
    }
}
