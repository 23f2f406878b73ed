//! Git in a state in which nothing can be committed, or read. Nothing is asked of AWS then.

use insta::assert_snapshot;

use crate::filters;
use crate::fixture::Team;
use crate::run::Run;

/// A team whose account cannot be reached: what asks it anything fails in another way.
fn team() -> Team {
    Team::usual(vec![("AWS_ENDPOINT_URL".to_owned(), "http://127.0.0.1:9".to_owned())])
}

fn ops(team: &Team, arguments: &[&str]) -> Run {
    team.run(&team.ops(arguments).output().expect("ops starts"))
}

#[test]
fn uncommitted_changes() {
    let _filters = filters::bind();
    let team = team();
    team.edit("dev", "count: 2", "count: 3");
    let before = (team.commits(), team.changed_files());
    assert_snapshot!("promote_in_a_dirty_tree", ops(&team, &["promote", "dev", "prod"]));
    assert_snapshot!("rollback_in_a_dirty_tree", ops(&team, &["rollback", "dev"]));
    assert_snapshot!("reconcile_in_a_dirty_tree", ops(&team, &["reconcile", "dev", "--yes"]));
    assert_eq!((team.commits(), team.changed_files()), before);
}

#[test]
fn detached_head() {
    let _filters = filters::bind();
    let team = team();
    team.git_succeeds(&["checkout", "--quiet", "--detach"]);
    assert_snapshot!("promote_on_a_detached_head", ops(&team, &["promote", "dev", "prod"]));
    assert_snapshot!("rollback_on_a_detached_head", ops(&team, &["rollback", "dev"]));
}

#[test]
fn not_a_git_repository() {
    let _filters = filters::bind();
    let team = team();
    std::fs::remove_dir_all(team.clone_folder().join(".git")).expect("removed");
    let ceiling = team.folder().to_owned();
    for (name, arguments) in [
        ("promote_without_git", &["promote", "dev", "prod"][..]),
        ("reconcile_without_git", &["reconcile", "dev", "--yes"]),
        ("commit_without_git", &["plan", "dev", "--commit", "HEAD"]),
    ] {
        let mut command = team.ops(arguments);
        command.env("GIT_CEILING_DIRECTORIES", &ceiling);
        assert_snapshot!(name, team.run(&command.output().expect("ops starts")));
    }
}

#[test]
fn no_git_on_the_path() {
    let _filters = filters::bind();
    let team = team();
    let mut command = team.ops(&["plan", "dev"]);
    command.env("PATH", "/nonexistent");
    assert_snapshot!(team.run(&command.output().expect("ops starts")));
}

#[test]
fn no_such_commit() {
    let _filters = filters::bind();
    assert_snapshot!(ops(&team(), &["plan", "dev", "--commit", "v9"]));
}
