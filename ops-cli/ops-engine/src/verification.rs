//! Scenarios after a deployment: whether they have to be run, how they went, and what a failure means.

mod past;
mod roll_back;
mod run;

use std::collections::BTreeMap;

use ops_model::declaration::{AfterFailure, Declaration};
use ops_model::outcome::{ChangeOutcome, Outcome};
use ops_model::plan::{Gate, Kind};
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;

use crate::cloud::Cloud;
use crate::event::EventSink;
use crate::history::HistoryError;
use crate::observe::{ObserveError, Surroundings, surroundings};
use crate::scenarios::Scenarios;

pub(crate) use past::{Past, past};
pub(crate) use roll_back::RollBack;
pub(crate) use run::{Verification, unverified};

#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    #[error(transparent)]
    Observe(#[from] ObserveError),
    #[error("{environment} declares no scenario {scenario}")]
    NoSuchScenario { environment: String, scenario: String },
    #[error("{environment} declares no scenarios")]
    NoScenarios { environment: String },
}

/// Runs scenarios alone and changes nothing: `only` those, or all when none is named. Keeps no record.
///
/// # Errors
/// Nothing was sent.
pub async fn verify(
    cloud: &Cloud,
    declaration: &Declaration,
    commit: &str,
    scenarios: &Scenarios,
    only: &[String],
    events: &EventSink,
    cancelled: &CancellationToken,
) -> Result<Vec<ChangeOutcome>, VerifyError> {
    let environment = &declaration.environment;
    let name = &environment.environment;
    if let Some(unknown) = only.iter().find(|scenario| !environment.scenarios.contains_key(*scenario)) {
        return Err(VerifyError::NoSuchScenario { environment: name.clone(), scenario: unknown.clone() });
    }
    if environment.scenarios.is_empty() {
        return Err(VerifyError::NoScenarios { environment: name.clone() });
    }
    let Surroundings { platform, .. } = surroundings(cloud, environment).await?;
    let verification = Verification { cloud, environment, platform: &platform, commit, scenarios, events, cancelled };
    let names = environment.scenarios.keys().filter(|name| only.is_empty() || only.contains(name));
    Ok(verification.run(names.map(String::as_str)).await)
}

/// The gate that keeps a reconcile from deploying once more what failed its scenarios and was rolled back, for a plan that
/// somebody looks at.
///
/// # Errors
/// The records cannot be read.
pub async fn held(
    cloud: &Cloud,
    declaration: &Declaration,
    texts: &BTreeMap<String, String>,
) -> Result<Option<Gate>, HistoryError> {
    if !may_roll_back(declaration) {
        return Ok(None);
    }
    let objects = cloud.objects.as_ref();
    let past = past(objects, &declaration.environment.ops_bucket, &fingerprint(declaration, texts)).await?;
    Ok(match past {
        Past::RolledBack { record, scenarios } => Some(Gate::FailedVerification { record, scenarios }),
        Past::Passed | Past::Failed | Past::Unknown => None,
    })
}

pub(crate) fn may_roll_back(declaration: &Declaration) -> bool {
    declaration.environment.scenarios.values().any(|scenario| scenario.after_failure == AfterFailure::RollBack)
}

/// The same for the same declaration, builds and files of scenarios, whatever else a commit changes.
#[must_use]
pub fn fingerprint(declaration: &Declaration, texts: &BTreeMap<String, String>) -> String {
    let mut hash = Sha256::new();
    let mut add = |part: &[u8]| {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    };
    add(declaration.sha256.as_bytes());
    for (artifact, build) in &declaration.builds.artifacts {
        add(artifact.as_bytes());
        add(build.pinned().as_bytes());
    }
    for (name, text) in texts {
        add(name.as_bytes());
        add(text.as_bytes());
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Names of the scenarios that were run and failed.
pub(crate) fn failed(outcomes: &[ChangeOutcome]) -> Vec<&str> {
    let failed = outcomes.iter().filter(|it| it.outcome == Outcome::NotVerified && it.evidence.scenario.is_some());
    failed.filter(|it| it.kind == Kind::Scenario).map(|it| it.name.as_str()).collect()
}
