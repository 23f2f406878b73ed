use ops_engine::builds_commit::BuildsCommit;
use ops_engine::promote::BuildChange;
use serde::Serialize;

use super::{SCHEMA_VERSION, places};

#[derive(Debug, Serialize)]
pub(crate) struct BuildsCommitDocument {
    schema_version: u32,
    environment: String,
    /// `null`: there was nothing to commit.
    commit: Option<String>,
    branch: Option<String>,
    pushed: bool,
    builds: Vec<BuildDocument>,
}

#[derive(Debug, Serialize)]
struct BuildDocument {
    artifact: String,
    /// Repository of an image; `null` for a bundle.
    image: Option<String>,
    /// Place of a bundle; `null` for an image.
    bundle: Option<String>,
    digest: String,
    version: String,
    previous_digest: Option<String>,
    previous_version: Option<String>,
}

pub(crate) fn builds_commit(
    environment: &str,
    changes: &[BuildChange<'_>],
    commit: Option<&BuildsCommit>,
) -> BuildsCommitDocument {
    let builds = changes.iter().map(|BuildChange { artifact, old, new }| {
        let (image, bundle) = places(new);
        BuildDocument {
            artifact: (*artifact).to_owned(),
            image: image.map(str::to_owned),
            bundle: bundle.map(str::to_owned),
            digest: new.digest.to_string(),
            version: new.version.clone(),
            previous_digest: old.map(|old| old.digest.to_string()),
            previous_version: old.map(|old| old.version.clone()),
        }
    });
    BuildsCommitDocument {
        schema_version: SCHEMA_VERSION,
        environment: environment.to_owned(),
        commit: commit.map(|commit| commit.commit.clone()),
        branch: commit.map(|commit| commit.branch.clone()),
        pushed: commit.is_some_and(|commit| commit.pushed),
        builds: builds.collect(),
    }
}
