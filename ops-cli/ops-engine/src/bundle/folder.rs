//! A folder as a bundle.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use ops_model::bundle::{Bundle, BundleFault, BundleFile, MOST_FILES, check_path};
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};

use super::{BundleError, hash};

pub(super) fn read(folder: &Path) -> Result<Bundle, BundleError> {
    let mut found = Vec::new();
    walk(folder, "", &mut found)?;
    let files = found.into_par_iter().map(|(path, place)| {
        let unreadable = |source| BundleError::Read { path: place.clone(), source };
        let mut file = File::open(&place).map_err(unreadable)?;
        let (sha256, size) = hash(&mut file, &mut io::sink()).map_err(unreadable)?;
        Ok((path, BundleFile { sha256, size }))
    });
    let files = files.collect::<Result<_, BundleError>>()?;
    let bundle = Bundle { version: Bundle::VERSION, files };
    bundle.check()?;
    Ok(bundle)
}

/// Paths in the bundle, and where they lie.
type Found = Vec<(String, PathBuf)>;

fn walk(folder: &Path, prefix: &str, found: &mut Found) -> Result<(), BundleError> {
    let unreadable = |source| BundleError::Read { path: folder.to_owned(), source };
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else {
            let name = format!("{prefix}{}", name.to_string_lossy().escape_debug());
            return Err(BundleFault::Name { name, why: "is not UTF-8" }.into());
        };
        let path = format!("{prefix}{name}");
        let file_type = entry.file_type().map_err(unreadable)?;
        if file_type.is_dir() {
            walk(&entry.path(), &format!("{path}/"), found)?;
            continue;
        }
        if !file_type.is_file() {
            let what = if file_type.is_symlink() { "a symbolic link" } else { "a device, pipe or socket" };
            return Err(BundleFault::NotAFile { path, what }.into());
        }
        check_path(&path)?;
        if found.len() >= MOST_FILES {
            return Err(BundleFault::TooManyFiles.into());
        }
        found.push((path, entry.path()));
    }
    Ok(())
}
