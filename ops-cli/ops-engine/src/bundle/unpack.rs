//! Unpacking, one file after the other, so that neither a large archive nor one that never ends fills the memory or the
//! disk.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use ops_model::bundle::{Bundle, BundleFault, BundleFile, MOST_BYTES, MOST_FILES, check_path, hexadecimal};
use sha2::{Digest as _, Sha256};

use super::archive::each_file;
use super::{BundleError, ObjectPlace};
use crate::cloud::Cloud;

/// Bytes that are read at once, and that a file of any size takes of the stack.
const CHUNK: usize = 16 * 1024;

/// Unpacks an archive and returns what it wrote. Paths are checked before anything is written under them.
pub(super) fn archive(path: &Path, into: &Path) -> Result<Bundle, BundleError> {
    limited(path, into, MOST_BYTES)
}

fn limited(path: &Path, into: &Path, most_bytes: u64) -> Result<Bundle, BundleError> {
    let mut bundle = Bundle { version: Bundle::VERSION, ..Bundle::default() };
    let (mut seen, mut left) = (0_usize, most_bytes);
    each_file(path, &mut |name, content| {
        check_path(name)?;
        seen += 1;
        if seen > MOST_FILES {
            return Err(BundleFault::TooManyFiles.into());
        }
        if bundle.files.contains_key(name) {
            return Err(BundleFault::Twice { path: name.to_owned() }.into());
        }
        // One byte more than may be left is enough to see that it is too much.
        let mut content = content.take(left + 1);
        let unreadable = |source| BundleError::Archive { path: path.to_owned(), form: "bundle", source };
        let place = into.join(name);
        let unwritable = |source| BundleError::Write { path: place.clone(), source };
        let folder = place.parent().unwrap_or(into);
        // A name that is a file already cannot be a folder, nor the other way round.
        fs::create_dir_all(folder).map_err(|source| collision(name, source, folder))?;
        let mut file = File::create_new(&place).map_err(|source| collision(name, source, &place))?;
        let copied = hash(&mut content, &mut file);
        file.flush().map_err(unwritable)?;
        let (sha256, size) = copied.map_err(unreadable)?;
        left = left.checked_sub(size).ok_or(BundleFault::TooLarge)?;
        bundle.files.insert(name.to_owned(), BundleFile { sha256, size });
        Ok(())
    })?;
    Ok(bundle)
}

fn collision(name: &str, source: io::Error, place: &Path) -> BundleError {
    match source.kind() {
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory => {
            BundleFault::FileAndFolder { path: name.to_owned() }.into()
        }
        _ => BundleError::Write { path: place.to_owned(), source },
    }
}

/// Copies what is read and returns its SHA-256 and its length.
pub(crate) fn hash(from: &mut dyn Read, to: &mut dyn Write) -> io::Result<(String, u64)> {
    let (mut hash, mut size, mut chunk) = (Sha256::new(), 0_u64, [0; CHUNK]);
    loop {
        let read = match from.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let part = chunk.get(..read).unwrap_or_default();
        hash.update(part);
        to.write_all(part)?;
        size += part.len() as u64;
    }
    Ok((hexadecimal(&hash.finalize()), size))
}

/// Brings an archive to the disk, under its own name.
pub(super) async fn download(cloud: &Cloud, place: &ObjectPlace, into: &Path) -> Result<PathBuf, BundleError> {
    let name = place.key.rsplit('/').next().unwrap_or(&place.key);
    let path = into.join(if check_path(name).is_ok() { name } else { "bundle" });
    if cloud.site_objects.download(&place.bucket, &place.key, &path).await? {
        Ok(path)
    } else {
        Err(BundleError::Missing { place: place.to_string() })
    }
}

/// Work that would hold up everything else.
pub(super) async fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BundleError> + Send + 'static,
) -> Result<T, BundleError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| BundleError::CutOff)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_that_would_never_end_is_given_up() {
        const SIZE: u64 = 1 << 20;
        let place = tempfile::tempdir().expect("a folder");
        let path = place.path().join("bomb.tar.zst");
        let packed = zstd::Encoder::new(File::create(&path).expect("a file"), 1).expect("an encoder");
        let mut archive = tar::Builder::new(packed);
        for name in ["index.html", "bomb"] {
            let mut header = tar::Header::new_gnu();
            header.set_size(SIZE);
            header.set_mode(0o644);
            archive.append_data(&mut header, name, io::repeat(0).take(SIZE)).expect("an entry");
        }
        archive.into_inner().expect("packed").finish().expect("written");
        let unpacked = |limit: u64| {
            let into = tempfile::tempdir().expect("a folder");
            let unpacked = limited(&path, into.path(), limit).map(|bundle| bundle.size());
            let written = fs::read_dir(into.path()).expect("readable").flatten();
            let bytes: u64 = written.map(|file| file.metadata().expect("readable").len()).sum();
            (unpacked, bytes)
        };
        let (whole, _) = unpacked(2 * SIZE);
        assert_eq!(whole.expect("as large as may be"), 2 * SIZE);
        let (bomb, bytes) = unpacked(2 * SIZE - 1);
        assert!(matches!(bomb, Err(BundleError::NotABundle(BundleFault::TooLarge))), "{bomb:?}");
        assert!(bytes <= 2 * SIZE, "{bytes}");
    }
}
