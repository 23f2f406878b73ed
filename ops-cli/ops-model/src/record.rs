//! The record of one reconcile: who, from which commit, what, and what became of it. Kept for ever.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::declaration::Builds;
use crate::outcome::{Outcome, ServiceOutcome};
use crate::plan::{ChangeClass, Difference, Gate};

/// Prefix of the records in the ops bucket.
pub const RECORD_PREFIX: &str = "records/";

/// One reconcile, also a failed or refused one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Version of the record's format. Always 1.
    pub version: u32,
    /// ULID: sorts by the time at which the reconcile began.
    pub id: String,
    pub environment: String,
    /// Commit of the declaration.
    pub commit: String,
    pub declaration_sha256: String,
    pub actor: Actor,
    pub started_at: Timestamp,
    pub finished_at: Timestamp,
    pub outcome: Outcome,
    /// Why it failed, when it failed before any service could have a verdict.
    #[serde(default)]
    pub error: Option<String>,
    pub gates: Vec<Gate>,
    pub changes: Vec<RecordedChange>,
    pub services: Vec<ServiceOutcome>,
    /// What `builds.yaml` said.
    pub builds: Builds,
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
    pub service: String,
    pub class: ChangeClass,
    pub differences: Vec<Difference>,
}
