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
    /// The branch that it is on.
    pub branch: String,
    pub pushed: bool,
    /// Whether it went on top of what somebody else had pushed meanwhile.
    pub on_top: bool,
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
/// When the commit or the push does not happen, the file is as it was and the commit is gone.
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
        return Ok(BuildsCommit { commit, branch, pushed: false, on_top: false });
    }
    match push_on_top(&git, &branch, environment).await {
        Ok(()) => {
            let pushed = git.commit("HEAD").await?;
            Ok(BuildsCommit { on_top: pushed != commit, commit: pushed, branch, pushed: true })
        }
        Err(error) => {
            git.take_back(&git.commit("HEAD").await?).await?;
            git.restore(&relative).await?;
            Err(error.into())
        }
    }
}

/// The same on a branch of its own, for somebody to look at: it is pushed, and the checked-out branch is left as it was.
///
/// # Errors
/// As [`commit_builds`].
pub async fn propose_builds(
    git: &Git,
    environment: &str,
    builds: &Builds,
    message: &str,
    proposal: &str,
) -> Result<BuildsCommit, BuildsCommitError> {
    let BuildsCommit { commit, branch, .. } = commit_builds(git, environment, builds, message, false).await?;
    let git = Git::open(&git.work_tree().await?).await?;
    let pushed = git.push(&branch, proposal).await;
    git.take_back(&commit).await?;
    git.restore(builds_path(environment).as_ref()).await?;
    pushed?;
    Ok(BuildsCommit { commit, branch: proposal.to_owned(), pushed: true, on_top: false })
}

/// Pushes, and where somebody else was faster puts the commit on top of theirs, as long as they left the environment as it
/// was: what is declared there is what the commit was made from.
async fn push_on_top(git: &Git, branch: &str, environment: &str) -> Result<(), GitError> {
    let folder = folder(environment);
    let mut pushes = 1;
    loop {
        match git.push(branch, branch).await {
            Err(GitError::PushRejected { behind: true, .. })
                if pushes < PUSHES && git.rebase(branch, folder.as_ref()).await? =>
            {
                pushes += 1;
            }
            done => return done,
        }
    }
}

/// Somebody who pushes that often at the same moment is a machine in a circle.
const PUSHES: u32 = 5;

/// In one step: whoever reads the file sees the old text or the new one.
fn write(path: &std::path::Path, builds: &Builds) -> Result<(), BuildsCommitError> {
    let failed = |source| BuildsCommitError::Write { path: path.to_owned(), source };
    let text = builds.to_yaml().map_err(|error| failed(io::Error::other(error)))?;
    let beside = path.with_extension("yaml.new");
    std::fs::write(&beside, text).map_err(failed)?;
    std::fs::rename(&beside, path).map_err(failed)
}
