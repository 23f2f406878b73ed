//! A bundle: the files of one build of a site. Its digest is of the files, however they are packed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::declaration::{Digest, Site};
use crate::precompressed::variants;
use crate::site::OWN_FOLDER;

/// Folder of the bundles in the ops bucket: a list of files for each.
pub const BUNDLE_PREFIX: &str = "bundles/";

/// Folder of the files of all bundles of an ops bucket.
pub const FILE_PREFIX: &str = "bundles/files/";

/// No site comes near that; an archive that never ends does.
pub const MOST_FILES: usize = 100_000;

/// All files of a bundle together, in bytes: 2 GiB. Beyond it an archive is taken for a bomb.
pub const MOST_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// UTF-8 bytes of a path, as many as S3 takes.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>
pub const LONGEST_PATH: usize = 1024;

/// Variants that are not there, as many as are named.
const EXAMPLES: usize = 5;

/// What a bundle holds, by path: `assets/app.js`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Bundle {
    /// Version of this document's format. Always 1.
    pub version: u32,
    pub files: BTreeMap<String, BundleFile>,
}

/// One file of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleFile {
    /// Of its content, in lower-case hexadecimal.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
}

/// Why a set of files is no bundle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleFault {
    #[error("there are no files in it")]
    Empty,
    #[error("it has no {path}, which the declaration names as {role}")]
    NoPage { path: String, role: &'static str },
    #[error(
        "it lacks {} that `precompressed` promises: {}{}; pack all files, small ones too (`brotli --best --keep`, \
         `gzip --best --no-name --keep`), or remove `precompressed`",
        if *.missing == 1 { "a variant".to_owned() } else { format!("{missing} variants") },
        .examples.join(", "),
        if *.missing > .examples.len() { ", …" } else { "" }
    )]
    NoVariants { missing: usize, examples: Vec<String> },
    #[error("it has more than {MOST_FILES} files")]
    TooManyFiles,
    #[error("its files have more than {} GiB together", MOST_BYTES >> 30)]
    TooLarge,
    #[error("{path} is not a file: {what}")]
    NotAFile { path: String, what: &'static str },
    #[error("the name {name} {why}")]
    Name { name: String, why: &'static str },
    #[error("{path} is there twice")]
    Twice { path: String },
    #[error("{one} and {other} differ in upper and lower case alone")]
    CaseCollision { one: String, other: String },
    #[error("{path} is a file and a folder at once")]
    FileAndFolder { path: String },
}

/// Of paths, SHA-256 and sizes, sorted by the bytes of the paths.
pub(crate) fn digest<'a>(files: impl Iterator<Item = (&'a str, &'a str, u64)>) -> Digest {
    let mut hash = Sha256::new();
    for (path, sha256, size) in files {
        hash.update(format!("{sha256} {size} {path}\n"));
    }
    Digest(format!("sha256:{}", hexadecimal(&hash.finalize())))
}

impl Bundle {
    pub const VERSION: u32 = 1;

    /// SHA-256 of a line for each file, sorted by the bytes of the paths: `<sha256> <size> <path>\n`.
    #[must_use]
    pub fn digest(&self) -> Digest {
        digest(self.files.iter().map(|(path, file)| (path.as_str(), file.sha256.as_str(), file.size)))
    }

