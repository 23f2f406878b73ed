//! Live state that a person changed by hand.

use insta::assert_snapshot;
use serde_json::json;

use crate::filters;
use crate::fixture::{Fixture, PORT};

#[test]
fn a_change_made_by_hand_is_named_and_mended() {
    let _filters = filters::bind();
    let fixture = Fixture::deployed();
    let in_sync = fixture.ops(&["plan", "dev", "--exit-code"]);
    assert_snapshot!("in_sync", in_sync);

    let by_hand = json!({"cluster": "slipway-dev", "service": "api", "desiredCount": 5});
    fixture.account.ecs("UpdateService", by_hand);
    assert_snapshot!("drift", fixture.ops(&["plan", "dev", "--exit-code"]));
    assert_eq!(fixture.ops(&["plan", "dev"]).exit_code, Some(0), "a difference is no error");
    let plan = fixture.json(&["plan", "dev"]);
    assert_eq!((&plan["schema_version"], &plan["in_sync"]), (&json!(1), &json!(false)));
    let difference = json!({"path": "count", "live": "5", "declared": "2", "class": "in_place"});
    assert_eq!(plan["changes"][0]["differences"], json!([difference]), "{plan:#}");

    assert_snapshot!("mended", fixture.ops(&["reconcile", "dev", "--yes"]));
    assert_eq!(fixture.account.service("dev", "api")["desiredCount"], 2);
    let after = fixture.ops(&["plan", "dev", "--exit-code"]);
    assert_eq!((after.exit_code, &after.stdout), (Some(0), &in_sync.stdout));
    assert_eq!(fixture.json(&["plan", "dev"])["in_sync"], true);
    assert_snapshot!("nothing_to_do", fixture.ops(&["reconcile", "dev", "--yes"]));
}

#[test]
fn a_plan_is_the_same_twice_in_every_form() {
    let _filters = filters::bind();
    let fixture = Fixture::deployed();
    fixture.account.ecs("UpdateService", json!({"cluster": "slipway-dev", "service": "api", "desiredCount": 5}));
    fixture.build("1.1.0", PORT);
    for form in ["human", "json", "markdown"] {
        let plan = || fixture.ops(&["plan", "dev", "--output", form]).stdout;
        assert_eq!(plan(), plan(), "{form}");
    }
    assert_snapshot!("for_a_pull_request", fixture.ops(&["plan", "dev", "--output", "markdown"]));
}
