//! Where a command reads its declaration: from the work tree, or from a commit.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ops_engine::declared::{self, folder};
use ops_engine::git::Git;
use ops_model::declaration::{self, Declaration, Environment, scenario_paths, scenario_texts};

use crate::error::{CommandError, ErrorKind};
use crate::global_options::GlobalOptions;
use crate::repository::{Repository, RepositoryError};

/// A declaration and the commit that it stands for.
pub(crate) struct Declared {
    pub(crate) declaration: Declaration,
    pub(crate) commit: String,
    /// Files of the environment, its scenarios among them, that differ from that commit; empty for one read from a commit.
    pub(crate) uncommitted: Vec<String>,
    /// Text of each scenario's file, by the scenario's name.
    pub(crate) scenario_texts: BTreeMap<String, String>,
}

/// Source of declarations.
pub(crate) enum Source {
    WorkTree { repository: Repository, git: Git },
    Commit { git: Git, commit: String },
}

impl Source {
    /// The work tree, unless a revision is named. Both need git: what is reconciled has to have a commit.
    pub(crate) async fn open(global: &GlobalOptions, revision: Option<&str>) -> Result<Self, CommandError> {
        if let Some(revision) = revision {
            let directory = global.directory.clone().unwrap_or_else(|| PathBuf::from("."));
            let git = Git::open(&directory).await?;
            let commit = git.commit(revision).await?;
            return Ok(Self::Commit { git, commit });
        }
        let repository = Repository::find(global.directory.as_deref())?;
        let git = Git::open(repository.root()).await?;
        Ok(Self::WorkTree { repository, git })
    }

    pub(crate) fn git(&self) -> &Git {
        match self {
            Self::WorkTree { git, .. } | Self::Commit { git, .. } => git,
        }
    }

    /// Names of all declared environments.
    pub(crate) async fn environments(&self) -> Result<Vec<String>, CommandError> {
        match self {
            Self::WorkTree { repository, .. } => Ok(repository.environments()?),
            Self::Commit { git, commit } => Ok(declared::environments(git, commit).await?),
        }
    }

    pub(crate) async fn read(&self, environment: &str) -> Result<Declared, CommandError> {
        match self {
            Self::WorkTree { repository, git } => {
                repository.require_environment(environment)?;
                let files = repository.declaration_files(environment);
                let declaration = declaration::read(environment, &files.environment, &files.builds)?;
                let mut uncommitted = git.uncommitted(Path::new(&folder(environment))).await?;
                for path in scenario_paths(&declaration.environment) {
                    uncommitted.extend(git.uncommitted(Path::new(path)).await?);
                }
                let files = repository.scenario_files(&declaration.environment);
                let scenario_texts = scenario_texts(&declaration.environment, &files)?;
                Ok(Declared { declaration, commit: git.commit("HEAD").await?, uncommitted, scenario_texts })
            }
            Self::Commit { git, commit } => {
                let known = declared::environments(git, commit).await?;
                if !known.iter().any(|name| name == environment) {
                    return Err(RepositoryError::UnknownEnvironment { name: environment.to_owned(), known }.into());
                }
                let declaration = declared::read(git, commit, environment).await??;
                let files = declared::scenario_files(git, commit, &declaration.environment).await?;
                let scenario_texts = scenario_texts(&declaration.environment, &files)?;
                Ok(Declared { declaration, commit: commit.clone(), uncommitted: Vec::new(), scenario_texts })
            }
        }
    }
}

impl Declared {
    /// One line: the environment, the commit, and where.
    pub(crate) fn summary(&self) -> String {
        let Environment { environment, account, region, .. } = &self.declaration.environment;
        let commit = self.commit.get(..12).unwrap_or(&self.commit);
        let changed = if self.uncommitted.is_empty() { "" } else { " with uncommitted changes" };
        format!("{environment} at commit {commit}{changed}, account {account}, {region}")
    }

    /// What is reconciled has to be what git says.
    pub(crate) fn require_committed(&self) -> Result<(), CommandError> {
        match self.uncommitted.as_slice() {
            [] => Ok(()),
            paths => Err(CommandError::new(ErrorKind::Git, UncommittedChanges { paths: paths.to_vec() })
                .help("commit them, or add `--commit HEAD` to leave them out")),
        }
    }
}

/// Git and the work tree disagree about an environment.
#[derive(Debug, thiserror::Error)]
#[error("there are uncommitted changes in {}", paths.join(", "))]
pub(crate) struct UncommittedChanges {
    pub(crate) paths: Vec<String>,
}
