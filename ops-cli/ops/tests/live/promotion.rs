//! What runs healthy in dev, into prod's builds.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use insta::assert_snapshot;

use crate::filters;
use crate::fixture::{Fixture, PORT};

const PROD: &str = "infra/environments/prod/builds.yaml";

#[test]
fn a_promotion_is_one_commit_with_its_evidence() {
    let _filters = filters::bind();
    let fixture = Fixture::deployed();
    let (before, pushed) = fixture.team.commits();
    assert_snapshot!("promoted", fixture.ops(&["promote", "dev", "prod"]));
    assert_snapshot!("promotion_commit", fixture.team.git_succeeds(&["show", "--format=%an <%ae>%n%n%B", "HEAD"]));
    assert_eq!(fixture.team.git_succeeds(&["rev-list", "--count", "HEAD~1"]), before, "one commit");
    assert_eq!(fixture.team.commits().1, pushed, "it is pushed only when asked");
    let records = fixture.json(&["history", "dev"]);
    let evidence = records["records"][0]["id"].as_str().expect("an id").to_owned();
    assert!(fixture.team.read(PROD).contains(&format!("evidence: {evidence}\n")), "{}", fixture.team.read(PROD));

    let (before, _) = fixture.team.commits();
    assert_snapshot!("nothing_to_promote", fixture.ops(&["promote", "dev", "prod"]));
    let json = fixture.json(&["promote", "dev", "prod"]);
    assert_eq!((&json["schema_version"], &json["commit"]), (&1.into(), &serde_json::Value::Null));
    assert_eq!(fixture.team.commits().0, before);
}

#[test]
fn a_promotion_is_pushed_whole_or_leaves_nothing() {
    let _filters = filters::bind();
    let fixture = Fixture::deployed();
    fixture.team.git_succeeds(&["push", "--quiet", "origin", "main"]);

    push_from_elsewhere(&fixture, "README.md", "theirs\n");
    // What they did has nothing to do with prod: the commit goes on top of it.
    assert_snapshot!("promoted_and_pushed", fixture.ops(&["promote", "dev", "prod", "--push"]));
    let (here, there) = fixture.team.commits();
    assert_eq!(here, there);
    assert_eq!(fixture.team.read("README.md"), "theirs\n");
    let deployed = fixture.ops(&["reconcile", "prod", "--yes", "--quiet"]);
    assert_eq!(deployed.exit_code, Some(0), "{deployed}");
    assert_eq!(fixture.account.services("prod"), ["api", "worker"]);
}

#[test]
fn a_promotion_into_what_somebody_changed_meanwhile_leaves_nothing() {
    let _filters = filters::bind();
    let fixture = Fixture::deployed();
    fixture.team.git_succeeds(&["push", "--quiet", "origin", "main"]);
    let declared = fixture.team.read("infra/environments/prod/environment.yaml");
    push_from_elsewhere(&fixture, "infra/environments/prod/environment.yaml", &format!("{declared}# theirs\n"));

    let before = (fixture.team.commits(), fixture.team.read(PROD));
    assert_snapshot!("push_rejected", fixture.ops(&["promote", "dev", "prod", "--push"]));
    assert_eq!((fixture.team.commits(), fixture.team.read(PROD)), before, "nothing is left of it");
    assert_eq!(fixture.team.changed_files(), "");
}

#[test]
fn a_promotion_for_somebody_to_look_at_is_a_pull_request() {
    let _filters = filters::bind();
    let fixture = Fixture::deployed();
    fixture.team.git_succeeds(&["push", "--quiet", "origin", "main"]);
    let before = (fixture.team.commits(), fixture.team.read(PROD));
    let mut without = fixture.command(&["promote", "dev", "prod", "--pr"]);
    without.env("PATH", fixture.team.path_without("gh"));
    assert_snapshot!("no_gh", fixture.run(&without.output().expect("ops starts")));
    fixture.team.git_succeeds(&["push", "--quiet", "origin", ":ops/promote-prod-app-1.0.0"]);

    // GitHub is not to be had in a test: what it would be asked for is written down.
    fixture.team.edit("prod", "count: 2", "count: 3");
    fixture.team.commit_all("One more");
    let programs = fixture.team.folder().join("programs");
    let asked = fixture.team.folder().join("asked");
    write_program(
        &programs,
        "gh",
        &format!("printf '%s\\n' \"$@\" >{}\necho https://github.invalid/pull/1\n", asked.display()),
    );
    let mut path = programs.into_os_string();
    path.push(":");
    path.push(fixture.team.path_without("gh"));
    let mut proposed = fixture.command(&["promote", "dev", "prod", "--pr"]);
    proposed.env("PATH", path);
    assert_snapshot!("proposed", fixture.run(&proposed.output().expect("ops starts")));
    assert_snapshot!("asked_of_github", fs::read_to_string(&asked).expect("what was asked"));
    assert_eq!(fixture.team.read(PROD), before.1, "ours is as it was");
    assert_eq!(fixture.team.changed_files(), "");
}

fn write_program(folder: &Path, name: &str, script: &str) {
    fs::create_dir_all(folder).expect("a folder");
    let program = folder.join(name);
    fs::write(&program, format!("#!/bin/sh\n{script}")).expect("a program");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("it can be run");
}

/// Somebody else pushes meanwhile.
fn push_from_elsewhere(fixture: &Fixture, path: &str, content: &str) {
    let elsewhere = fixture.team.folder().join("elsewhere").to_string_lossy().into_owned();
    let bare = fixture.team.bare().to_string_lossy().into_owned();
    fixture.team.git_succeeds(&["clone", "--quiet", &bare, &elsewhere]);
    fs::write(fixture.team.folder().join("elsewhere").join(path), content).expect("a file");
    for arguments in [&["add", "--all"][..], &["commit", "--quiet", "--message=Theirs"], &["push", "--quiet"]] {
        fixture.team.git_succeeds(&[&["-C", &elsewhere], arguments].concat());
    }
}

#[test]
fn what_does_not_run_is_not_promoted() {
    let _filters = filters::bind();
    let fixture = Fixture::start();
    assert_snapshot!("no_build_to_promote", fixture.ops(&["promote", "dev", "prod"]));
    fixture.build("1.0.0", PORT);
    assert_snapshot!("build_not_deployed", fixture.ops(&["promote", "dev", "prod"]));
    assert_eq!(fixture.team.changed_files(), "");
}
