//! The git binary: it knows people's credentials, signing keys and hooks.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use jiff::Timestamp;
use tokio::process::Command;

/// A command line has an end.
const COMMITS_AT_ONCE: usize = 500;

#[derive(Debug, thiserror::Error)]
pub enum GitError {
    #[error("the git program cannot be started")]
    NoGit {
        #[source]
        source: std::io::Error,
    },
    #[error("{} is not in a git repository", .directory.display())]
    NotARepository { directory: PathBuf },
    #[error("`git {command}` failed: {message}")]
    Failed { command: String, message: String },
    #[error("no commit {revision}")]
    NoSuchCommit { revision: String },
    #[error("HEAD is detached: there is no branch to commit to")]
    DetachedHead,
    #[error("the push of {branch} to {remote} was rejected: {message}")]
    PushRejected {
        remote: String,
        branch: String,
        message: String,
        /// The remote has commits that we do not have.
        behind: bool,
    },
    #[error("branch {branch} has no remote to push to")]
    NoRemote { branch: String },
}

/// A repository, with a work tree or bare.
#[derive(Debug, Clone)]
pub struct Git {
    directory: PathBuf,
}

impl Git {
    /// The repository that `directory` is in.
    pub async fn open(directory: &Path) -> Result<Self, GitError> {
        let git = Self { directory: directory.to_owned() };
        let output = git.output(["rev-parse", "--git-dir"]).await?;
        if output.status.success() {
            Ok(git)
        } else {
            let directory = std::path::absolute(directory).unwrap_or_else(|_| directory.to_owned());
            Err(GitError::NotARepository { directory })
        }
    }

    /// Top of the work tree.
    pub async fn work_tree(&self) -> Result<PathBuf, GitError> {
        self.text(["rev-parse", "--show-toplevel"]).await.map(PathBuf::from)
    }

    /// Where hooks are.
    pub async fn hooks_directory(&self) -> Result<PathBuf, GitError> {
        let path = self.text(["rev-parse", "--git-path", "hooks"]).await?;
        Ok(self.directory.join(path))
    }

    pub async fn is_bare(&self) -> Result<bool, GitError> {
        Ok(self.text(["rev-parse", "--is-bare-repository"]).await? == "true")
    }

    /// Full name of a commit.
    pub async fn commit(&self, revision: &str) -> Result<String, GitError> {
        let peeled = format!("{revision}^{{commit}}");
        let output = self.output(["rev-parse", "--verify", "--quiet", "--end-of-options", &peeled]).await?;
        if output.status.success() {
            Ok(trimmed(&output.stdout))
        } else {
            Err(GitError::NoSuchCommit { revision: revision.to_owned() })
        }
    }

    /// Name of the checked-out branch.
    pub async fn branch(&self) -> Result<String, GitError> {
        let output = self.output(["symbolic-ref", "--quiet", "--short", "HEAD"]).await?;
        if output.status.success() { Ok(trimmed(&output.stdout)) } else { Err(GitError::DetachedHead) }
    }

    /// Paths below `path` that differ from HEAD, staged or not, untracked ones included.
    pub async fn uncommitted(&self, path: &Path) -> Result<Vec<String>, GitError> {
        let arguments = ["status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames", "--"];
        let output = self.bytes(arguments.map(OsStr::new).into_iter().chain([path.as_os_str()])).await?;
        let entries = output.split(|byte| *byte == 0).filter(|entry| entry.len() > 3);
        Ok(entries.map(|entry| String::from_utf8_lossy(&entry[3..]).into_owned()).collect())
    }

    /// Content of a file at a commit; `None` when it is not there. A symbolic link or folder is not a file.
    pub async fn file(&self, commit: &str, path: &str) -> Result<Option<Vec<u8>>, GitError> {
        let listed = self.bytes(["ls-tree", "-z", "--full-tree", commit, "--", path]).await?;
        if !(listed.starts_with(b"100644 blob") || listed.starts_with(b"100755 blob")) {
            return Ok(None);
        }
        self.bytes(["cat-file", "blob", &format!("{commit}:{path}")]).await.map(Some)
    }

