//! A folder as a bundle.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use ops_model::bundle::{Bundle, BundleFault, BundleFile, MOST_FILES, check_path};
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};

use super::known_hashes::{KnownFile, KnownHashes, Stamp};
use super::{BundleError, hash};

/// `cache`: where hashes are kept between runs, by those who want that.
pub(super) fn read(folder: &Path, cache: Option<&Path>, now: SystemTime) -> Result<Bundle, BundleError> {
    let mut found = Vec::new();
    walk(folder, "", &mut found)?;
    let known = KnownHashes::open(cache, folder, now);
    let files = found.into_par_iter().map(|(path, place)| {
        let read = look(&place, |stamp| known.get(&path, stamp).map(str::to_owned));
        let file = read.map_err(|source| BundleError::Read { path: place, source })?;
        Ok((path, file))
    });
    let files: BTreeMap<String, Looked> = files.collect::<Result<_, BundleError>>()?;
    let mut bundle = Bundle { version: Bundle::VERSION, ..Bundle::default() };
    let mut seen = BTreeMap::new();
    for (path, Looked { file, stamp }) in files {
        seen.extend(stamp.map(|stamp| (path.clone(), KnownFile { stamp, sha256: file.sha256.clone() })));
        bundle.files.insert(path, file);
    }
    known.keep(seen);
    bundle.check()?;
    Ok(bundle)
}

struct Looked {
    file: BundleFile,
    /// `None` where somebody wrote while it was read.
    stamp: Option<Stamp>,
}

fn look(place: &Path, known: impl Fn(&Stamp) -> Option<String>) -> io::Result<Looked> {
    let stamp = Stamp::of(&fs::symlink_metadata(place)?);
    if let Some(sha256) = known(&stamp) {
        return Ok(Looked { file: BundleFile { sha256, size: stamp.size }, stamp: Some(stamp) });
    }
    let mut file = File::open(place)?;
    let (sha256, size) = hash(&mut file, &mut io::sink())?;
    let unchanged = Stamp::of(&file.metadata()?) == stamp && size == stamp.size;
    Ok(Looked { file: BundleFile { sha256, size }, stamp: unchanged.then_some(stamp) })
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
