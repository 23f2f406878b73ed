//! An input that a parser does not survive, on the disk.

use std::fs;
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
use std::io;
use std::path::{Path, PathBuf};

use crate::target::Target;

/// Saves the input under a name that is the same for the same bytes.
pub(crate) fn save(folder: &Path, target: Target, input: &[u8]) -> io::Result<PathBuf> {
    let folder = folder.join(target.name());
    fs::create_dir_all(&folder)?;
    let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(input);
    let path = folder.join(format!("crash-{hash:016x}.{}", target.extension()));
    fs::write(&path, input)?;
    Ok(path)
}
