//! How the run of a scenario went. Nothing of a secret is in it.

use serde::{Deserialize, Serialize};

/// One scenario, with all its attempts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ScenarioRun {
    /// Path of its file in the repository.
    pub file: String,
    /// What the variable `url` was.
    pub url: String,
    /// How often the whole file was tried.
    pub attempts: u32,
    /// From the first attempt to the end of the last one.
    pub milliseconds: u64,
    /// Answered requests of the last attempt, in their order.
    pub requests: Vec<ScenarioRequest>,
    /// What was wrong in the last attempt; empty when nothing was.
    pub failures: Vec<ScenarioFailure>,
}

/// A request that was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScenarioRequest {
    pub method: String,
    pub url: String,
    pub status: u16,
    pub milliseconds: u64,
}

/// What an answer should have been and was not, or why there was none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScenarioFailure {
    /// Line of the scenario's file, counted from 1.
    pub line: u32,
    /// In characters, counted from 1.
    pub column: u32,
    /// What sort of failure, in Hurl's words: `Assert status code`.
    pub what: String,
    /// The line itself.
    pub text: String,
    /// What was expected and what was found, in Hurl's words, line by line.
    pub details: Vec<String>,
    /// Method and address, as far as they are known.
    pub request: Option<String>,
    /// Status of the answer; `None` when there was none.
    pub status: Option<u16>,
    /// How the answer's body begins.
    pub body: Option<String>,
}
