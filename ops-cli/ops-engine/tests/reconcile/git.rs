//! Real repositories, real git.

use std::path::{Path, PathBuf};
use std::process::Command;

use ops_engine::builds_commit::{BuildsCommitError, commit_builds, propose_builds, require_committable};
use ops_engine::git::{Git, GitError};
use ops_model::declaration::{Build, BuildContent, Builds, Digest};
use tempfile::TempDir;

pub(crate) struct Repository {
    folder: TempDir,
}

const BUILDS: &str = "infra/environments/dev/builds.yaml";

impl Repository {
    /// A clone with one commit on main, and the bare repository that it came from.
    pub(crate) fn new() -> Self {
        let repository = Self { folder: tempfile::tempdir().expect("a folder") };
        std::fs::create_dir_all(repository.clone_folder().join("infra/environments/dev")).expect("folders");
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        for (name, value) in [("user.name", "Ada"), ("user.email", "ada@example.org"), ("commit.gpgsign", "false")] {
            repository.git(&["config", name, value]);
        }
        repository.write(BUILDS, "version: 1\nartifacts: {}\n");
        repository.write("infra/environments/dev/environment.yaml", "version: 1\n");
        repository.git(&["add", "--all"]);
        repository.git(&["commit", "--quiet", "--message=first"]);
        let bare = repository.bare_folder();
        repository.git(&["clone", "--quiet", "--bare", ".", &bare.to_string_lossy()]);
        repository.git(&["remote", "add", "origin", &bare.to_string_lossy()]);
        repository
    }

    pub(crate) fn clone_folder(&self) -> PathBuf {
        self.folder.path().join("clone")
    }

    fn bare_folder(&self) -> PathBuf {
        self.folder.path().join("bare.git")
    }

    pub(crate) async fn open(&self) -> Git {
        Git::open(&self.clone_folder()).await.expect("a repository")
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        std::fs::write(self.clone_folder().join(path), text).expect("the file can be written");
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.clone_folder().join(path)).expect("the file can be read")
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        run(&self.clone_folder(), arguments)
    }
}

fn run(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .expect("git runs");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn builds(digit: char) -> Builds {
    let build = Build {
        content: BuildContent::Image("registry.example/app".to_owned()),
        digest: Digest(format!("sha256:{}", digit.to_string().repeat(64))),
        version: "1.0.0".to_owned(),
        commit: None,
        promoted_from: None,
        promoted_by: None,
        evidence: None,
    };
    Builds { version: 1, artifacts: [("app".to_owned(), build)].into(), holds: Vec::new() }
}

#[tokio::test]
async fn a_promotion_is_one_commit_of_one_file_and_leaves_what_is_staged_alone() {
    let repository = Repository::new();
    repository.write("unrelated", "staged");
    repository.git(&["add", "unrelated"]);
    let git = repository.open().await;
    let made = commit_builds(&git, "dev", &builds('a'), "Promote app", true).await.expect("a commit");
    assert!(made.pushed);
    assert_eq!(repository.git(&["show", "--format=%s", "--name-only", "HEAD"]), format!("Promote app\n\n{BUILDS}"));
    assert_eq!(repository.git(&["diff", "--cached", "--name-only"]), "unrelated");
    assert_eq!(run(&repository.bare_folder(), &["rev-parse", "main"]), made.commit);
}

#[tokio::test]
async fn a_commit_goes_on_top_of_what_others_pushed_meanwhile() {
    let repository = Repository::new();
    push_from_elsewhere(&repository, "theirs");
    repository.write("unrelated", "staged");
    repository.git(&["add", "unrelated"]);
    let git = repository.open().await;
    let made = commit_builds(&git, "dev", &builds('a'), "Promote app", true).await.expect("a commit");
    assert!(made.pushed && made.on_top, "{made:?}");
    assert_eq!(run(&repository.bare_folder(), &["log", "--format=%s", "-2", "main"]), "Promote app\ntheirs");
    assert_eq!(run(&repository.bare_folder(), &["rev-parse", "main"]), made.commit);
    assert_eq!(repository.git(&["status", "--porcelain"]), "A  unrelated");
}

#[tokio::test]
async fn a_proposal_is_pushed_to_a_branch_of_its_own_and_leaves_ours_alone() {
    let repository = Repository::new();
    let (head, text) = (repository.git(&["rev-parse", "HEAD"]), repository.read(BUILDS));
    let git = repository.open().await;
    let made = propose_builds(&git, "dev", &builds('a'), "Promote app", "promote-dev").await.expect("a branch");
    assert_eq!(run(&repository.bare_folder(), &["rev-parse", "promote-dev"]), made.commit);
    assert_eq!(run(&repository.bare_folder(), &["rev-parse", "main"]), head);
    assert_eq!((repository.git(&["rev-parse", "HEAD"]), repository.read(BUILDS)), (head, text));
    assert_eq!(repository.git(&["status", "--porcelain"]), "");
}

/// Somebody else pushes a file meanwhile.
fn push_from_elsewhere(repository: &Repository, path: &str) {
    let other = repository.folder.path().join("other");
    run(repository.folder.path(), &["clone", "--quiet", &repository.bare_folder().to_string_lossy(), "other"]);
    std::fs::write(other.join(path), "").expect("a file");
    run(&other, &["add", path]);
    run(&other, &["-c", "user.name=Eve", "-c", "user.email=e@e", "commit", "--quiet", "--message=theirs"]);
    run(&other, &["push", "--quiet", "origin", "main"]);
}

#[tokio::test]
async fn a_rejected_push_leaves_no_trace() {
    let repository = Repository::new();
    // What they changed is what the commit was made from.
    push_from_elsewhere(&repository, "infra/environments/dev/theirs");
    repository.write("unrelated", "staged");
    repository.git(&["add", "unrelated"]);
    let (head, text) = (repository.git(&["rev-parse", "HEAD"]), repository.read(BUILDS));
    let error = commit_builds(&repository.open().await, "dev", &builds('a'), "Promote app", true)
        .await
        .expect_err("the push is rejected");
    assert!(matches!(error, BuildsCommitError::Git(GitError::PushRejected { .. })), "{error}");
    assert_eq!(repository.git(&["rev-parse", "HEAD"]), head);
    assert_eq!(repository.read(BUILDS), text);
    assert_eq!(repository.git(&["status", "--porcelain"]), "A  unrelated");
}

#[tokio::test]
async fn a_commit_hook_that_refuses_leaves_the_file_as_it_was() {
    use std::os::unix::fs::PermissionsExt as _;

    let repository = Repository::new();
    let hook = repository.clone_folder().join(".git/hooks/pre-commit");
    std::fs::create_dir_all(hook.parent().expect("a folder")).expect("a folder");
    std::fs::write(&hook, "#!/bin/sh\necho no >&2\nexit 1\n").expect("a hook");
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).expect("a hook that runs");
    let text = repository.read(BUILDS);
    let error = commit_builds(&repository.open().await, "dev", &builds('a'), "Promote app", false)
        .await
        .expect_err("the hook refuses");
    assert!(matches!(error, BuildsCommitError::Git(GitError::Failed { .. })), "{error}");
    assert_eq!(repository.read(BUILDS), text);
    assert_eq!(repository.git(&["status", "--porcelain"]), "");
}

