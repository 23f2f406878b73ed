//! The engine's programs, as packages of the distribution.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::NoContainerEngine;
use crate::tool;

/// Program and the Debian package that has it. Netavark makes the bridge, with `iptables`; catatonit is a static program
/// that the probe's container runs.
const PROGRAMS: [(&str, &str); 6] = [
    ("podman", "podman"),
    ("runc", "runc"),
    ("netavark", "netavark"),
    ("iptables", "iptables"),
    ("ip", "iproute2"),
    ("catatonit", "catatonit"),
];

/// Where programs lie that are not in everybody's `PATH`.
const ELSEWHERE: [&str; 6] =
    ["/usr/local/bin", "/usr/sbin", "/sbin", "/usr/lib/podman", "/usr/libexec/podman", "/usr/libexec/catatonit"];

/// Installs what is missing.
pub(super) fn ensure() -> Result<(), NoContainerEngine> {
    let missing = missing();
    if missing.is_empty() {
        return Ok(());
    }
    if find("apt-get").is_none() {
        return Err(NoContainerEngine::Missing { programs: missing.iter().map(|(program, _)| *program).collect() });
    }
    let packages: Vec<_> = missing.iter().map(|(_, package)| *package).collect();
    tool::apt_get_install(&packages).map_err(|source| NoContainerEngine::Install { packages, source })?;
    let still = self::missing();
    if still.is_empty() {
        Ok(())
    } else {
        Err(NoContainerEngine::Missing { programs: still.iter().map(|(program, _)| *program).collect() })
    }
}

/// The program's path, in `PATH` or where distributions put what a user does not call.
pub(super) fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(ELSEWHERE.iter().map(PathBuf::from))
        .map(|folder| folder.join(program))
        .find(|candidate| Path::is_file(candidate))
}

/// A command that also finds what only root calls and what is then not in everybody's `PATH`.
pub(super) fn command(program: &str) -> Command {
    find(program).map_or_else(|| Command::new(program), Command::new)
}

fn missing() -> Vec<(&'static str, &'static str)> {
    PROGRAMS.into_iter().filter(|(program, _)| find(program).is_none()).collect()
}
