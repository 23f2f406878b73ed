use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

/// So many bytes of a file, from a place on; fewer are an error.
pub(super) async fn read(path: &Path, from: u64, bytes: u64) -> io::Result<Vec<u8>> {
    let path: PathBuf = path.to_owned();
    // Not on the reader's thread: for each thread that allocates much, the allocator keeps that much ready.
    let mut content = Vec::with_capacity(usize::try_from(bytes).map_err(io::Error::other)?);
    let read = move || {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(from))?;
        file.take(bytes).read_to_end(&mut content)?;
        if content.len() as u64 == bytes { Ok(content) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    };
    tokio::task::spawn_blocking(read).await.map_err(io::Error::other)?
}
