//! A folder as a bundle.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use ops_model::bundle::{Bundle, BundleFault, BundleFile, MOST_FILES, check_path};

use super::{BundleError, hash};

pub(super) fn read(folder: &Path) -> Result<Bundle, BundleError> {
    let mut bundle = Bundle { version: Bundle::VERSION, ..Bundle::default() };
    walk(folder, "", &mut bundle)?;
    bundle.check()?;
    Ok(bundle)
}

fn walk(folder: &Path, prefix: &str, bundle: &mut Bundle) -> Result<(), BundleError> {
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
            walk(&entry.path(), &format!("{path}/"), bundle)?;
            continue;
        }
        if !file_type.is_file() {
            let what = if file_type.is_symlink() { "a symbolic link" } else { "a device, pipe or socket" };
            return Err(BundleFault::NotAFile { path, what }.into());
        }
        check_path(&path)?;
        if bundle.files.len() >= MOST_FILES {
            return Err(BundleFault::TooManyFiles.into());
        }
        let unreadable = |source| BundleError::Read { path: entry.path(), source };
        let mut file = File::open(entry.path()).map_err(unreadable)?;
        let (sha256, size) = hash(&mut file, &mut io::sink()).map_err(unreadable)?;
        bundle.files.insert(path, BundleFile { sha256, size });
    }
    Ok(())
}
