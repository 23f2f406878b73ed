use ops_engine::declared;
use ops_model::declaration::FileContent;

use crate::git::Repository;

#[tokio::test]
async fn environments_are_read_from_a_commit_not_from_the_work_tree() {
    let repository = Repository::new();
    let git = repository.open().await;
    let commit = git.commit("HEAD").await.expect("a commit");
    std::fs::remove_dir_all(repository.clone_folder().join("infra")).expect("the work tree is ours");
    assert_eq!(declared::environments(&git, &commit).await.expect("readable"), ["dev"]);
    let faults = declared::read(&git, &commit, "dev").await.expect("readable").expect_err("it is not whole");
    assert!(faults.faults.iter().all(|fault| fault.file.ends_with("environment.yaml")), "{faults:?}");
}

#[tokio::test]
async fn a_symbolic_link_in_a_commit_is_not_followed() {
    let repository = Repository::new();
    std::os::unix::fs::symlink("/etc/hostname", repository.clone_folder().join("infra/environments/dev/link"))
        .expect("a link");
    repository.git(&["add", "--all"]);
    repository.git(&["commit", "--quiet", "--message=link"]);
    let git = repository.open().await;
    let commit = git.commit("HEAD").await.expect("a commit");
    assert_eq!(git.file(&commit, "infra/environments/dev/link").await.expect("readable"), None);
    assert_eq!(git.file(&commit, "infra/environments").await.expect("readable"), None, "a folder is not a file");
    let missing = declared::read(&git, &commit, "nowhere").await.expect("readable").expect_err("no such environment");
    assert!(!missing.faults.is_empty());
    let _: FileContent = FileContent::Missing;
}
