//! A reconcile that ends before its rollout does.

use insta::assert_snapshot;
use serde_json::json;
use xtask::proxy::Moment;

use crate::filters;
use crate::fixture::{Fixture, LIMIT, PORT, until};

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

#[test]
fn the_first_ctrl_c_finishes_the_call_and_the_second_waits_for_nothing() {
    let fixture = Fixture::start();
    fixture.build("1.0.0", PORT);
    let proxy = fixture.proxy();
    let outcomes = || {
        let records = fixture.json(&["history", "dev"])["records"].take();
        records.as_array().expect("records").iter().map(|record| record["outcome"].clone()).collect::<Vec<_>>()
    };

    let call = proxy.hold("ecs:CreateService", "", Moment::Before);
    let mut once = fixture.spawn_through(&proxy, &["reconcile", "dev", "--yes"]);
    call.wait(LIMIT).expect("it creates a service");
    once.interrupt();
    once.until_it_says("letting go");
    call.release();
    let once = fixture.finish(once);
    assert_eq!(once.exit_code, Some(130), "{once}");
    assert_eq!(fixture.account.rollouts("dev", "api").len(), 1, "the call was finished");
    assert_eq!(outcomes(), [json!("interrupted")]);

    let call = proxy.hold("ecs:DescribeServices", "", Moment::Before);
    let mut twice = fixture.spawn_through(&proxy, &["reconcile", "dev", "--yes"]);
    call.wait(LIMIT).expect("it looks at services");
    twice.interrupt();
    twice.until_it_says("letting go");
    twice.interrupt();
    let twice = fixture.finish(twice);
    assert_eq!(twice.exit_code, Some(130), "{twice}");
    assert!(twice.stderr.contains("interrupted twice"), "{twice}");
    assert_eq!(outcomes(), [json!("interrupted")], "it waited for nothing");

    let followed = fixture.ops(&["reconcile", "dev", "--yes"]);
    assert_eq!(followed.exit_code, Some(0), "{followed}");
    assert_eq!(fixture.account.rollouts("dev", "api"), ["SUCCESSFUL"], "no second one");
    let verified = fixture.ops(&["history", "dev", "--verify"]);
    assert_eq!(verified.exit_code, Some(0), "{verified}");
}
