//! The program `ops`, compiled.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::local_folder;
use crate::tool::{self, ToolError};

/// Of cargo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    Dev,
    Release,
}

impl Profile {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
        }
    }
}

/// Compiles `ops` and returns the folder that it is in.
///
/// # Errors
/// When cargo fails.
pub(crate) fn compile(profile: Profile) -> Result<PathBuf, ToolError> {
    let mut build = Command::new("cargo");
    build.current_dir(local_folder::workspace()).args(["build", "--locked", "--package", "ops"]);
    // Minutes on a fresh clone: whoever waits sees how far it is.
    tool::run(build.args(["--profile", profile.name()]).stderr(Stdio::inherit()))?;
    Ok(folder(profile))
}

/// Where [`compile`] puts it.
pub(crate) fn folder(profile: Profile) -> PathBuf {
    let local = local_folder::path();
    let name = match profile {
        Profile::Dev => "debug",
        Profile::Release => "release",
    };
    local.parent().map_or_else(|| local.clone(), |target| target.join(name))
}