#[tokio::test]
async fn a_dirty_environment_and_a_detached_head_are_refused_before_anything() {
    let repository = Repository::new();
    let git = repository.open().await;
    repository.write("infra/environments/dev/environment.yaml", "version: 2\n");
    let error = require_committable(&git, &["dev"]).await.expect_err("dirty");
    assert_eq!(error.to_string(), "there are uncommitted changes in infra/environments/dev/environment.yaml");
    assert!(require_committable(&git, &["prod"]).await.is_ok(), "another environment's changes are its own");

    repository.git(&["checkout", "--quiet", "--", "."]);
    repository.git(&["checkout", "--quiet", "--detach"]);
    let error = require_committable(&git, &["dev"]).await.expect_err("detached");
    assert!(matches!(error, BuildsCommitError::Git(GitError::DetachedHead)), "{error}");
}

#[tokio::test]
async fn a_folder_outside_of_git_and_an_unknown_commit_say_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = Git::open(folder.path()).await.expect_err("no repository");
    assert!(matches!(error, GitError::NotARepository { .. }), "{error}");
    let error = Repository::new().open().await.commit("nothing-of-this-name").await.expect_err("no commit");
    assert!(matches!(error, GitError::NoSuchCommit { .. }), "{error}");
    let error = Repository::new().open().await.commit("--help").await.expect_err("no option is taken from data");
    assert!(matches!(error, GitError::NoSuchCommit { .. }), "{error}");
}

#[tokio::test]
async fn the_identity_is_the_committers() {
    assert_eq!(Repository::new().open().await.identity().await.expect("an identity"), "Ada <ada@example.org>");
}

#[tokio::test]
async fn times_of_commits_are_those_that_the_clone_has() {
    let repository = Repository::new();
    let git = repository.open().await;
    let head = git.commit("HEAD").await.expect("a commit");
    let second: i64 = repository.git(&["log", "-1", "--format=%ct"]).trim().parse().expect("seconds");
    let missing = "c0ffee".repeat(7)[..40].to_owned();
    let times = async |commits: &[&str]| {
        let commits = commits.iter().map(|commit| (*commit).to_owned()).collect();
        git.commit_times(&commits).await.expect("git runs")
    };
    let known = times(&[&head, &missing, "--all", "main", "HEAD"]).await;
    assert_eq!(known.into_iter().map(|(commit, at)| (commit, at.as_second())).collect::<Vec<_>>(), [(head, second)]);
    assert!(times(&[&missing]).await.is_empty(), "not HEAD in its place");
    assert!(times(&[]).await.is_empty());
}
