//! Nothing is changed that nobody agreed to, and nothing that is not in git.

use insta::assert_snapshot;

use crate::filters;
use crate::fixture::{Fixture, PORT};

#[test]
fn without_a_terminal_nobody_can_agree() {
    let _filters = filters::bind();
    let fixture = Fixture::start();
    fixture.build("1.0.0", PORT);
    assert_snapshot!("nobody_to_ask", fixture.ops(&["reconcile", "dev"]));
    assert_eq!(fixture.account.services("dev"), Vec::<String>::new());
    assert_eq!(fixture.account.objects("slipway-dev-ops"), ["platform.json"]);

    fixture.team.edit("dev", "count: 2", "count: 3");
    assert_snapshot!("uncommitted_plan", fixture.ops(&["plan", "dev"]));
    let refused = fixture.ops(&["reconcile", "dev", "--yes"]);
    assert_eq!(refused.exit_code, Some(1), "{refused}");
    assert_eq!(fixture.account.services("dev"), Vec::<String>::new());
    assert_snapshot!("what_is_committed", fixture.ops(&["reconcile", "dev", "--yes", "--commit", "HEAD", "--stats"]));
    assert_eq!(fixture.account.service("dev", "api")["desiredCount"], 2, "as it is committed");
}
