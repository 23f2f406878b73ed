//! Documents that never change, on disk: `<base>/<format>/<hash of the ARN>.json`. It is a cache, so whatever goes wrong
//! here means no more than that a document is read from AWS again.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use aws_types::sdk_config::SharedTimeSource;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::aws_document::Document;

/// Of the files. What is in a document depends on which members the SDK knows, so its version is part of the format too.
const FORMAT: u32 = 1;

/// After the last use.
const KEPT: Duration = Duration::from_secs(30 * DAY.as_secs());
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Says by its age when old documents were last removed.
const SWEPT: &str = "swept";

#[derive(Debug)]
pub(crate) struct DocumentFolder {
    path: PathBuf,
    time: SharedTimeSource,
}

impl DocumentFolder {
    /// `None` when it cannot be made. Once a day it also removes what nobody has used for 30 days.
    pub(crate) fn open(base: &Path, time: SharedTimeSource) -> Option<Self> {
        let path = base.join(format!("{FORMAT}-ecs-{}", aws_sdk_ecs::meta::PKG_VERSION));
        // Task definitions hold what a team would not tell every user of the machine.
        DirBuilder::new().recursive(true).mode(0o700).create(&path).ok()?;
        let folder = Self { path, time };
        _ = folder.sweep_daily(base);
        Some(folder)
    }

    pub(crate) fn get(&self, arn: &str) -> Option<Document> {
        let file = File::open(self.file(arn)).ok()?;
        let mut entry: Document = serde_json::from_reader(io::BufReader::new(&file)).ok()?;
        if entry.get("arn").and_then(Value::as_str) != Some(arn) {
            return None;
        }
        if self.age(&file).is_none_or(|age| age > DAY) {
            _ = file.set_modified(self.time.now());
        }
        match entry.remove("document") {
            Some(Value::Object(document)) => Some(document),
            _ => None,
        }
    }

    pub(crate) fn put(&self, arn: &str, document: &Document) {
        _ = self.write(arn, document);
    }

    /// As a whole or not at all: others may read at the same time.
    fn write(&self, arn: &str, document: &Document) -> io::Result<()> {
        // Only its owner may read it.
        let mut file = tempfile::NamedTempFile::new_in(&self.path)?;
        file.write_all(&serde_json::to_vec(&json!({"arn": arn, "document": document}))?)?;
        file.as_file().set_modified(self.time.now())?;
        file.persist(self.file(arn))?;
        Ok(())
    }

    fn file(&self, arn: &str) -> PathBuf {
        let hash = Sha256::digest(arn).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        self.path.join(format!("{hash}.json"))
    }

    fn age(&self, file: &File) -> Option<Duration> {
        self.since(file.metadata().ok()?.modified().ok()?)
    }

    fn since(&self, moment: SystemTime) -> Option<Duration> {
        self.time.now().duration_since(moment).ok()
    }

    fn sweep_daily(&self, base: &Path) -> io::Result<()> {
        let swept = base.join(SWEPT);
        let age = File::open(&swept).ok().and_then(|file| self.age(&file));
        if age.is_some_and(|age| age < DAY) {
            return Ok(());
        }
        File::create(&swept)?.set_modified(self.time.now())?;
        // Folders of other formats too: nobody else would.
        for folder in fs::read_dir(base)? {
            let folder = folder?;
            if folder.file_type()?.is_dir() {
                self.remove_unused(&folder.path())?;
            }
        }
        Ok(())
    }

    fn remove_unused(&self, folder: &Path) -> io::Result<()> {
        for file in fs::read_dir(folder)? {
            let file = file?;
            if self.since(file.metadata()?.modified()?).is_some_and(|age| age > KEPT) {
                fs::remove_file(file.path())?;
            }
        }
        if folder != self.path {
            // Refused unless it is empty.
            _ = fs::remove_dir(folder);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::UNIX_EPOCH;

    use aws_types::sdk_config::TimeSource;

    use super::*;

    /// Days since 2023-11-14.
    #[derive(Debug)]
    struct Day(u64);

    impl TimeSource for Day {
        fn now(&self) -> SystemTime {
            UNIX_EPOCH + Duration::from_secs(1_700_000_000) + DAY * u32::try_from(self.0).expect("few days")
        }
    }

    fn open(base: &Path, day: u64) -> DocumentFolder {
        DocumentFolder::open(base, SharedTimeSource::new(Day(day))).expect("a folder")
    }

    fn document(value: u32) -> Document {
        Document::from_iter([("revision".to_owned(), value.into())])
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("it is there").permissions().mode() & 0o777
    }

    #[test]
    fn what_is_put_is_there_in_the_next_run_and_only_for_its_owner() {
        let base = tempfile::tempdir().expect("a folder");
        let base = base.path().join("slipway/documents");
        let folder = open(&base, 0);
        assert_eq!(folder.get("arn:1"), None);
        folder.put("arn:1", &document(1));
        folder.put("arn:2", &document(2));
        assert_eq!(open(&base, 0).get("arn:1"), Some(document(1)));
        assert_eq!((mode(&folder.path), mode(&folder.file("arn:1"))), (0o700, 0o600));
        assert_eq!(fs::read_dir(&folder.path).expect("readable").count(), 2, "no temporary files are left");
    }

    #[test]
    fn what_is_corrupt_or_of_another_arn_is_read_again_and_written_again() {
        let base = tempfile::tempdir().expect("a folder");
        let folder = open(base.path(), 0);
        folder.put("arn:1", &document(1));
        for content in
            ["", "{\"arn\":\"arn:1\",\"docu", "[]", "{\"arn\":\"arn:1\"}", "{\"arn\":\"arn:2\",\"document\":{}}"]
        {
            fs::write(folder.file("arn:1"), content).expect("written");
            assert_eq!(folder.get("arn:1"), None, "{content}");
            folder.put("arn:1", &document(1));
            assert_eq!(folder.get("arn:1"), Some(document(1)));
        }
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_none() {
        let base = tempfile::tempdir().expect("a folder");
        let file = base.path().join("file");
        fs::write(&file, "").expect("written");
        assert!(DocumentFolder::open(&file, SharedTimeSource::new(Day(0))).is_none());
    }

    #[test]
    fn what_nobody_uses_for_thirty_days_goes() {
        let base = tempfile::tempdir().expect("a folder");
        let folder = open(base.path(), 0);
        folder.put("used", &document(1));
        folder.put("unused", &document(2));
        let old = base.path().join("0-ecs-1.0.0");
        fs::rename(&folder.path, &old).expect("renamed");
        let folder = open(base.path(), 20);
        folder.put("used", &document(1));
        folder.put("unused", &document(2));
        assert_eq!(open(base.path(), 45).get("used"), Some(document(1)));
        assert!(!old.exists(), "not even of another version");
        let folder = open(base.path(), 60);
        assert_eq!((folder.get("used"), folder.get("unused")), (Some(document(1)), None));
    }
}
