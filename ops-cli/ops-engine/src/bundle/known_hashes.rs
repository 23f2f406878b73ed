//! Hashes of a folder's files, kept between runs, so that what has not changed is not read again: as git does for its
//! index. It is a cache, so whatever goes wrong here means no more than that a file is read again.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, Metadata};
use std::io::{self, BufReader, BufWriter};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use ops_model::bundle::hexadecimal;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Of the files.
const FORMAT: u32 = 1;

/// A file that was written later than this before it was read may be written once more without another time stamp: git's
/// "racily clean" (<https://git-scm.com/docs/racy-git>). Two seconds is the coarsest that file systems count in.
const RACY: Duration = Duration::from_secs(2);

/// After the last use.
const KEPT: Duration = Duration::from_secs(30 * DAY.as_secs());
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What tells that a file is still the one that was read. The time of the last change of its inode is among it, which
/// nobody can set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    pub(super) size: u64,
    /// Seconds and nanoseconds since 1970.
    modified: (i64, i64),
    changed: (i64, i64),
    inode: u64,
    device: u64,
}

impl Stamp {
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self {
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
            inode: metadata.ino(),
            device: metadata.dev(),
        }
    }

    fn is_settled(&self, now: SystemTime) -> bool {
        let since_1970 = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let settled = i64::try_from(since_1970.saturating_sub(RACY).as_secs()).unwrap_or_default();
        self.modified.0 < settled && self.changed.0 < settled
    }
}

/// A file as it was when it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KnownFile {
    pub(super) stamp: Stamp,
    pub(super) sha256: String,
}

/// By path in the bundle.
type KnownFiles = BTreeMap<String, KnownFile>;

/// What is known of the files of one folder.
pub(super) struct KnownHashes {
    place: Option<PathBuf>,
    files: KnownFiles,
    now: SystemTime,
}

impl KnownHashes {
    /// Of a folder, from `<cache>/bundle-hashes-<format>/<hash of its path>.json`; without a cache, nothing.
    pub(super) fn open(cache: Option<&Path>, folder: &Path, now: SystemTime) -> Self {
        let place = cache.zip(fs::canonicalize(folder).ok()).map(|(cache, folder)| {
            let name = hexadecimal(&Sha256::digest(folder.as_os_str().as_bytes()));
            cache.join(format!("bundle-hashes-{FORMAT}")).join(format!("{name}.json"))
        });
        let files = place.as_deref().and_then(|place| read(place, now)).unwrap_or_default();
        Self { place, files, now }
    }

    /// The SHA-256 of a file that is as it was.
    pub(super) fn get(&self, path: &str, stamp: &Stamp) -> Option<&str> {
        let known = self.files.get(path).filter(|known| known.stamp == *stamp)?;
        Some(&known.sha256)
    }

    /// Keeps what has been seen, but for what may still change unnoticed.
    pub(super) fn keep(self, mut seen: KnownFiles) {
        seen.retain(|_, file| file.stamp.is_settled(self.now));
        let Some(place) = self.place.filter(|_| seen != self.files) else { return };
        _ = write(&place, &seen, self.now);
    }
}

fn read(place: &Path, now: SystemTime) -> Option<KnownFiles> {
    let file = File::open(place).ok()?;
    let files = serde_json::from_reader(BufReader::new(&file)).ok()?;
    if age(&file.metadata().ok()?, now).is_some_and(|age| age > DAY) {
        _ = file.set_modified(now);
    }
    Some(files)
}

/// As a whole or not at all: others may read at the same time.
fn write(place: &Path, files: &KnownFiles, now: SystemTime) -> io::Result<()> {
    let Some(folder) = place.parent() else { return Ok(()) };
    // Names of files are nobody else's business.
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let mut file = BufWriter::new(tempfile::NamedTempFile::new_in(folder)?);
    serde_json::to_writer(&mut file, files)?;
    let file = file.into_inner()?;
    file.as_file().set_modified(now)?;
    file.persist(place)?;
    remove_unused(folder, now)
}

fn remove_unused(folder: &Path, now: SystemTime) -> io::Result<()> {
    for file in fs::read_dir(folder)? {
        let file = file?;
        if age(&file.metadata()?, now).is_some_and(|age| age > KEPT) {
            fs::remove_file(file.path())?;
        }
    }
    Ok(())
}

