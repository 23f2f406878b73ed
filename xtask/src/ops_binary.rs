//! The program `ops`, compiled.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::local_folder;
use crate::tool::{self, ToolError};

/// How cargo compiles it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpsBuild {
    /// Alone, without optimisation.
    Dev,
    /// With everybody's tests, whose AWS crates have more features: where the tests were compiled before, it is there
    /// already, and the crates need not be compiled a second time.
    WithTests,
    /// Alone and optimised.
    Release,
}

impl OpsBuild {
    const fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Dev => &["--package", "ops"],
            Self::WithTests => &["--workspace", "--all-targets"],
            Self::Release => &["--package", "ops", "--release"],
        }
    }

    /// What cargo calls the profile.
    pub(crate) const fn profile(self) -> &'static str {
        match self {
            Self::Dev | Self::WithTests => "dev",
            Self::Release => "release",
        }
    }

    /// Folder that the program is in.
    pub(crate) fn folder(self) -> PathBuf {
        let local = local_folder::path();
        let name = match self {
            Self::Dev | Self::WithTests => "debug",
            Self::Release => "release",
        };
        local.parent().map_or_else(|| local.clone(), |target| target.join(name))
    }
}

/// Compiles `ops` and returns the folder that it is in.
///
/// # Errors
/// When cargo fails.
pub(crate) fn compile(build: OpsBuild) -> Result<PathBuf, ToolError> {
    let mut command = Command::new("cargo");
    command.current_dir(local_folder::workspace()).args(["build", "--locked"]).args(build.arguments());
    // Minutes on a fresh clone: whoever waits sees how far it is.
    tool::run(command.stderr(Stdio::inherit()))?;
    Ok(build.folder())
}
