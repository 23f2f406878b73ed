//! A plan in a file, approved by somebody: exactly it, or nothing.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::filters;
use crate::fixture::{Fixture, PORT};

const RECONCILE: [&str; 4] = ["reconcile", "dev", "--plan", "plan.json"];

#[test]
fn exactly_what_was_approved_is_carried_out_once() {
    let _filters = filters::bind();
    let fixture = Fixture::deployed();
    fixture.build("1.1.0", PORT);
    assert_snapshot!("plan_kept", fixture.ops(&["plan", "dev", "--out", "plan.json"]));

    let by_hand = |count: u32| {
        let update = json!({"cluster": "slipway-dev", "service": "api", "desiredCount": count});
        fixture.account.ecs("UpdateService", update);
        fixture.until_settled("dev", "api");
    };
    let before = fixture.account.service("dev", "api")["taskDefinition"].clone();
    by_hand(3);
    assert_snapshot!("live_state_moved", fixture.ops(&RECONCILE));
    by_hand(2);

    fixture.team.edit("dev", "count: 2", "count: 4");
    fixture.team.commit_all("More of them");
    assert_snapshot!("git_moved", fixture.ops(&RECONCILE));
    assert_eq!(fixture.account.service("dev", "api")["taskDefinition"], before, "nothing was done");

    let approved = fixture.ops(&[&RECONCILE[..], &["--commit", "HEAD^"]].concat());
    assert_eq!(approved.exit_code, Some(0), "{approved}");
    assert_eq!(fixture.account.service("dev", "api")["desiredCount"], 2, "as it was when the plan was made");
    let again = fixture.ops(&[&RECONCILE[..], &["--commit", "HEAD^"]].concat());
    assert_snapshot!("approved_plan_twice", again);
    let outcomes: Vec<_> = fixture.json(&["history", "dev"])["records"]
        .as_array()
        .expect("records")
        .iter()
        .take(3)
        .map(|record| record["outcome"].clone())
        .collect();
    assert_eq!(outcomes, ["failed", "succeeded", "failed"], "what was refused under the lease is on record too");
}

#[test]
fn who_approves_a_plan_has_seen_what_it_deletes() {
    let fixture = Fixture::deployed();
    let path = "infra/environments/dev/environment.yaml";
    let declared = fixture.team.read(path);
    let (kept, _) = declared.split_once("services:\n").expect("services");
    let kept = kept.replace("  api:\n    - from: load_balancer\n      port: 8080\n", "");
    fixture.team.write(path, &format!("{kept}services: {{}}\n"));
    fixture.team.commit_all("Remove everything");
    let kept = fixture.ops(&["plan", "dev", "--out", "plan.json"]);
    assert_eq!(kept.exit_code, Some(0), "{kept}");
    let approved = fixture.ops(&RECONCILE);
    assert_eq!(approved.exit_code, Some(0), "{approved}");
    assert_eq!(fixture.account.services("dev"), Vec::<String>::new());
}

#[test]
fn what_is_not_the_plan_is_refused() {
    let _filters = filters::bind();
    let fixture = Fixture::start();
    fixture.build("1.0.0", PORT);
    assert_eq!(fixture.ops(&["plan", "dev", "--out", "plan.json"]).exit_code, Some(0));
    let kept: Value = serde_json::from_str(&fixture.team.read("plan.json")).expect("JSON");
    let with = |change: &dyn Fn(&mut Value)| {
        let mut altered = kept.clone();
        change(&mut altered);
        fixture.team.write("plan.json", &altered.to_string());
        fixture.ops(&RECONCILE)
    };
    let altered = with(&|plan| plan["plan"]["waves"] = json!([]));
    assert_snapshot!("altered_plan", altered);
    let refused = [
        with(&|plan| plan["environment"] = "prod".into()),
        with(&|plan| plan["version"] = 2.into()),
        with(&|plan| *plan = json!({"version": 1})),
        fixture.ops(&["reconcile", "dev", "--plan", "elsewhere.json"]),
        fixture.ops(&[&RECONCILE[..], &["--only", "service"]].concat()),
        fixture.ops(&["plan", "dev", "--out", "nowhere/plan.json"]),
    ];
    assert_snapshot!("not_the_plan", refused.map(|run| run.to_string()).join("\n"));
    assert_eq!(fixture.account.services("dev"), Vec::<String>::new());
}
