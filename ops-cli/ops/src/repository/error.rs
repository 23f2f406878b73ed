use std::io;
use std::path::PathBuf;

use ops_engine::declared::ENVIRONMENTS;

/// Why there is no repository, or no such environment in it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RepositoryError {
    #[error("cannot look into `{}`", directory.display())]
    Directory { directory: PathBuf, source: io::Error },

    #[error("`{}` is not in a Slipway repository", start.display())]
    NotFound { start: PathBuf },

    #[error("cannot list `{}`", folder.display())]
    Environments { folder: PathBuf, source: io::Error },

    #[error("`{}` holds no environment", folder.display())]
    NoEnvironments { folder: PathBuf },

    #[error("there is no environment `{name}`")]
    UnknownEnvironment { name: String, known: Vec<String> },
}

impl RepositoryError {
    /// What to do about it.
    pub(crate) fn help(&self) -> String {
        match self {
            Self::Directory { .. } => "give `--directory` a directory that exists and that you may read".to_owned(),
            Self::NotFound { .. } => {
                format!("go to a repository with a folder `{ENVIRONMENTS}`, or name it: `ops -C <directory> …`")
            }
            Self::Environments { .. } => "make the folder readable".to_owned(),
            Self::NoEnvironments { .. } => {
                format!(
                    "an environment is a folder `{ENVIRONMENTS}/<name>` with environment.yaml and builds.yaml in it"
                )
            }
            Self::UnknownEnvironment { known, .. } => format!("the environments are: {}", known.join(", ")),
        }
    }
}
