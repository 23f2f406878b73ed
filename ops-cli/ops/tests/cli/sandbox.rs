use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::run::Run;

/// Name of the folder in snapshots.
const PLACE: &str = "[REPOSITORY]";

/// A folder of its own for one test, with declarations in it.
pub(crate) struct Sandbox {
    /// Removed when the test ends.
    _folder: TempDir,
    root: PathBuf,
}

impl Sandbox {
    /// An empty folder.
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().canonicalize().expect("it exists");
        Self { _folder: folder, root }
    }

    /// A repository whose one environment, `dev`, has no fault.
    pub(crate) fn with_dev() -> Self {
        let sandbox = Self::empty();
        sandbox.copy(&case("valid"), "infra/environments/dev");
        sandbox
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("it has a folder")).expect("the folder can be made");
        fs::write(path, content).expect("the file can be written");
    }

    /// Copies a folder; what is in the way is replaced.
    pub(crate) fn copy(&self, from: &Path, to: &str) {
        fs::create_dir_all(self.path(to)).expect("the folder can be made");
        for entry in fs::read_dir(from).expect("the folder exists") {
            let entry = entry.expect("it can be listed");
            let target = format!("{to}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                self.remove(&target);
                self.copy(&entry.path(), &target);
            } else {
                self.write(&target, fs::read(entry.path()).expect("it can be read"));
            }
        }
    }

    pub(crate) fn remove(&self, path: &str) {
        let path = self.path(path);
        if path.is_dir() {
            fs::remove_dir_all(path).expect("it can be removed");
        } else if path.exists() {
            fs::remove_file(path).expect("it can be removed");
        }
    }

    /// `ops` in the sandbox, with nothing of the environment that the test runs in.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ops"));
        command.args(arguments).current_dir(&self.root).env_clear();
        command
    }

    pub(crate) fn ops(&self, arguments: &[&str]) -> Run {
        let output = self.command(arguments).output().expect("ops starts");
        self.run(&output)
    }

    pub(crate) fn run(&self, output: &Output) -> Run {
        let root = self.root.to_string_lossy();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&*root, PLACE);
        Run { exit_code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }
}

/// Folder of a declaration that is kept beside the tests.
pub(crate) fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wrong").join(name)
}
