//! Gates that an environment declares for itself, and what a person says to pass one.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Gate;

/// An alarm that holds a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldingAlarm {
    pub name: String,
    pub why: String,
}

/// What a build lacks before it may be deployed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "lacks")]
pub enum MissingSoak {
    /// It came from somewhere else, or is a fresh build.
    Promotion { promoted_from: Option<String> },
    /// Nothing tells since when it runs there: no record, or something that is no record's id.
    Evidence { evidence: Option<String> },
    /// It has not run there for long enough.
    Time {
        /// Id of the record.
        evidence: String,
        opens_at: Timestamp,
    },
}

/// A gate that a person may pass by saying why. The others are about truth, or about what is destroyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverridableGate {
    Freeze,
    Windows,
    Alarms,
    Soak,
    Approvals,
}

/// A gate that a person passed, or would have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateOverride {
    pub gate: OverridableGate,
    pub reason: String,
    /// Whether it held the plan; otherwise there was nothing to pass.
    pub held: bool,
}

impl OverridableGate {
    pub const ALL: [Self; 5] = [Self::Freeze, Self::Windows, Self::Alarms, Self::Soak, Self::Approvals];

    /// `None`: nobody passes that gate by saying why.
    #[must_use]
    pub fn of(gate: &Gate) -> Option<Self> {
        match gate {
            Gate::Freeze { .. } => Some(Self::Freeze),
            Gate::Windows { .. } => Some(Self::Windows),
            Gate::Alarms { .. } => Some(Self::Alarms),
            Gate::Soak { .. } => Some(Self::Soak),
            Gate::Approvals { .. } => Some(Self::Approvals),
            Gate::TerraformBehind { .. }
            | Gate::NotOwned { .. }
            | Gate::Deletions { .. }
            | Gate::Secrets { .. }
            | Gate::Replacement { .. }
            | Gate::Refused { .. }
            | Gate::Preflight { .. }
            | Gate::FailedVerification { .. }
            | Gate::Site { .. } => None,
        }
    }

    /// As people write it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Freeze => "freeze",
            Self::Windows => "windows",
            Self::Alarms => "alarms",
            Self::Soak => "soak",
            Self::Approvals => "approvals",
        }
    }
}

impl fmt::Display for OverridableGate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is none of the gates that can be overridden: freeze, windows, alarms, soak, approvals")]
pub struct NotOverridable {
    word: String,
}

impl FromStr for OverridableGate {
    type Err = NotOverridable;

    fn from_str(word: &str) -> Result<Self, NotOverridable> {
        let found = Self::ALL.into_iter().find(|gate| gate.word() == word);
        found.ok_or_else(|| NotOverridable { word: word.to_owned() })
    }
}
