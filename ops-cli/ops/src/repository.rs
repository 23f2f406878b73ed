//! The repository on the disk: where it is, which environments it declares, and their files.

mod error;

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use ops_engine::declared::ENVIRONMENTS;
use ops_model::declaration::{Environment, FileContent, SourceFile, scenario_paths};

pub(crate) use error::RepositoryError;

/// A folder that holds `infra/environments`.
#[derive(Debug)]
pub(crate) struct Repository {
    /// Absolute, without symbolic links.
    root: PathBuf,
}

/// The two files of an environment.
#[derive(Debug)]
pub(crate) struct DeclarationFiles {
    pub(crate) environment: SourceFile,
    pub(crate) builds: SourceFile,
}

impl Repository {
    /// Looks in a directory, or in the current one, and then in each directory above it.
    pub(crate) fn find(directory: Option<&Path>) -> Result<Self, RepositoryError> {
        let start = directory.unwrap_or(Path::new("."));
        let start = fs::canonicalize(start)
            .map_err(|source| RepositoryError::Directory { directory: start.to_owned(), source })?;
        let root = start.ancestors().find(|folder| folder.join(ENVIRONMENTS).is_dir());
        match root {
            Some(root) => Ok(Self { root: root.to_owned() }),
            None => Err(RepositoryError::NotFound { start }),
        }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Names of all environments, sorted; never empty.
    pub(crate) fn environments(&self) -> Result<Vec<String>, RepositoryError> {
        let unreadable = |source| RepositoryError::Environments { folder: self.root.join(ENVIRONMENTS), source };
        let mut names = Vec::new();
        for entry in fs::read_dir(self.root.join(ENVIRONMENTS)).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_dir() && !name.starts_with('.') {
                names.push(name);
            }
        }
        names.sort();
        if names.is_empty() {
            return Err(RepositoryError::NoEnvironments { folder: self.root.join(ENVIRONMENTS) });
        }
        Ok(names)
    }

    /// An error that names the environments there are, when there is none of this name.
    pub(crate) fn require_environment(&self, name: &str) -> Result<(), RepositoryError> {
        let known = self.environments()?;
        if known.iter().any(|environment| environment == name) {
            return Ok(());
        }
        Err(RepositoryError::UnknownEnvironment { name: name.to_owned(), known })
    }

    /// Reads the files of an environment. What stands in their way is part of the result.
    pub(crate) fn declaration_files(&self, environment: &str) -> DeclarationFiles {
        let file = |name: &str| self.read(&format!("{ENVIRONMENTS}/{environment}/{name}"));
        DeclarationFiles { environment: file("environment.yaml"), builds: file("builds.yaml") }
    }

    /// Reads the files of an environment's scenarios.
    pub(crate) fn scenario_files(&self, environment: &Environment) -> Vec<SourceFile> {
        scenario_paths(environment).into_iter().map(|path| self.read(path)).collect()
    }

    /// Reads a file by its path in the repository; never one outside of it, whatever links lead there.
    fn read(&self, path: &str) -> SourceFile {
        let content = match self.open(path) {
            Ok(content) => content,
            Err(error) if error.kind() == io::ErrorKind::NotFound => FileContent::Missing,
            Err(error) => FileContent::Unreadable(error.to_string()),
        };
        SourceFile { name: path.to_owned(), content }
    }

    fn open(&self, path: &str) -> io::Result<FileContent> {
        let full = fs::canonicalize(self.root.join(path))?;
        if !full.starts_with(&self.root) {
            return Ok(FileContent::SymbolicLink);
        }
        let metadata = fs::metadata(&full)?;
        if metadata.is_dir() {
            return Ok(FileContent::Directory);
        }
        if !metadata.is_file() {
            // Opening a named pipe would wait for ever.
            return Ok(FileContent::Unreadable("it is not a regular file".to_owned()));
        }
        let mut bytes = Vec::new();
        // One byte more than the limit is enough to see that it is passed.
        let limit = u64::try_from(SourceFile::LIMIT_BYTES).unwrap_or(u64::MAX).saturating_add(1);
        fs::File::open(&full)?.take(limit).read_to_end(&mut bytes)?;
        Ok(FileContent::Bytes(bytes))
    }
}
