//! The web console, compiled from `app/console` as any front end is: packages from npm's lock file, then a bundle.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::local_folder;
use crate::tool::{self, ToolError};

#[derive(Debug, thiserror::Error)]
pub(crate) enum ConsoleError {
    #[error("can't install the console's packages: it takes Node.js 20.19 or newer, with npm")]
    Install(#[source] ToolError),
    #[error("can't compile the console")]
    Compile(#[source] ToolError),
    #[error("can't use {}", path.display())]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

/// Compiles the console as this version and returns the folder of its files.
///
/// # Errors
/// When npm is missing or fails.
pub(crate) fn build(version: &str) -> Result<PathBuf, ConsoleError> {
    let source = local_folder::workspace().join("app/console");
    install(&source)?;
    let bundle = local_folder::path().join("console").join(version);
    let mut command = npm(&source);
    command.args(["run", "build", "--", "--emptyOutDir", "--outDir"]).arg(&bundle);
    tool::run(command.env("VITE_BUILD_VERSION", version)).map_err(ConsoleError::Compile)?;
    Ok(bundle)
}

/// Installs what the lock file says, unless that is there already.
fn install(source: &Path) -> Result<(), ConsoleError> {
    let lock = read(&source.join("package-lock.json"))?;
    // Beside the packages, so that whoever removes them removes it too.
    let installed = source.join("node_modules/.installed-package-lock.json");
    if fs::read(&installed).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let mut command = npm(source);
    command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    tool::run(&mut command).map_err(ConsoleError::Install)?;
    fs::write(&installed, lock).map_err(|source| ConsoleError::File { path: installed, source })
}

fn npm(folder: &Path) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(folder);
    command
}

fn read(path: &Path) -> Result<Vec<u8>, ConsoleError> {
    fs::read(path).map_err(|source| ConsoleError::File { path: path.to_owned(), source })
}
