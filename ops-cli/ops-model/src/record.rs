//! The record of one reconcile: who, from which commit, what, and what became of it. Kept for ever.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::declaration::Builds;
use crate::outcome::{ChangeOutcome, Outcome};
use crate::plan::{ChangeClass, Difference, Gate, Kind};

/// Prefix of the records in the ops bucket.
pub const RECORD_PREFIX: &str = "records/";

/// One reconcile, also a failed or refused one; or what a person did by hand through ops.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Version of the record's format. Always 1.
    pub version: u32,
    /// ULID: sorts by the time at which the reconcile began.
    pub id: String,
    pub environment: String,
    /// What was asked for.
    #[serde(default)]
    pub operation: Operation,
    /// Commit of the declaration.
    pub commit: String,
    pub declaration_sha256: String,
    pub actor: Actor,
    pub started_at: Timestamp,
    pub finished_at: Timestamp,
    pub outcome: Outcome,
    /// Why it failed, when it failed before any change could have a verdict.
    #[serde(default)]
    pub error: Option<String>,
    pub gates: Vec<Gate>,
    pub changes: Vec<RecordedChange>,
    /// What became of each change.
    #[serde(alias = "services")]
    pub outcomes: Vec<ChangeOutcome>,
    /// What `builds.yaml` said.
    pub builds: Builds,
    /// SHA-256 of what scenarios were run on: declaration, builds and the scenarios' files. Absent when none were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<String>,
    /// What alone was asked for, such as `service/api`; empty: everything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    /// AWS calls by operation.
    pub calls: BTreeMap<String, u32>,
}

impl Record {
    /// Key of the record in the ops bucket.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{RECORD_PREFIX}{}.json", self.id)
    }
}

/// What a record is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Everything was made as declared.
    #[default]
    Reconcile,
    /// A rollout that waited was let go on.
    Continue,
    /// A rollout that waited was taken back.
    TakeBack,
    /// A task was run by hand.
    Run,
}

/// Who asked for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// ARN that AWS knows the caller by.
    pub arn: String,
    /// Machine that ops ran on.
    pub host: String,
}

/// A change as it was planned, without the content that was sent to AWS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedChange {
    #[serde(default)]
    pub kind: Kind,
    #[serde(alias = "service")]
    pub name: String,
    pub class: ChangeClass,
    pub differences: Vec<Difference>,
}
