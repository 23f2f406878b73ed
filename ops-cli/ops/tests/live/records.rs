//! Records that can be trusted, and what they say about deliveries.

use insta::assert_snapshot;
use serde_json::json;

use crate::filters;
use crate::fixture::{Fixture, PORT, WRONG_PORT};

const BUCKET: &str = "slipway-dev-ops";

fn ids(fixture: &Fixture) -> Vec<String> {
    let history = fixture.json(&["history", "dev"]);
    let records = history["records"].as_array().expect("records").iter();
    records.map(|record| record["id"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn records_are_verified_and_whatever_was_done_to_one_is_said() {
    let _filters = filters::bind();
    let fixture = Fixture::deployed();
    assert_snapshot!("none_to_verify", fixture.ops(&["history", "prod", "--verify"]));
    for _ in 0..2 {
        assert_eq!(fixture.ops(&["reconcile", "dev", "--yes"]).exit_code, Some(0));
    }
    let whole = fixture.ops(&["history", "dev", "--verify"]);
    let end = whole.stdout.lines().find_map(|line| line.strip_prefix("it ends with ")).expect("an end").to_owned();
    assert_snapshot!("whole", whole);
    let known = fixture.ops(&["history", "dev", "--verify", "--contains", &end, "--quiet"]);
    assert_eq!(known.exit_code, Some(0), "{known}");

    let ids = ids(&fixture);
    let key = format!("records/{}.json", ids[2]);
    let mut record = fixture.account.get_object(BUCKET, &key);
    record["actor"]["arn"] = json!("arn:aws:iam::000000000000:user/somebody-else");
    fixture.account.put_object(BUCKET, &key, &record);
    fixture.account.delete_object(BUCKET, &format!("records/{}.json", ids[0]));
    let elsewhere = "01AAAAAAAAAAAAAAAAAAAAAAAA";
    assert_snapshot!("broken", fixture.ops(&["history", "dev", "--verify", "--contains", elsewhere]));
    let document = fixture.json(&["history", "dev", "--verify"]);
    let found: Vec<_> = document["breaks"].as_array().expect("breaks").iter().map(|it| it["break"].clone()).collect();
    assert_eq!((&document["whole"], json!(found)), (&json!(false), json!(["changed", "missing"])), "{document:#}");
    assert_snapshot!("no_digest", fixture.ops(&["history", "dev", "--verify", "--contains", "01AA@sha256:12"]));
}

#[test]
fn environments_are_overlooked_and_deliveries_measured() {
    let _filters = filters::bind();
    let fixture = Fixture::deployed();
    fixture.build("2.0.0", WRONG_PORT);
    assert_eq!(fixture.ops(&["reconcile", "dev", "--yes"]).exit_code, Some(4));
    assert_snapshot!("all", fixture.ops(&["status", "--all"]));
    assert_snapshot!("dora", fixture.ops(&["report", "dora"]));
    fixture.build("3.0.0", PORT);
    assert_eq!(fixture.ops(&["reconcile", "dev", "--yes"]).exit_code, Some(0));
    let document = fixture.json(&["report", "dora", "dev", "--days", "7"]);
    let dev = &document["environments"][0];
    assert_eq!(dev["deployments"], json!({"succeeded": 2, "failed": 1, "without_verdict": 0}), "{document:#}");
    assert_eq!((&dev["time_to_restore"]["values"], &dev["failing_since"]), (&json!(1), &json!(null)));

    fixture.account.delete_object("slipway-prod-ops", "platform.json");
    let all = fixture.ops(&["status", "--all"]);
    assert_eq!(all.exit_code, Some(1), "{all}");
    assert_snapshot!("all_but_one", all);
    let document = fixture.json(&["status", "--all"]);
    assert_eq!(document["environments"][0]["last_record"]["outcome"], "succeeded", "{document:#}");
}
