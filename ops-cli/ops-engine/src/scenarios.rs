//! Scenarios in domain words: one run of one file. Two implementations: the program [`hurl`], and a simulated one in
//! `ops-sim`.

pub mod hurl;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ops_model::scenario::{ScenarioFailure, ScenarioRequest};
use tokio_util::sync::CancellationToken;

use crate::cloud::SecretValue;

/// Runs scenarios.
#[async_trait]
pub trait HttpScenarios: Send + Sync {
    /// Sends the requests of one file once, in order, until one of them fails.
    ///
    /// Nothing in the result repeats a secret. A run that is stopped sends nothing more.
    ///
    /// # Errors
    /// Nobody knows whether it would have passed.
    async fn attempt(&self, attempt: &ScenarioAttempt, stop: &CancellationToken) -> Result<Attempted, ScenarioError>;
}

/// One file and what it is given.
#[derive(Debug, Clone)]
pub struct ScenarioAttempt {
    pub name: String,
    /// Text of the file.
    pub text: String,
    pub variables: BTreeMap<String, String>,
    pub secrets: BTreeMap<String, SecretValue>,
    /// Time until the whole run is given up.
    pub limit: Duration,
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attempted {
    /// Those that were answered.
    pub requests: Vec<ScenarioRequest>,
    /// Empty: it passed.
    pub failures: Vec<ScenarioFailure>,
}

#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    #[error("stopped")]
    Stopped,
    #[error("it did not end within {} s", .limit.as_secs_f64().ceil())]
    TimedOut { limit: Duration },
    #[error("the program hurl cannot be run")]
    Program(#[from] hurl::HurlError),
}

/// What to run, and by whom.
#[derive(Clone)]
pub struct Scenarios {
    pub runner: Arc<dyn HttpScenarios>,
    /// Text of each declared scenario's file, by the scenario's name.
    pub texts: BTreeMap<String, String>,
}

impl Scenarios {
    /// Of a declaration that has no scenarios.
    #[must_use]
    pub fn none() -> Self {
        Self { runner: Arc::new(NoRunner), texts: BTreeMap::new() }
    }
}

struct NoRunner;

#[async_trait]
impl HttpScenarios for NoRunner {
    async fn attempt(&self, _: &ScenarioAttempt, _: &CancellationToken) -> Result<Attempted, ScenarioError> {
        Err(hurl::HurlError::NotFound.into())
    }
}
