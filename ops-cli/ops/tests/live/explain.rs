//! What a person reads who was woken up.

use insta::assert_snapshot;

use crate::filters;
use crate::fixture::{Fixture, PORT, WRONG_PORT, until};

/// A second build that fails, and what is said about it afterwards.
fn failed_build(name: &str, build: impl FnOnce(&Fixture)) {
    let _filters = filters::bind();
    let fixture = Fixture::deployed();
    build(&fixture);
    assert_eq!(fixture.ops(&["reconcile", "dev", "--yes"]).exit_code, Some(4));
    assert_snapshot!(name, fixture.ops(&["explain", "dev"]));
}

#[test]
fn a_crashing_image() {
    failed_build("crashing_image", |fixture| {
        let labels = [("exit-code", "1"), ("log", "cannot connect to mysql://database:3306: access denied")];
        fixture.build_of("app", "2.0.0", PORT, &labels);
    });
}

#[test]
fn a_missing_image() {
    failed_build("missing_image", |fixture| {
        let image = format!(
            "app=000000000000.dkr.ecr.ap-northeast-2.amazonaws.com/slipway/app@sha256:{}",
            "0123456789abcdef".repeat(4)
        );
        let promoted = fixture.ops(&["promote", "dev", "--image", &image, "--build-version", "2.0.0"]);
        assert_eq!(promoted.exit_code, Some(0), "{promoted}");
    });
}

#[test]
fn a_failing_health_check() {
    failed_build("failing_health_check", |fixture| fixture.build("2.0.0", WRONG_PORT));
}

#[test]
fn a_rollout_that_failed_while_nobody_looked() {
    let _filters = filters::bind();
    let fixture = Fixture::slow();
    fixture.build("1.0.0", PORT);
    let deployed = fixture.ops(&["reconcile", "dev", "--yes"]);
    assert_eq!(deployed.exit_code, Some(0), "{deployed}");
    fixture.build("2.0.0", WRONG_PORT);
    let killed = fixture.spawn(&["reconcile", "dev", "--yes"]);
    until("api rolls out", || fixture.account.rolls_out("dev", "api"));
    killed.kill();
    fixture.until_settled("dev", "api");
    assert_snapshot!("failed_unseen", fixture.ops(&["explain", "dev", "api"]));
    let told = fixture.json(&["explain", "dev", "api"]);
    assert_eq!(told["subjects"][0]["trouble"]["causes"][0]["class"], "health_check", "{told:#}");
}

#[test]
fn all_is_well() {
    let _filters = filters::bind();
    let fixture = Fixture::deployed();
    assert_snapshot!("nothing_to_explain", fixture.ops(&["explain", "dev"]));
    assert_snapshot!("one_that_is_well", fixture.ops(&["explain", "dev", "api"]));
    assert_snapshot!("no_such_name", fixture.ops(&["explain", "dev", "nobody"]));
}