fn age(metadata: &Metadata, now: SystemTime) -> Option<Duration> {
    now.duration_since(metadata.modified().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, any, prop_assert_eq, proptest};

    use super::super::folder;
    use super::*;
    use crate::clock::{Clock as _, SystemClock};

    fn now() -> SystemTime {
        SystemClock.now().into()
    }

    /// Of what is in the file `index.html`.
    fn hash_of(folder: &Path, cache: &Path, now: SystemTime) -> String {
        let bundle = folder::read(folder, Some(cache), now).expect("a bundle");
        bundle.files["index.html"].sha256.clone()
    }

    fn sha256(text: &str) -> String {
        hexadecimal(&Sha256::digest(text))
    }

    fn later() -> SystemTime {
        now() + RACY * 3
    }

    /// The file that holds what is known.
    fn kept(cache: &Path) -> Vec<PathBuf> {
        let folder = fs::read_dir(cache.join(format!("bundle-hashes-{FORMAT}")));
        folder.into_iter().flatten().map(|file| file.expect("readable").path()).collect()
    }

    struct Site {
        folder: tempfile::TempDir,
        cache: tempfile::TempDir,
        page: PathBuf,
    }

    /// A folder whose only file has been read and is known with a hash that is not its own, which shows where a hash
    /// comes from.
    fn known() -> Site {
        let (folder, cache) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let page = folder.path().join("index.html");
        fs::write(&page, "one").expect("a file");
        assert_eq!(hash_of(folder.path(), cache.path(), later()), sha256("one"));
        let [file] = kept(cache.path()).try_into().expect("one file");
        let text = fs::read_to_string(&file).expect("readable").replace(&sha256("one"), "known");
        fs::write(&file, text).expect("written");
        Site { folder, cache, page }
    }

    #[test]
    fn what_has_not_changed_is_not_read_again() {
        let Site { folder, cache, .. } = known();
        assert_eq!(hash_of(folder.path(), cache.path(), later()), "known");
    }

    #[test]
    fn another_content_of_the_same_length_and_time_is_read() {
        let Site { folder, cache, page } = known();
        let modified = fs::metadata(&page).and_then(|metadata| metadata.modified()).expect("a time");
        fs::write(&page, "two").expect("written");
        File::open(&page).and_then(|file| file.set_modified(modified)).expect("a time");
        assert_eq!(hash_of(folder.path(), cache.path(), later()), sha256("two"));
        assert_eq!(hash_of(folder.path(), cache.path(), later()), sha256("two"));
    }

    #[test]
    fn another_file_under_the_same_name_is_read() {
        let Site { folder, cache, page } = known();
        let other = folder.path().join("other");
        fs::write(&other, "two").expect("written");
        fs::rename(other, page).expect("renamed");
        assert_eq!(hash_of(folder.path(), cache.path(), later()), sha256("two"));
    }

    #[test]
    fn what_was_just_written_is_read_again_the_next_time() {
        let (folder, cache) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        fs::write(folder.path().join("index.html"), "one").expect("a file");
        hash_of(folder.path(), cache.path(), now());
        let kept = kept(cache.path()).into_iter().map(|file| fs::read_to_string(file).expect("readable"));
        assert_eq!(kept.collect::<String>(), "");
    }

    #[test]
    fn what_nobody_uses_for_thirty_days_goes() {
        let Site { folder, cache, page } = known();
        let [unused] = kept(cache.path()).try_into().expect("one file");
        let moved = tempfile::tempdir().expect("a folder");
        fs::copy(page, moved.path().join("index.html")).expect("copied");
        hash_of(moved.path(), cache.path(), later() + DAY * 29);
        assert_eq!(kept(cache.path()).len(), 2);
        // It counts from the last use.
        assert_eq!(hash_of(folder.path(), cache.path(), later() + DAY * 29), "known");
        fs::write(moved.path().join("new.html"), "new").expect("a file");
        hash_of(moved.path(), cache.path(), later() + DAY * 58);
        assert!(unused.exists());
        fs::write(moved.path().join("newer.html"), "newer").expect("a file");
        hash_of(moved.path(), cache.path(), later() + DAY * 60);
        assert!(!unused.exists());
    }

    proptest! {
        // Each case writes several files.
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn whatever_is_in_the_cache_a_folder_can_be_read(content in any::<Vec<u8>>()) {
            let Site { folder, cache, .. } = known();
            for file in kept(cache.path()) {
                fs::write(file, &content).expect("written");
            }
            prop_assert_eq!(hash_of(folder.path(), cache.path(), later()), sha256("one"));
        }
    }
}
