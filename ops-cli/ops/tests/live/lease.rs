//! One reconcile of an environment at a time.

use insta::assert_snapshot;

use crate::filters;
use crate::fixture::{Fixture, PORT, until};

#[test]
fn the_second_reconcile_is_told_who_is_at_work_and_may_wait() {
    let _filters = filters::bind();
    let fixture = Fixture::slow();
    fixture.build("1.0.0", PORT);
    let first = fixture.spawn(&["reconcile", "dev", "--yes"]);
    until("api rolls out", || fixture.account.rolls_out("dev", "api"));
    let second = fixture.ops(&["reconcile", "dev", "--yes"]);
    assert!(second.stderr.contains(&format!("process {} on ", first.process())), "{second}");
    assert_snapshot!("lease_held", second);
    let json = fixture.json(&["reconcile", "dev", "--yes"]);
    assert_eq!((&json["schema_version"], &json["error"]["kind"]), (&1.into(), &"lease".into()));

    let waiting = fixture.spawn(&["reconcile", "dev", "--yes", "--wait", "60"]);
    let first = fixture.finish(first);
    assert_eq!(first.exit_code, Some(0), "{first}");
    assert_snapshot!("waited_for_the_lease", fixture.finish(waiting));
    assert_eq!(fixture.account.rollouts("dev", "api"), ["SUCCESSFUL"]);
}

#[test]
fn a_lease_is_shown_and_broken_with_a_reason() {
    let _filters = filters::bind();
    let fixture = Fixture::slow();
    fixture.build("1.0.0", PORT);
    assert_snapshot!("lease_free", fixture.ops(&["lease", "dev"]));
    assert_snapshot!("lease_nothing_to_break", fixture.ops(&["lease", "dev", "--break", "--reason", "it hangs"]));
    let first = fixture.spawn(&["reconcile", "dev", "--yes"]);
    until("api rolls out", || fixture.account.rolls_out("dev", "api"));
    let held = fixture.json(&["lease", "dev"]);
    assert_eq!((&held["standing"], &held["holder"]["process"]), (&"held".into(), &first.process().into()));
    assert_snapshot!("lease_without_reason", fixture.ops(&["lease", "dev", "--break"]));
    assert_snapshot!("lease_broken", fixture.ops(&["lease", "dev", "--break", "--reason", "it hangs"]));
    // Whoever held it ends, at the latest when it would renew; the next is held up by nobody.
    fixture.finish(first);
    assert_eq!(fixture.ops(&["reconcile", "dev", "--yes"]).exit_code, Some(0));
}
