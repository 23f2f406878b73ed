use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is watched by CloudWatch, and who hears of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alarms {
    /// E-mail addresses; AWS asks each whether it agrees, before it gets anything.
    #[schemars(length(min = 1), inner(regex(pattern = r"^[^@\s]+@[^@\s]+\.[^@\s]+$")))]
    pub notify: BTreeSet<String>,
    /// From when on something is wrong.
    #[serde(default)]
    pub thresholds: Thresholds,
}

/// Bounds of what is normal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Thresholds {
    /// Milliseconds that a public service may take to answer.
    #[schemars(range(min = 1, max = 3_600_000))]
    pub target_response_milliseconds: u32,
    /// Percentage of a public service's answers that may be errors of the server (5xx).
    #[schemars(range(min = 1, max = 100))]
    pub server_error_percent: u32,
    /// Percentage of its CPU that a service or the database may use.
    #[schemars(range(min = 1, max = 100))]
    pub cpu_percent: u32,
    /// Percentage of its memory that a service may use.
    #[schemars(range(min = 1, max = 100))]
    pub memory_percent: u32,
    /// Seconds that a message may wait in a queue.
    #[schemars(range(min = 1, max = 1_209_600))]
    pub oldest_message_seconds: u32,
    /// Seconds that a replica may be behind the database.
    #[schemars(range(min = 1, max = 86400))]
    pub replica_lag_seconds: u32,
    /// Percentage of the database's storage that has to be free.
    #[schemars(range(min = 1, max = 99))]
    pub free_storage_percent: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            target_response_milliseconds: 1000,
            server_error_percent: 5,
            cpu_percent: 85,
            memory_percent: 85,
            oldest_message_seconds: 300,
            replica_lag_seconds: 30,
            free_storage_percent: 15,
        }
    }
}
