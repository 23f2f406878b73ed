//! Packing: the same files give the same archive, whoever packs them and wherever they lay.

use std::fs::File;
use std::io::{self, Read, Write as _};
use std::path::Path;

use ops_model::bundle::hexadecimal;
use sha2::{Digest as _, Sha256};

use super::{BundleError, Opened};

/// Zstandard's own default: small enough, and quick.
const LEVEL: i32 = 3;

const MODE: u32 = 0o644;

pub(super) fn tar_zst(opened: &Opened, to: &Path) -> Result<(), BundleError> {
    let unwritable = |source| BundleError::Write { path: to.to_owned(), source };
    let file = File::create_new(to).map_err(unwritable)?;
    let packed = zstd::Encoder::new(file, LEVEL).map_err(unwritable)?;
    let mut archive = tar::Builder::new(packed);
    for (name, expected) in &opened.bundle.files {
        let path = opened.folder().join(name);
        let unreadable = |source| BundleError::Read { path: path.clone(), source };
        let mut header = tar::Header::new_gnu();
        header.set_size(expected.size);
        header.set_mode(MODE);
        header.set_mtime(0);
        let changed = || BundleError::Changed { path: name.clone() };
        let file = File::open(&path).map_err(unreadable)?;
        if file.metadata().map_err(unreadable)?.len() != expected.size {
            return Err(changed());
        }
        let mut content = Hashing { from: file.take(expected.size), hash: Sha256::new() };
        archive.append_data(&mut header, name, &mut content).map_err(unwritable)?;
        if hexadecimal(&content.hash.finalize()) != expected.sha256 {
            return Err(changed());
        }
    }
    let packed = archive.into_inner().map_err(unwritable)?;
    packed.finish().and_then(|mut file| file.flush()).map_err(unwritable)
}

struct Hashing<R> {
    from: R,
    hash: Sha256,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        self.hash.update(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}
