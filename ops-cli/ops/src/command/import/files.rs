//! The two files that an import writes.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use ops_engine::declared::folder;
use ops_plan::import::Written;

use super::Args;
use crate::error::{CommandError, ErrorKind};
use crate::global_options::GlobalOptions;
use crate::repository::Repository;

const FILES: [&str; 2] = ["environment.yaml", "builds.yaml"];

/// Where they go.
pub(super) struct Target {
    directory: PathBuf,
    /// How people call it.
    shown: String,
    replace: bool,
}

#[derive(Debug, thiserror::Error)]
enum FileError {
    #[error("{} is there already", path.display())]
    Exists { path: PathBuf },
    #[error("cannot write {}", path.display())]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

impl Target {
    /// Looks before anything is read, which may take a while.
    pub(super) fn new(args: &Args, global: &GlobalOptions) -> Result<Self, CommandError> {
        let (directory, shown) = match &args.write {
            Some(directory) => (directory.clone(), directory.display().to_string()),
            None => {
                let shown = folder(&args.environment);
                (Repository::find(global.directory.as_deref())?.root().join(&shown), shown)
            }
        };
        let target = Self { directory, shown, replace: args.force };
        let taken = FILES.iter().map(|file| target.directory.join(file)).find(|path| path.exists());
        match taken.filter(|_| !target.replace) {
            Some(path) => Err(exists(path)),
            None => Ok(target),
        }
    }

    /// Writes both, and says where.
    pub(super) fn write(&self, written: &Written) -> Result<[String; 2], CommandError> {
        fs::create_dir_all(&self.directory).map_err(|source| cannot(&self.directory, source))?;
        for (file, text) in FILES.iter().zip([&written.environment, &written.builds]) {
            self.put(&self.directory.join(file), text)?;
        }
        Ok(FILES.map(|file| format!("{}/{file}", self.shown)))
    }

    fn put(&self, path: &Path, text: &str) -> Result<(), CommandError> {
        let mut options = OpenOptions::new();
        options.write(true);
        // Somebody may have put one there meanwhile.
        let opened =
            if self.replace { options.create(true).truncate(true) } else { options.create_new(true) }.open(path);
        match opened.and_then(|mut file| file.write_all(text.as_bytes())) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(exists(path.to_owned())),
            written => written.map_err(|source| cannot(path, source)),
        }
    }
}

fn exists(path: PathBuf) -> CommandError {
    CommandError::new(ErrorKind::Repository, FileError::Exists { path })
        .help("`--force` replaces it, `--write DIRECTORY` writes elsewhere; nothing was changed")
}

fn cannot(path: &Path, source: io::Error) -> CommandError {
    CommandError::new(ErrorKind::Output, FileError::Write { path: path.to_owned(), source })
}
