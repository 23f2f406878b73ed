use ops_plan::ConfigurationDifference;
use serde::Serialize;
use serde_json::{Value, json};

use super::builds_commit::BuildsCommitDocument;

#[derive(Debug, Serialize)]
pub(crate) struct Promotion {
    #[serde(flatten)]
    commit: BuildsCommitDocument,
    /// What runs the builds and is declared otherwise in the two environments.
    configuration: Vec<Value>,
    /// Address of the pull request; `null` when none was asked for.
    pull_request: Option<String>,
}

pub(crate) fn promotion(
    commit: BuildsCommitDocument,
    differences: &[ConfigurationDifference],
    pull_request: Option<&str>,
) -> Promotion {
    let document = |ConfigurationDifference { path, from, into }: &ConfigurationDifference| json!({"path": path, "from": from, "into": into});
    Promotion {
        commit,
        configuration: differences.iter().map(document).collect(),
        pull_request: pull_request.map(str::to_owned),
    }
}
