use ops_engine::builds_commit::BuildsCommit;
use ops_model::declaration::Hold;
use serde::Serialize;
use serde_json::{Value, json};

use super::SCHEMA_VERSION;

#[derive(Debug, Serialize)]
pub(crate) struct Holds {
    schema_version: u32,
    environment: String,
    /// Those that there are, or those that were lifted.
    holds: Vec<Value>,
    /// The commit that lifted them; `null` when none was lifted.
    commit: Option<String>,
    pushed: bool,
}

pub(crate) fn holds(environment: &str, holds: &[Hold], commit: Option<&BuildsCommit>) -> Holds {
    let document = |Hold { artifact, digest, version, reason, held_by }: &Hold| json!({"artifact": artifact, "digest": digest, "version": version, "reason": reason, "held_by": held_by});
    Holds {
        schema_version: SCHEMA_VERSION,
        environment: environment.to_owned(),
        holds: holds.iter().map(document).collect(),
        commit: commit.map(|commit| commit.commit.clone()),
        pushed: commit.is_some_and(|commit| commit.pushed),
    }
}
