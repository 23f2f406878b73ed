//! The record of one reconcile: who, from which commit, what, and what became of it. Kept for ever.

pub mod chain;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::declaration::{Builds, hexadecimal_sha256};
use crate::outcome::{ChangeOutcome, Outcome};
use crate::plan::{ChangeClass, Difference, Gate, GateOverride, Kind};

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
    /// Gates that somebody passed by saying why. They are not among `gates`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<GateOverride>,
    pub changes: Vec<RecordedChange>,
    /// What became of each change.
    #[serde(alias = "services")]
    pub outcomes: Vec<ChangeOutcome>,
    /// What `builds.yaml` said.
    pub builds: Builds,
    /// SHA-256 of what scenarios were run on: declaration, builds and the scenarios' files. Absent when none were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<String>,
    /// SHA-256 of what an approval is of: declaration, builds and the scenarios' files. Of an approval alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approves: Option<String>,
    /// What whoever approved it said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What alone was asked for, such as `service/api`; empty: everything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    /// AWS calls by operation.
    pub calls: BTreeMap<String, u32>,
    /// The record that was written before this one. Absent in the first, and in those of a time when none was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<RecordLink>,
}

impl Record {
    /// Key of the record in the ops bucket.
    #[must_use]
    pub fn key(&self) -> String {
        key(&self.id)
    }
}

/// Key of the record of this id in the ops bucket.
#[must_use]
pub fn key(id: &str) -> String {
    format!("{RECORD_PREFIX}{id}.json")
}

/// Id of the record under a key: the other way round.
#[must_use]
pub fn id_of(key: &str) -> &str {
    let name = key.strip_prefix(RECORD_PREFIX).unwrap_or(key);
    name.strip_suffix(".json").unwrap_or(name)
}

/// A record by its id and by what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordLink {
    pub id: String,
    /// SHA-256 of the stored bytes, in hexadecimal.
    pub sha256: String,
}

impl RecordLink {
    /// Of a record that is stored with these bytes.
    #[must_use]
    pub fn of(id: &str, stored: &[u8]) -> Self {
        Self { id: id.to_owned(), sha256: hexadecimal_sha256(stored) }
    }
}

/// Key of the object that says which record was written last.
///
/// It is not below [`RECORD_PREFIX`]: it is written over for each record, and they are not.
pub const LAST_RECORD_KEY: &str = "last-record.json";

/// The record written last, whole: it is announced here before it is put in its place, so that two writers cannot both
/// follow the same record, and one that was killed in between leaves nothing out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastRecord {
    /// Version of the format. Always 1.
    pub version: u32,
    pub id: String,
    /// What is stored under the record's key, byte for byte.
    pub text: String,
}

impl LastRecord {
    #[must_use]
    pub fn link(&self) -> RecordLink {
        RecordLink::of(&self.id, self.text.as_bytes())
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
    /// Somebody said that it may be deployed; nothing was done.
    Approve,
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
