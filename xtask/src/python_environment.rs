//! The Python virtual environments of the emulator, at `target/local/python`, and of checkov, the AWS CLI and schemathesis, beside it:
//! made when they are first needed, from pinned versions with hashes, and again only when the list of packages changes.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::local_folder;

/// What the environment must be able to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Run the emulator.
    Emulator,
    /// Run the emulator and its own tests (`python -m pytest xtask/emulator/tests`).
    Test,
    /// Run checkov, in an environment of its own: its packages and the emulator's want different versions.
    Checkov,
    /// Run the AWS CLI, to measure `ops` beside it.
    AwsCli,
    /// Run schemathesis, which asks the API whatever its description allows, and what it does not.
    Schemathesis,
}

impl Kind {
    /// The environment's folder below `target/local`.
    const fn folder(self) -> &'static str {
        match self {
            Self::Emulator | Self::Test => "python",
            Self::Checkov => "python-checkov",
            Self::AwsCli => "python-aws-cli",
            Self::Schemathesis => "python-schemathesis",
        }
    }

    /// Where the lists are, from the workspace.
    const fn lists(self) -> &'static str {
        match self {
            Self::Emulator | Self::Test => "xtask/emulator",
            Self::Checkov => "terraform/checkov",
            Self::AwsCli => "xtask/aws-cli",
            Self::Schemathesis => "xtask/schemathesis",
        }
    }

    /// The lists to install, in order. Each is complete in itself: `pip --require-hashes` accepts nothing else.
    const fn requirements(self) -> &'static [&'static str] {
        match self {
            Self::Emulator | Self::Checkov | Self::AwsCli | Self::Schemathesis => &["requirements.txt"],
            Self::Test => &["requirements.txt", "requirements-test.txt"],
        }
    }

    fn list_path(self, list: &str) -> PathBuf {
        local_folder::workspace().join(self.lists()).join(list)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum PythonError {
    #[error("can't use {}", path.display())]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("can't run `{program}`: install Python 3.11 or newer (Debian: python3 and python3-venv)")]
    NoPython {
        program: String,
        #[source]
        source: io::Error,
    },
    #[error("`{command}` failed:\n{output}")]
    Command { command: String, output: String },
}

/// Makes sure that the environment exists and holds exactly the pinned packages, and returns its Python interpreter.
///
/// Safe when several processes do it at once: one works, the others wait for it at a file lock.
///
/// # Errors
/// When there is no usable `python3`, the packages cannot be fetched, or the folder cannot be written.
pub fn ensure(kind: Kind) -> Result<PathBuf, PythonError> {
    ensure_in(&local_folder::path(), kind)
}

fn ensure_in(local: &Path, kind: Kind) -> Result<PathBuf, PythonError> {
    let environment = local.join(kind.folder());
    let python = environment.join("bin/python");
    if is_current(&environment, kind)? {
        return Ok(python);
    }

    fs::create_dir_all(local).map_err(at(local))?;
    let lock_path = local.join(format!("{}.lock", kind.folder()));
    let lock = File::create(&lock_path).map_err(at(&lock_path))?;
    lock.lock().map_err(at(&lock_path))?;
    if !is_current(&environment, kind)? {
        for list in kind.requirements() {
            install(&environment, &kind.list_path(list), &stamp(&environment, list))?;
        }
    }
    Ok(python)
}

/// The stamp is the list itself, copied when its installation had succeeded: nothing to compare but the text.
fn stamp(environment: &Path, list: &str) -> PathBuf {
    environment.join(format!("installed-{list}"))
}

fn is_current(environment: &Path, kind: Kind) -> Result<bool, PythonError> {
    for list in kind.requirements() {
        let wanted_path = kind.list_path(list);
        let wanted = fs::read(&wanted_path).map_err(at(&wanted_path))?;
        match fs::read(stamp(environment, list)) {
            Ok(installed) if installed == wanted => {}
            _ => return Ok(false),
        }
    }
    // A virtual environment points at the interpreter it was made with; that may have gone in an upgrade.
    Ok(environment.join("bin/python").exists())
}

fn install(environment: &Path, list: &Path, stamp: &Path) -> Result<(), PythonError> {
    let python = environment.join("bin/python");
    if !python.exists() {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(environment))?;
    }
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--require-hashes"])
        .arg("--requirement")
        .arg(list))?;
    fs::copy(list, stamp).map_err(at(stamp))?;
    Ok(())
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> PythonError {
    let path = path.to_owned();
    move |source| PythonError::File { path, source }
}

fn run(command: &mut Command) -> Result<(), PythonError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let Output { status, stdout, stderr } = command
        .stdin(Stdio::null())
        .output()
        .map_err(|source| PythonError::NoPython { program: program.clone(), source })?;
    if status.success() {
        return Ok(());
    }
    let arguments: Vec<_> = command.get_args().map(|argument| argument.to_string_lossy()).collect();
    Err(PythonError::Command {
        command: format!("{program} {}", arguments.join(" ")),
        output: format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_list_or_a_lost_interpreter_makes_the_environment_stale() {
        let environment = std::env::temp_dir().join(format!("slipway-python-{}", std::process::id()));
        fs::create_dir_all(environment.join("bin")).expect("create the folder");
        let current = |kind| is_current(&environment, kind).expect("compare");
        assert!(!current(Kind::Emulator), "no stamp yet");

        fs::copy(Kind::Emulator.list_path("requirements.txt"), stamp(&environment, "requirements.txt")).expect("stamp");
        assert!(!current(Kind::Emulator), "a stamp without an interpreter");
        fs::write(environment.join("bin/python"), "").expect("interpreter");
        assert!(current(Kind::Emulator));
        assert!(!current(Kind::Test), "the tests' packages are not there");
        assert!(!current(Kind::Checkov), "another list");

        fs::write(stamp(&environment, "requirements.txt"), "ministack==0.0.1").expect("older stamp");
        assert!(!current(Kind::Emulator));
        fs::remove_dir_all(&environment).expect("clean up");
    }
}
