//! The program `hurl`, in a version of our own choice: `ops` runs scenarios with it.
//!
//! Its makers give away binaries on GitHub alone, Debian does not have it, and the packages of npm and conda fetch those
//! same binaries: cargo compiles it from what crates.io keeps, once, with the lock file that it was released with.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::local_folder;
use crate::tool::{self, ToolError};

/// The newest one that the toolchain of `rust-toolchain.toml` compiles.
const VERSION: &str = "8.0.1";

/// What its C parts are compiled against and bound by, as Debian and Ubuntu call them.
const PACKAGES: [&str; 5] = ["libcurl4-openssl-dev", "libssl-dev", "libxml2-dev", "libclang-dev", "pkg-config"];

#[derive(Debug, thiserror::Error)]
pub enum HurlError {
    #[error("can't use {}", path.display())]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("can't compile hurl {VERSION}; it needs the headers of {}", PACKAGES.join(", "))]
    Compile(#[source] ToolError),
}

/// Makes sure that it is there and returns the folder that it is in, for the `PATH`.
///
/// Safe when several processes do it at once: one works, the others wait for it at a file lock.
///
/// # Errors
/// When it cannot be fetched or compiled.
pub fn ensure() -> Result<PathBuf, HurlError> {
    ensure_in(&local_folder::path())
}

/// Where [`ensure`] puts it.
#[must_use]
pub fn folder() -> PathBuf {
    root(&local_folder::path()).join("bin")
}

fn root(local: &Path) -> PathBuf {
    local.join(format!("hurl-{VERSION}"))
}

fn ensure_in(local: &Path) -> Result<PathBuf, HurlError> {
    let root = root(local);
    let folder = root.join("bin");
    // Cargo puts it there whole, and last.
    if folder.join("hurl").is_file() {
        return Ok(folder);
    }
    let at = |path: &Path| {
        let path = path.to_owned();
        move |source| HurlError::File { path, source }
    };
    fs::create_dir_all(local).map_err(at(local))?;
    let lock_path = local.join("hurl.lock");
    let lock = File::create(&lock_path).map_err(at(&lock_path))?;
    lock.lock().map_err(at(&lock_path))?;
    if !folder.join("hurl").is_file() {
        compile(&root)?;
    }
    Ok(folder)
}

fn compile(root: &Path) -> Result<(), HurlError> {
    if !PACKAGES.iter().all(|package| is_installed(package)) {
        // Where there is no apt-get the compiler says what is missing.
        let _ = tool::apt_get_install(&PACKAGES);
    }
    let target = root.join("target");
    let mut install = Command::new("cargo");
    install
        .args(["install", "hurl", "--locked", "--version", VERSION, "--root"])
        .arg(root)
        // It waits for answers most of its time: half the time to compile is worth more than a fast program.
        .arg("--debug")
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_TARGET_DIR", &target)
        // Those of our own static binaries.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    tool::run(&mut install).map_err(HurlError::Compile)?;
    // Half a gigabyte that nobody needs again.
    fs::remove_dir_all(&target).map_err(|source| HurlError::File { path: target.clone(), source })
}

/// Whether Debian's package manager knows a package as installed.
fn is_installed(package: &str) -> bool {
    let mut query = Command::new("dpkg-query");
    let said = tool::run(query.args(["--show", "--showformat", "${db:Status-Status}", package]));
    said.is_ok_and(|said| said == "installed")
}
