//! `git push` deploys.

use insta::assert_snapshot;

use crate::filters;
use crate::fixture::{Fixture, PORT, Team};

#[test]
fn a_push_reconciles_what_it_changed_and_a_faulty_one_is_refused() {
    let _filters = filters::bind();
    let fixture = Fixture::start();
    let bare = fixture.team.bare().to_string_lossy().into_owned();
    assert_snapshot!("hooks_installed", fixture.ops(&["hook", "install", &bare]));
    let again = fixture.ops(&["hook", "install", &bare]);
    assert_eq!(again.exit_code, Some(0), "{again}");

    fixture.build("1.0.0", PORT);
    let push = fixture.git(&["push", "origin", "main"]);
    for progress in ["remote: api: rolling out: ", "/2 running, "] {
        assert!(push.stderr.contains(progress), "{push}");
    }
    assert_snapshot!("first_push", push);
    assert_eq!(fixture.account.services("dev"), ["api", "worker"]);
    assert_eq!(fixture.account.services("prod"), Vec::<String>::new());
    assert!(!fixture.account.objects("slipway-prod-ops").iter().any(|key| key != "platform.json"));

    fixture.team.write("README.md", "nothing that ops reads\n");
    fixture.team.commit_all("Say more");
    assert_snapshot!("push_of_something_else", fixture.git(&["push", "origin", "main"]));

    let (_, before) = fixture.team.commits();
    let objects = fixture.account.objects("slipway-dev-ops");
    fixture.team.edit("dev", "count: 2", "count: many");
    fixture.team.commit_all("Ask for too much");
    assert_snapshot!("push_with_a_fault", fixture.git(&["push", "origin", "main"]));
    assert_eq!(fixture.team.commits().1, before, "nothing was accepted");
    assert_eq!(fixture.account.objects("slipway-dev-ops"), objects, "nothing was reconciled");
}

#[test]
fn hooks_of_somebody_else_stay_unless_forced() {
    let _filters = filters::bind();
    let team = Team::usual(Vec::new());
    let bare = team.bare().to_string_lossy().into_owned();
    let hook = team.bare().join("hooks/post-receive");
    std::fs::create_dir_all(hook.parent().expect("a folder")).expect("a folder");
    std::fs::write(&hook, "#!/bin/sh\necho theirs\n").expect("a hook");
    let ops = |arguments: &[&str]| team.run(&team.ops(arguments).output().expect("ops starts"));

    assert_snapshot!("foreign_hook", ops(&["hook", "install", &bare]));
    assert_eq!(std::fs::read_to_string(&hook).expect("a hook"), "#!/bin/sh\necho theirs\n");
    assert!(!team.bare().join("hooks/pre-receive").exists(), "neither is installed");
    let forced = ops(&["hook", "install", &bare, "--force"]);
    assert_eq!(forced.exit_code, Some(0), "{forced}");
    assert!(std::fs::read_to_string(&hook).expect("a hook").contains("hook run post-receive"));
}

#[test]
fn hooks_go_into_a_bare_repository() {
    let _filters = filters::bind();
    let team = Team::usual(Vec::new());
    let ops = |arguments: &[&str]| team.run(&team.ops(arguments).output().expect("ops starts"));
    assert_snapshot!("hook_into_a_clone", ops(&["hook", "install", "."]));
    let home = team.folder().join("home").to_string_lossy().into_owned();
    assert_snapshot!("hook_into_no_repository", ops(&["hook", "install", &home]));
}