    /// What no single path shows: emptiness, collisions, sizes.
    ///
    /// # Errors
    ///
    /// The first fault.
    pub fn check(&self) -> Result<(), BundleFault> {
        if self.files.is_empty() {
            return Err(BundleFault::Empty);
        }
        if self.files.len() > MOST_FILES {
            return Err(BundleFault::TooManyFiles);
        }
        let bytes = self.files.values().try_fold(0_u64, |sum, file| sum.checked_add(file.size));
        if bytes.is_none_or(|bytes| bytes > MOST_BYTES) {
            return Err(BundleFault::TooLarge);
        }
        // The same name in another case is another file in S3, and the same one on the machines that bundles are made on.
        let mut folded: BTreeMap<String, &str> = BTreeMap::new();
        let mut folders: BTreeSet<&str> = BTreeSet::new();
        for path in self.files.keys() {
            check_path(path)?;
            if let Some(other) = folded.insert(path.to_lowercase(), path) {
                return Err(BundleFault::CaseCollision { one: other.to_owned(), other: path.clone() });
            }
            folders.extend(path.match_indices('/').filter_map(|(end, _)| path.get(..end)));
        }
        match folders.iter().find(|folder| folded.contains_key(&folder.to_lowercase())) {
            Some(folder) => Err(BundleFault::FileAndFolder { path: (*folder).to_owned() }),
            None => self.check_folders(&folders),
        }
    }

    fn check_folders(&self, folders: &BTreeSet<&str>) -> Result<(), BundleFault> {
        let mut folded: BTreeMap<String, &str> = BTreeMap::new();
        for folder in folders {
            if let Some(other) = folded.insert(folder.to_lowercase(), folder) {
                return Err(BundleFault::CaseCollision { one: other.to_owned(), other: (*folder).to_owned() });
            }
        }
        Ok(())
    }

    /// The pages that the declaration names, and the variants that it promises.
    ///
    /// # Errors
    ///
    /// The first page that is not there; the variants that are not.
    pub fn check_for(&self, site: &Site) -> Result<(), BundleFault> {
        let error_page = site.error_page.iter().map(|path| (path, "error page"));
        for (path, role) in std::iter::once((&site.entry, "entry page")).chain(error_page) {
            if !self.files.contains_key(path) {
                return Err(BundleFault::NoPage { path: path.clone(), role });
            }
        }
        let promised = self.files.keys().flat_map(|path| variants(path, &site.precompressed));
        let missing: Vec<_> = promised.filter(|variant| !self.files.contains_key(variant)).collect();
        match missing.len() {
            0 => Ok(()),
            count => {
                Err(BundleFault::NoVariants { missing: count, examples: missing.into_iter().take(EXAMPLES).collect() })
            }
        }
    }

    /// Bytes of all files.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.files.values().map(|file| file.size).sum()
    }
}

/// A path as it may be in a bundle and a key in the site's bucket.
///
/// # Errors
///
/// Why it may not.
pub fn check_path(path: &str) -> Result<(), BundleFault> {
    let fault = |why| Err(BundleFault::Name { name: path.escape_debug().to_string(), why });
    if path.is_empty() {
        return fault("is empty");
    }
    if path.starts_with('/') || path.as_bytes().get(1) == Some(&b':') {
        return fault("is absolute");
    }
    if path.contains('\\') {
        return fault("has a backslash in it");
    }
    if path.chars().any(char::is_control) {
        return fault("has control characters in it");
    }
    if path.len() > LONGEST_PATH {
        return fault("is longer than S3 takes");
    }
    for part in path.split('/') {
        match part {
            "" => return fault("has an empty part"),
            "." | ".." => return fault("leads elsewhere"),
            _ => {}
        }
    }
    let folder = path.split('/').next().unwrap_or_default();
    if folder.eq_ignore_ascii_case(OWN_FOLDER.trim_end_matches('/')) {
        return fault("is in the folder that ops keeps for itself");
    }
    Ok(())
}

/// Key of a file in an ops bucket: what several bundles hold lies there once.
#[must_use]
pub fn file_key(sha256: &str) -> String {
    format!("{FILE_PREFIX}{sha256}")
}

/// Key of a bundle in an ops bucket, the list of its files.
#[must_use]
pub fn list_key(digest: &Digest) -> String {
    format!("{BUNDLE_PREFIX}{}.json", digest.hexadecimal())
}

