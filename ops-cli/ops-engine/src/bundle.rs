//! Bundles: a folder or an archive, from disk or from S3, read with distrust, and kept in S3: the list of
//! its files under their digest, and each file once.

mod archive;
mod error;
mod folder;
mod known_hashes;
mod place;
mod pool;
mod store;
mod unpack;

pub use error::BundleError;
pub use place::{ObjectPlace, Source};
pub use store::{Stored, files_of, store};

pub(crate) use unpack::hash;

use std::path::{Path, PathBuf};

use ops_model::bundle::Bundle;
use tempfile::TempDir;

use crate::clock::{Clock as _, SystemClock};

/// A bundle that lies in a folder of the disk and has been found to be one.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) bundle: Bundle,
    folder: PathBuf,
    /// Removed when nobody needs it any more; `None` for a folder that is somebody's own.
    _unpacked: Option<TempDir>,
}

impl Opened {
    /// Where the files lie, each at its path.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Reads a folder or an archive of the disk. `cache`: where hashes of a folder's files are kept between runs.
///
/// # Errors
///
/// Everything that makes it no bundle.
pub(crate) fn open(path: &Path, cache: Option<&Path>) -> Result<Opened, BundleError> {
    if path.is_dir() {
        let bundle = folder::read(path, cache, SystemClock.now().into())?;
        return Ok(Opened { bundle, folder: path.to_owned(), _unpacked: None });
    }
    let into = private_folder()?;
    let bundle = unpack::archive(path, into.path())?;
    bundle.check()?;
    Ok(Opened { bundle, folder: into.path().to_owned(), _unpacked: Some(into) })
}

/// A folder that nobody else may look into.
fn private_folder() -> Result<TempDir, BundleError> {
    let temporary = std::env::temp_dir();
    tempfile::Builder::new()
        .prefix("ops-bundle-")
        .tempdir()
        .map_err(|source| BundleError::Write { path: temporary, source })
}
