//! A plan that is kept in a file between the person who makes it and the one who approves it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ops_engine::clock::{Clock as _, SystemClock};
use ops_engine::reconcile::Survey;
use ops_engine::verification::fingerprint;
use ops_model::saved_plan::SavedPlan;
use ops_plan::{Selector, SelectorError};
use serde_json::Value;

use crate::declared::Declared;

/// Why a file is not the plan that is to be carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SavedPlanError {
    #[error("cannot write the plan to {}", path.display())]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cannot read the plan {}", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{} is not a plan that `ops plan --out` wrote", path.display())]
    NotAPlan {
        path: PathBuf,
        #[source]
        source: serde_json::Error,
    },
    #[error("{} is of version {found} of plans, and this ops knows version {}", path.display(), SavedPlan::VERSION)]
    OtherVersion { path: PathBuf, found: u64 },
    #[error("{} is a plan of {found}, not of {asked}", path.display())]
    OtherEnvironment { path: PathBuf, found: String, asked: String },
    #[error("{} names a part that there is not", path.display())]
    Part {
        path: PathBuf,
        #[source]
        source: SelectorError,
    },
    #[error(
        "git has moved: declaration, builds or scenarios of {environment} are other ones at commit {now} than at commit {then}, \
         where the plan was made"
    )]
    GitMoved { environment: String, then: String, now: String },
}

/// Keeps a plan, in place of what the file held before.
pub(super) fn write(
    path: &Path,
    declared: &Declared,
    survey: &Survey,
    only: &[Selector],
) -> Result<(), SavedPlanError> {
    let environment = &declared.declaration.environment;
    let saved = SavedPlan {
        version: SavedPlan::VERSION,
        environment: environment.environment.clone(),
        account: environment.account.clone(),
        region: environment.region.clone(),
        commit: declared.commit.clone(),
        fingerprint: fingerprint(&declared.declaration, &declared.scenario_texts),
        made_at: SystemClock.now(),
        made_by: survey.actor.clone(),
        only: only.iter().map(ToString::to_string).collect(),
        plan: survey.plan.clone(),
    };
    let unwritable = |source| SavedPlanError::Write { path: path.to_owned(), source };
    let mut text = serde_json::to_string_pretty(&saved).map_err(|error| unwritable(error.into()))?;
    text.push('\n');
    // Whoever reads it finds all of it or what was there before.
    let beside = path.with_extension(format!("{}.part", std::process::id()));
    fs::write(&beside, text).and_then(|()| fs::rename(&beside, path)).map_err(|source| {
        let _ = fs::remove_file(&beside);
        unwritable(source)
    })
}

/// Reads a plan of this environment, and the part of it that was asked for.
pub(super) fn read(path: &Path, environment: &str) -> Result<(SavedPlan, Vec<Selector>), SavedPlanError> {
    let text = fs::read(path).map_err(|source| SavedPlanError::Read { path: path.to_owned(), source })?;
    let not_a_plan = |source| SavedPlanError::NotAPlan { path: path.to_owned(), source };
    // The version says what else there may be.
    let document: Value = serde_json::from_slice(&text).map_err(not_a_plan)?;
    if let Some(found) = document["version"].as_u64().filter(|version| *version != u64::from(SavedPlan::VERSION)) {
        return Err(SavedPlanError::OtherVersion { path: path.to_owned(), found });
    }
    let saved: SavedPlan = serde_json::from_value(document).map_err(not_a_plan)?;
    if saved.environment != environment {
        let (found, asked) = (saved.environment, environment.to_owned());
        return Err(SavedPlanError::OtherEnvironment { path: path.to_owned(), found, asked });
    }
    let part = |source| SavedPlanError::Part { path: path.to_owned(), source };
    let only = saved.only.iter().map(|selector| selector.parse()).collect::<Result<_, _>>().map_err(part)?;
    Ok((saved, only))
}

/// What the plan was made from is what is to be reconciled. Whether AWS has moved shows under the lease.
pub(super) fn require_same(saved: &SavedPlan, declared: &Declared) -> Result<(), SavedPlanError> {
    if saved.fingerprint == fingerprint(&declared.declaration, &declared.scenario_texts) {
        return Ok(());
    }
    let short = |commit: &str| commit.get(..12).unwrap_or(commit).to_owned();
    Err(SavedPlanError::GitMoved {
        environment: saved.environment.clone(),
        then: short(&saved.commit),
        now: short(&declared.commit),
    })
}