    /// Names of the folders directly below `path` at a commit.
    pub async fn folders(&self, commit: &str, path: &str) -> Result<Vec<String>, GitError> {
        let below = format!("{}/", path.trim_end_matches('/'));
        let output = self.bytes(["ls-tree", "-z", "-d", "--name-only", "--full-tree", commit, "--", &below]).await?;
        let names = output.split(|byte| *byte == 0).filter(|name| !name.is_empty());
        Ok(names.map(|name| String::from_utf8_lossy(name).rsplit('/').next().unwrap_or_default().to_owned()).collect())
    }

    /// When each of these commits was committed; those that this clone does not have are left out.
    ///
    /// # Errors
    /// Git cannot be run.
    pub async fn commit_times(&self, commits: &BTreeSet<String>) -> Result<BTreeMap<String, Timestamp>, GitError> {
        // They come from records: an option, or the name of a branch, is not a commit.
        let is_commit =
            |name: &&String| matches!(name.len(), 40 | 64) && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        let commits: Vec<&str> = commits.iter().filter(is_commit).map(String::as_str).collect();
        let mut times = BTreeMap::new();
        for some in commits.chunks(COMMITS_AT_ONCE) {
            let options = ["log", "--no-walk=unsorted", "--ignore-missing", "--no-show-signature", "--format=%H %ct"];
            let output = self.bytes(options.iter().chain(some)).await?;
            let text = String::from_utf8_lossy(&output);
            let lines = text.lines().filter_map(|line| line.split_once(' '));
            // When it has none of them, git shows HEAD in their place.
            times.extend(lines.filter(|(commit, _)| some.contains(commit)).filter_map(|(commit, second)| {
                Some((commit.to_owned(), Timestamp::from_second(second.parse().ok()?).ok()?))
            }));
        }
        Ok(times)
    }

    /// Paths that differ between two commits; all paths of the second when the first is `None`.
    pub async fn changed_paths(&self, old: Option<&str>, new: &str) -> Result<Vec<String>, GitError> {
        let output = match old {
            Some(old) => self.bytes(["diff", "--name-only", "-z", "--no-renames", old, new]).await?,
            None => self.bytes(["ls-tree", "-r", "-z", "--name-only", "--full-tree", new]).await?,
        };
        let paths = output.split(|byte| *byte == 0).filter(|path| !path.is_empty());
        Ok(paths.map(|path| String::from_utf8_lossy(path).into_owned()).collect())
    }

    /// Who commits: `Name <mail>`.
    pub async fn identity(&self) -> Result<String, GitError> {
        let identity = self.text(["var", "GIT_COMMITTER_IDENT"]).await?;
        // Name <mail> seconds zone
        Ok(identity.rsplitn(3, ' ').last().unwrap_or(&identity).to_owned())
    }

    /// Commits one path and nothing else, whatever is staged; hooks and signing are the user's.
    pub async fn commit_path(&self, path: &Path, message: &str) -> Result<String, GitError> {
        self.bytes([OsStr::new("add"), OsStr::new("--"), path.as_os_str()]).await?;
        let arguments = ["commit", "--quiet", "--only", "--message", message, "--"].map(OsStr::new);
        self.bytes(arguments.into_iter().chain([path.as_os_str()])).await?;
        self.commit("HEAD").await
    }

    /// Takes the newest commit of the checked-out branch back, when it still is `commit`. Index and work tree
    /// are left as they are: [`Self::restore`] puts a path back.
    pub async fn take_back(&self, commit: &str) -> Result<(), GitError> {
        let parent = self.commit(&format!("{commit}~1")).await?;
        let why = "ops: take back a commit whose push was rejected";
        self.bytes(["update-ref", "-m", why, "HEAD", &parent, commit]).await.map(|_| ())
    }

