//! A plan in a file: somebody approves it, and exactly it is carried out, or nothing.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::plan::Plan;

/// A whole plan, and what it was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedPlan {
    /// Version of the file's format: [`SavedPlan::VERSION`].
    pub version: u32,
    pub environment: String,
    /// Twelve digits.
    pub account: String,
    pub region: String,
    /// Commit that the declaration was read at.
    pub commit: String,
    /// SHA-256 of the declaration, the builds and the scenarios' files.
    pub fingerprint: String,
    pub made_at: Timestamp,
    /// ARN of who made it.
    pub made_by: String,
    /// Changes that alone are asked for, such as `service/api`; empty: all.
    pub only: Vec<String>,
    /// All changes, also those that nobody asks for.
    pub plan: Plan,
}

impl SavedPlan {
    pub const VERSION: u32 = 1;
}
