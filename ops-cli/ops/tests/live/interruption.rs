//! A reconcile that ends before its rollout does.

use insta::assert_snapshot;

use crate::filters;
use crate::fixture::{Fixture, PORT, until};

#[test]
fn a_killed_reconcile_is_taken_up_where_it_was() {
    let _filters = filters::bind();
    let fixture = Fixture::slow();
    fixture.build("1.0.0", PORT);
    let killed = fixture.spawn(&["reconcile", "dev", "--yes"]);
    until("api rolls out", || fixture.account.rolls_out("dev", "api"));
    killed.kill();
    assert!(!fixture.account.get_object("slipway-dev-ops", "lease.json")["held"].is_null(), "its lease is left");
    assert!(fixture.account.rolls_out("dev", "api"), "killed in the middle");

    assert_snapshot!("after_a_kill", fixture.ops(&["reconcile", "dev", "--yes"]));
    assert_eq!(fixture.account.rollouts("dev", "api"), ["SUCCESSFUL"], "no second one of the same revision");
    assert_eq!(fixture.account.rollouts("dev", "worker"), ["SUCCESSFUL"]);
    assert!(fixture.account.get_object("slipway-dev-ops", "lease.json")["held"].is_null());
    assert_eq!(fixture.ops(&["plan", "dev", "--exit-code"]).exit_code, Some(0));
}

#[test]
fn ctrl_c_lets_go_and_the_next_reconcile_follows() {
    let _filters = filters::bind();
    let fixture = Fixture::slow();
    fixture.build("1.0.0", PORT);
    let mut running = fixture.spawn(&["reconcile", "dev", "--yes"]);
    running.until_it_says("api: rolling out");
    running.interrupt();
    assert_snapshot!("interrupted", fixture.finish(running));
    assert!(fixture.account.get_object("slipway-dev-ops", "lease.json")["held"].is_null(), "the lease is free");

    let followed = fixture.ops(&["reconcile", "dev", "--yes"]);
    assert_eq!(followed.exit_code, Some(0), "{followed}");
    assert_eq!(fixture.account.rollouts("dev", "api"), ["SUCCESSFUL"]);
}
