//! External programs: run to their end, with what they said in the error.

use std::io;
use std::process::{Command, Output, Stdio};

#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    #[error("can't run `{program}`")]
    Spawn {
        program: String,
        #[source]
        source: io::Error,
    },
    #[error("`{command}` failed ({status}):\n{output}")]
    Failed {
        command: String,
        status: std::process::ExitStatus,
        /// Standard output, then standard error.
        output: String,
    },
}

/// Runs the command without input and returns its standard output.
///
/// # Errors
/// When the program cannot be started or its exit status is not zero.
pub(crate) fn run(command: &mut Command) -> Result<String, ToolError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let Output { status, stdout, stderr } = command
        .stdin(Stdio::null())
        .output()
        .map_err(|source| ToolError::Spawn { program: program.clone(), source })?;
    let stdout = String::from_utf8_lossy(&stdout).into_owned();
    if status.success() {
        return Ok(stdout);
    }
    let arguments: Vec<_> = command.get_args().map(|argument| argument.to_string_lossy()).collect();
    Err(ToolError::Failed {
        command: format!("{program} {}", arguments.join(" ")),
        status,
        output: format!("{stdout}{}", String::from_utf8_lossy(&stderr)),
    })
}

/// Installs packages of a Debian-like distribution.
///
/// # Errors
/// When there is no `apt-get`, it is not allowed to, or it has no such package.
pub(crate) fn apt_get_install(packages: &[&str]) -> Result<String, ToolError> {
    let apt_get = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").args(["--yes", "--quiet"]).args(arguments);
        command
    };
    let install = || run(apt_get(&["install", "--no-install-recommends"]).args(packages));
    // A list of packages that is older than the archive names files that are gone: it is fetched only then.
    install().or_else(|_| run(&mut apt_get(&["update"])).and_then(|_| install()))
}