/// Lower-case hexadecimal digits.
#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::precompressed::ContentCoding;

    fn bundle(paths: &[&str]) -> Bundle {
        let file = BundleFile { sha256: "00".repeat(32), size: 1 };
        Bundle { version: 1, files: paths.iter().map(|path| ((*path).to_owned(), file.clone())).collect() }
    }

    #[test]
    fn a_digest_is_of_sorted_lines() {
        let digest = bundle(&["b", "a"]).digest();
        let zeros = "00".repeat(32);
        let lines = format!("{zeros} 1 a\n{zeros} 1 b\n");
        assert_eq!(digest.0, format!("sha256:{}", hexadecimal(&Sha256::digest(lines))));
        assert!(Digest::parse(&digest.0).is_some());
    }

    #[test]
    fn names_that_lead_elsewhere_or_cannot_be_seen_are_refused() {
        for name in [
            "",
            "/etc/passwd",
            "C:/x",
            "../x",
            "a/../b",
            "a//b",
            "a/",
            "./a",
            "a\\b",
            "a\nb",
            "a\u{7f}",
            ".slipway/current.json",
            ".Slipway/x",
        ] {
            assert!(matches!(check_path(name), Err(BundleFault::Name { .. })), "{name:?}");
        }
        assert!(check_path(&"a".repeat(1025)).is_err());
        for name in ["index.html", ".well-known/security.txt", "한글/a b+c.html", "..a", "a..b", ".slipwayx"] {
            assert_eq!(check_path(name), Ok(()), "{name:?}");
        }
    }

    #[test]
    fn a_set_of_files_that_could_not_lie_in_one_folder_is_refused() {
        assert_eq!(bundle(&[]).check(), Err(BundleFault::Empty));
        assert!(matches!(bundle(&["a", "A"]).check(), Err(BundleFault::CaseCollision { .. })));
        assert!(matches!(bundle(&["Ä/x", "ä/y"]).check(), Err(BundleFault::CaseCollision { .. })));
        assert!(matches!(bundle(&["a", "a/b"]).check(), Err(BundleFault::FileAndFolder { .. })));
        assert!(matches!(bundle(&["a", "A/b"]).check(), Err(BundleFault::FileAndFolder { .. })));
        assert_eq!(bundle(&["a.b", "a/b", "a-b"]).check(), Ok(()));
    }

    #[test]
    fn the_declared_pages_have_to_be_there() {
        let files = bundle(&["index.html"]);
        let site = Site::default();
        assert_eq!(files.check_for(&site), Ok(()));
        let other_entry = Site { entry: "start.html".to_owned(), ..site.clone() };
        assert!(matches!(files.check_for(&other_entry), Err(BundleFault::NoPage { role: "entry page", .. })));
        let error_page = Site { error_page: Some("404.html".to_owned()), ..site };
        assert!(matches!(files.check_for(&error_page), Err(BundleFault::NoPage { role: "error page", .. })));
    }

    #[test]
    fn the_promised_variants_have_to_be_there() {
        let site = Site { precompressed: vec![ContentCoding::Br, ContentCoding::Gzip], ..Site::default() };
        let whole = ["index.html", "index.html.br", "index.html.gz", "photo.avif", "LICENSE"];
        assert_eq!(bundle(&whole).check_for(&site), Ok(()));
        assert_eq!(bundle(&["index.html"]).check_for(&Site::default()), Ok(()));
        let fault = bundle(&["index.html", "index.html.br", "a/b.js", "a/b.js.gz"])
            .check_for(&site)
            .map_err(|fault| fault.to_string());
        insta::assert_snapshot!(fault.expect_err("two are missing"), @"it lacks 2 variants that `precompressed` promises: a/b.js.br, index.html.gz; pack all files, small ones too (`brotli --best --keep`, `gzip --best --no-name --keep`), or remove `precompressed`");
        let many: Vec<_> = (0..9).map(|number| format!("{number}.css")).chain(whole.map(str::to_owned)).collect();
        let fault = bundle(&many.iter().map(String::as_str).collect::<Vec<_>>()).check_for(&site);
        assert!(matches!(fault, Err(BundleFault::NoVariants { missing: 18, examples }) if examples.len() == 5));
    }
}
