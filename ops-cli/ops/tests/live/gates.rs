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

/// Adds gates to an environment's declaration.
fn declare_gates(fixture: &Fixture, environment: &str, gates: &str) {
    let path = format!("infra/environments/{environment}/environment.yaml");
    fixture.team.write(&path, &format!("{}gates:\n{gates}", fixture.team.read(&path)));
    fixture.team.commit_all("Declare gates");
}

#[test]
fn a_frozen_environment_is_deployed_into_by_who_says_why_and_by_nobody_else() {
    let _filters = filters::bind();
    let fixture = Fixture::start();
    fixture.build("1.0.0", PORT);
    declare_gates(&fixture, "dev", "  freeze: { reason: the holidays, until: \"2999-01-01T00:00:00Z\" }\n");
    assert_snapshot!("frozen", fixture.ops(&["reconcile", "dev", "--yes"]));
    assert_snapshot!("plan_frozen", fixture.ops(&["plan", "dev", "--exit-code"]));
    assert_snapshot!("plan_frozen_markdown", fixture.ops(&["plan", "dev", "--output", "markdown"]));
    assert_eq!(fixture.json(&["plan", "dev"])["gates"][0]["gate"], "freeze");
    assert_eq!(fixture.account.services("dev"), Vec::<String>::new());

    let unexplained = fixture.ops(&["reconcile", "dev", "--yes", "--override", "freeze"]);
    let unknown = fixture.ops(&["reconcile", "dev", "--yes", "--override", "terraform_behind", "--reason", "why not"]);
    assert_snapshot!("override_refused", format!("{unexplained}\n{unknown}"));

    let unasked = fixture.ops(&["reconcile", "dev", "--override", "freeze", "--reason", "the login is down"]);
    assert_eq!(unasked.exit_code, Some(1), "somebody has to be asked: {unasked}");
    assert_eq!(fixture.account.services("dev"), Vec::<String>::new());

    let explained = ["--override", "freeze", "--override", "windows", "--reason", "the login is down"];
    let overridden = fixture.ops(&[&["reconcile", "dev", "--yes"], &explained[..]].concat());
    assert_snapshot!("freeze_overridden", overridden);
    assert_eq!(fixture.account.services("dev"), ["api", "worker"]);
    let record = fixture.json(&["history", "dev"])["records"][0].clone();
    let expected = serde_json::json!([
        {"gate": "freeze", "reason": "the login is down", "held": true},
        {"gate": "windows", "reason": "the login is down", "held": false},
    ]);
    assert_eq!(record["overrides"], expected);
    let id = record["id"].as_str().expect("an id");
    assert_snapshot!("record_of_an_override", fixture.ops(&["history", "dev", id]));
    assert_snapshot!("in_sync_though_frozen", fixture.ops(&["reconcile", "dev", "--yes"]));
}

/// The gates are those of the moment, and no part of what was approved.
#[test]
fn a_plan_that_was_kept_is_held_as_any_other_and_has_not_moved_for_it() {
    let fixture = Fixture::start();
    fixture.build("1.0.0", PORT);
    declare_gates(&fixture, "dev", "  freeze: { reason: the holidays, until: \"2999-01-01T00:00:00Z\" }\n");
    assert_eq!(fixture.ops(&["plan", "dev", "--out", "plan.json", "--exit-code"]).exit_code, Some(3));
    let kept = ["reconcile", "dev", "--plan", "plan.json"];
    let held = fixture.ops(&kept);
    assert_eq!(held.exit_code, Some(3), "{held}");
    let done = fixture.ops(&[&kept[..], &["--override", "freeze", "--reason", "it is urgent"]].concat());
    assert_eq!(done.exit_code, Some(0), "{done}");
}

#[test]
fn a_build_comes_by_promotion_and_is_approved() {
    let _filters = filters::bind();
    let fixture = Fixture::deployed();
    declare_gates(&fixture, "prod", "  promotion: { from: dev, soak_minutes: 0, approvals: 1 }\n");
    let promoted = fixture.ops(&["promote", "dev", "prod"]);
    assert_eq!(promoted.exit_code, Some(0), "{promoted}");
    assert_snapshot!("not_approved", fixture.ops(&["reconcile", "prod", "--yes"]));
    assert_snapshot!("nobody_to_ask_for_approval", fixture.ops(&["approve", "prod"]));
    assert_snapshot!("approved", fixture.ops(&["approve", "prod", "--yes", "--reason", "tried it in dev"]));
    assert_snapshot!("approved_twice", fixture.ops(&["approve", "prod", "--yes"]));
    assert_snapshot!("approvals_not_asked_for", fixture.ops(&["approve", "dev", "--yes"]));
    let history = fixture.json(&["history", "prod"]);
    let approval = &history["records"][0];
    assert_eq!((&approval["operation"], &approval["reason"]), (&"approve".into(), &"tried it in dev".into()));
    assert_snapshot!("history_with_an_approval", fixture.ops(&["history", "prod"]));
    let id = approval["id"].as_str().expect("an id");
    assert_snapshot!("record_of_an_approval", fixture.ops(&["history", "prod", id]));
    let prod = fixture.json(&["status", "--all"])["environments"][1].clone();
    assert_eq!((&prod["environment"], &prod["last_record"]["outcome"]), (&"prod".into(), &"held".into()));

    let deployed = fixture.ops(&["reconcile", "prod", "--yes", "--quiet"]);
    assert_eq!(deployed.exit_code, Some(0), "{deployed}");
    assert_eq!(fixture.account.services("prod"), ["api", "worker"]);
}

#[test]
fn an_environment_that_waits_says_for_what_in_one_line() {
    let _filters = filters::bind();
    let fixture = Fixture::deployed();
    declare_gates(
        &fixture,
        "prod",
        "  alarms: [slipway-prod-errors]\n  promotion: { from: dev, soak_minutes: 1440 }\n",
    );
    let promoted = fixture.ops(&["promote", "dev", "prod"]);
    assert_eq!(promoted.exit_code, Some(0), "{promoted}");
    assert_snapshot!("waiting_in_one_line", fixture.ops(&["status", "--all"]));
    assert_snapshot!("waiting", fixture.ops(&["plan", "prod"]));
}
