//! Where local tools and local state live: `target/local`, which git ignores and `cargo clean` removes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folder of the workspace, the one with the root `Cargo.toml`.
#[must_use]
pub fn workspace() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

/// `target/local`, following `CARGO_TARGET_DIR` where it is set (a relative one counts from the workspace).
/// Whoever writes there creates it.
#[must_use]
pub fn path() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").filter(|value| !value.is_empty());
    workspace().join(target.map_or_else(|| PathBuf::from("target"), PathBuf::from)).join("local")
}

/// Copies what a team takes over from this repository: its declarations and its Terraform code.
///
/// # Errors
/// When something cannot be read or written.
pub(crate) fn copy_what_teams_take(to: &Path) -> io::Result<()> {
    ["infra", "terraform"].iter().try_for_each(|taken| copy(&workspace().join(taken), &to.join(taken)))
}

/// Copies a folder without what Terraform keeps for itself.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_name() == ".terraform" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
