//! The two sorts of archive, as a stream of files.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use ops_model::bundle::BundleFault;
use tar::EntryType;

use super::BundleError;

/// Unix's word for a symbolic link in the mode of a file.
const SYMBOLIC_LINK: u32 = 0o120_000;
const REGULAR_FILE: u32 = 0o100_000;
const FORMAT: u32 = 0o170_000;

/// Hands each file on: its path and its content.
type Taker<'a> = dyn FnMut(&str, &mut dyn Read) -> Result<(), BundleError> + 'a;

pub(super) fn each_file(path: &Path, take: &mut Taker<'_>) -> Result<(), BundleError> {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let file = File::open(path).map_err(|source| BundleError::Read { path: path.to_owned(), source })?;
    if name.ends_with(".tar.zst") || name.ends_with(".tzst") {
        tar_zst(path, file, take)
    } else if name.ends_with(".zip") {
        zip(path, file, take)
    } else {
        Err(BundleError::UnknownForm { path: path.to_owned() })
    }
}

fn tar_zst(path: &Path, file: File, take: &mut Taker<'_>) -> Result<(), BundleError> {
    let malformed = |source| BundleError::Archive { path: path.to_owned(), form: "tar.zst", source };
    let plain = zstd::Decoder::new(file).map_err(malformed)?;
    let mut archive = tar::Archive::new(plain);
    for entry in archive.entries().map_err(malformed)? {
        let mut entry = entry.map_err(malformed)?;
        let name = name(&entry.path_bytes())?;
        let what = match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => None,
            EntryType::Directory | EntryType::XGlobalHeader => continue,
            EntryType::Symlink => Some("a symbolic link"),
            EntryType::Link => Some("a hard link"),
            _ => Some("a device, pipe or another thing"),
        };
        if let Some(what) = what {
            return Err(BundleFault::NotAFile { path: name, what }.into());
        }
        take(&name, &mut entry)?;
    }
    Ok(())
}

fn zip(path: &Path, file: File, take: &mut Taker<'_>) -> Result<(), BundleError> {
    let malformed = |source: zip::result::ZipError| BundleError::Archive {
        path: path.to_owned(),
        form: "zip",
        source: io::Error::other(source),
    };
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(malformed)?;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(malformed)?;
        let name = name(entry.name_raw())?;
        if name.ends_with('/') {
            continue;
        }
        match entry.unix_mode().map(|mode| mode & FORMAT) {
            Some(SYMBOLIC_LINK) => {
                return Err(BundleFault::NotAFile { path: name, what: "a symbolic link" }.into());
            }
            // Some tools give the permissions alone.
            None | Some(0 | REGULAR_FILE) => {}
            Some(_) => {
                return Err(BundleFault::NotAFile { path: name, what: "a device, pipe or another thing" }.into());
            }
        }
        take(&name, &mut entry)?;
    }
    Ok(())
}

/// `tar -C folder .` puts `./` before every name.
fn name(bytes: &[u8]) -> Result<String, BundleError> {
    let name = std::str::from_utf8(bytes).map_err(|_| {
        let name = String::from_utf8_lossy(bytes).escape_debug().to_string();
        BundleFault::Name { name, why: "is not UTF-8" }
    })?;
    Ok(name.strip_prefix("./").unwrap_or(name).to_owned())
}
