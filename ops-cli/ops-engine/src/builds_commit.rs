//! One commit that changes one `builds.yaml`: made whole, or not at all.

use std::io;
use std::path::PathBuf;

use ops_model::declaration::Builds;

use crate::declared::{builds_path, folder};
use crate::git::{Git, GitError};

#[derive(Debug, thiserror::Error)]
pub enum BuildsCommitError {
    #[error(transparent)]
    Git(#[from] GitError),
    #[error("there are uncommitted changes in {}", paths.join(", "))]
    Uncommitted { paths: Vec<String> },
    #[error("cannot write {}", path.display())]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

/// A commit that was made, and maybe pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildsCommit {
    pub commit: String,
    pub branch: String,
    pub pushed: bool,
}

/// Makes sure, before anything is asked of AWS, that a commit could be made.
///
/// # Errors
///
/// A detached HEAD, or uncommitted changes in any of the environments.
pub async fn require_committable(git: &Git, environments: &[&str]) -> Result<String, BuildsCommitError> {
    let branch = git.branch().await?;
    let git = Git::open(&git.work_tree().await?).await?;
    let mut paths = Vec::new();
    for environment in environments {
        paths.extend(git.uncommitted(folder(environment).as_ref()).await?);
    }
    if paths.is_empty() { Ok(branch) } else { Err(BuildsCommitError::Uncommitted { paths }) }
}

/// Writes the environment's `builds.yaml`, commits it alone, and pushes if asked to.
///
/// When the commit or the push does not happen, file and branch are as they were.
pub async fn commit_builds(
    git: &Git,
    environment: &str,
    builds: &Builds,
    message: &str,
    push: bool,
) -> Result<BuildsCommit, BuildsCommitError> {
    let branch = require_committable(git, &[environment]).await?;
    let root = git.work_tree().await?;
    let git = Git::open(&root).await?;
    let relative = PathBuf::from(builds_path(environment));
    write(&root.join(&relative), builds)?;
    let commit = match git.commit_path(&relative, message).await {
        Ok(commit) => commit,
        Err(error) => {
            git.restore(&relative).await?;
            return Err(error.into());
        }
    };
    if !push {
        return Ok(BuildsCommit { commit, branch, pushed: false });
    }
    match git.push(&branch).await {
        Ok(()) => Ok(BuildsCommit { commit, branch, pushed: true }),
        Err(error) => {
            git.take_back(&commit).await?;
            git.restore(&relative).await?;
            Err(error.into())
        }
    }
}

/// In one step: whoever reads the file sees the old text or the new one.
fn write(path: &std::path::Path, builds: &Builds) -> Result<(), BuildsCommitError> {
    let failed = |source| BuildsCommitError::Write { path: path.to_owned(), source };
    let text = builds.to_yaml().map_err(|error| failed(io::Error::other(error)))?;
    let beside = path.with_extension("yaml.new");
    std::fs::write(&beside, text).map_err(failed)?;
    std::fs::rename(&beside, path).map_err(failed)
}
