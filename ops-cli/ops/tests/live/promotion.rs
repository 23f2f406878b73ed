//! What runs healthy in dev, into prod's builds.

use std::fs;

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

    // Somebody else pushes meanwhile.
    let elsewhere = fixture.team.folder().join("elsewhere").to_string_lossy().into_owned();
    let bare = fixture.team.bare().to_string_lossy().into_owned();
    fixture.team.git_succeeds(&["clone", "--quiet", &bare, &elsewhere]);
    fs::write(fixture.team.folder().join("elsewhere/README.md"), "theirs\n").expect("a file");
    for arguments in [&["add", "--all"][..], &["commit", "--quiet", "--message=Theirs"], &["push", "--quiet"]] {
        fixture.team.git_succeeds(&[&["-C", &elsewhere], arguments].concat());
    }

    let before = (fixture.team.commits(), fixture.team.read(PROD));
    assert_snapshot!("push_rejected", fixture.ops(&["promote", "dev", "prod", "--push"]));
    assert_eq!((fixture.team.commits(), fixture.team.read(PROD)), before, "nothing is left of it");
    assert_eq!(fixture.team.changed_files(), "");

    fixture.team.git_succeeds(&["pull", "--quiet", "--rebase"]);
    assert_snapshot!("promoted_and_pushed", fixture.ops(&["promote", "dev", "prod", "--push"]));
    let (here, there) = fixture.team.commits();
    assert_eq!(here, there);
    let deployed = fixture.ops(&["reconcile", "prod", "--yes", "--quiet"]);
    assert_eq!(deployed.exit_code, Some(0), "{deployed}");
    assert_eq!(fixture.account.services("prod"), ["api", "worker"]);
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
