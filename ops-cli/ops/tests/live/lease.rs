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
