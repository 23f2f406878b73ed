//! A plan that may not run.

use insta::assert_snapshot;

use crate::filters;
use crate::fixture::{Fixture, PORT};

#[test]
fn terraform_behind_the_declaration_holds_the_plan() {
    let _filters = filters::bind();
    let fixture = Fixture::start();
    fixture.build("1.0.0", PORT);
    fixture.team.edit("dev", "path: /readyz", "path: /healthz");
    fixture.team.commit_all("Ask another path");
    assert_snapshot!("held", fixture.ops(&["reconcile", "dev", "--yes"]));
    assert_eq!(fixture.account.services("dev"), Vec::<String>::new());
    assert_snapshot!("plan_held", fixture.ops(&["plan", "dev", "--exit-code"]));
    let plan = fixture.json(&["plan", "dev"]);
    assert_eq!(plan["gates"][0]["gate"], "terraform_behind", "{plan:#}");
}