    /// Puts a path in index and work tree back to what HEAD has.
    pub async fn restore(&self, path: &Path) -> Result<(), GitError> {
        let arguments = ["checkout", "--quiet", "HEAD", "--"].map(OsStr::new);
        self.bytes(arguments.into_iter().chain([path.as_os_str()])).await.map(|_| ())
    }

    /// Pushes the checked-out branch to a branch of its remote. What the remote says, such as the progress of a reconcile
    /// in its hook, goes straight to standard error.
    pub async fn push(&self, branch: &str, to: &str) -> Result<(), GitError> {
        let remote = self.remote(branch).await?;
        let refspec = format!("HEAD:refs/heads/{to}");
        let mut command =
            self.command(["-c", "advice.pushUpdateRejected=false", "push", "--porcelain", &remote, &refspec]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn();
        let output = match child {
            Ok(child) => child.wait_with_output().await,
            Err(error) => Err(error),
        }
        .map_err(|source| GitError::NoGit { source })?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stdout);
        // `!`, the refs and a summary, such as `[rejected] (fetch first)`, with tabs between.
        let rejected = said.lines().find(|line| line.starts_with('!')).and_then(|line| line.rsplit('\t').next());
        let why = rejected.map(|summary| summary.split_once('(').map_or(summary, |(_, why)| why.trim_end_matches(')')));
        let message = why.unwrap_or("the remote could not be reached").to_owned();
        let behind = ["fetch first", "non-fast-forward"].contains(&message.as_str());
        Err(GitError::PushRejected { remote, branch: to.to_owned(), message, behind })
    }

    /// Puts our commits on top of what the remote has, unless that changed anything below `path`, or what we have cannot be
    /// put there. Whether it was done; nothing has changed otherwise. Signing is the user's.
    pub async fn rebase(&self, branch: &str, path: &Path) -> Result<bool, GitError> {
        let remote = self.remote(branch).await?;
        self.bytes(["fetch", "--quiet", &remote, &format!("refs/heads/{branch}")]).await?;
        let theirs = self.commit("FETCH_HEAD").await?;
        let base = self.text(["merge-base", "HEAD", &theirs]).await?;
        let path = path.to_string_lossy();
        if !self.text(["diff", "--name-only", &base, &theirs, "--", &path]).await?.is_empty() {
            return Ok(false);
        }
        let rebased = self.output(["rebase", "--quiet", "--autostash", &theirs]).await?.status.success();
        if !rebased {
            self.bytes(["rebase", "--abort"]).await?;
        }
        Ok(rebased)
    }

    async fn remote(&self, branch: &str) -> Result<String, GitError> {
        let configured = self.output(["config", "--get", &format!("branch.{branch}.remote")]).await?;
        if configured.status.success() {
            return Ok(trimmed(&configured.stdout));
        }
        let remotes = self.text(["remote"]).await?;
        let mut remotes = remotes.lines();
        match (remotes.next(), remotes.next()) {
            (Some(only), None) => Ok(only.to_owned()),
            _ => Err(GitError::NoRemote { branch: branch.to_owned() }),
        }
    }

    async fn text<const N: usize>(&self, arguments: [&str; N]) -> Result<String, GitError> {
        self.bytes(arguments).await.map(|bytes| trimmed(&bytes))
    }

    async fn bytes<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Result<Vec<u8>, GitError> {
        let arguments: Vec<A> = arguments.into_iter().collect();
        let command = arguments.first().map(|first| first.as_ref().to_string_lossy().into_owned()).unwrap_or_default();
        let output = self.output(arguments).await?;
        if output.status.success() {
            Ok(output.stdout)
        } else {
            Err(GitError::Failed { command, message: trimmed(&output.stderr) })
        }
    }

    async fn output<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Result<Output, GitError> {
        self.command(arguments).output().await.map_err(|source| GitError::NoGit { source })
    }

    fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new("git");
        command
            .arg("-C")
            .arg(&self.directory)
            .args(arguments)
            // Messages are parsed and quoted: in one language, without colour.
            .env("LC_ALL", "C")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }
}

fn trimmed(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}
