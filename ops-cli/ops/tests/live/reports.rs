//! What runs where, and what was done.

use insta::assert_snapshot;
use serde_json::json;

use crate::filters;
use crate::fixture::Fixture;

#[test]
fn status_and_history_say_what_runs_and_how_it_came_to() {
    let _filters = filters::bind();
    let fixture = Fixture::deployed();
    assert_snapshot!("status", fixture.ops(&["status"]));
    let status = fixture.json(&["status", "dev"]);
    assert_eq!((&status["schema_version"], status["environments"].as_array().map(Vec::len)), (&json!(1), Some(1)));
    assert_eq!(status["environments"][0]["services"][0]["standing"], "in_sync", "{status:#}");

    assert_snapshot!("history", fixture.ops(&["history", "dev"]));
    assert_snapshot!("history_empty", fixture.ops(&["history", "prod"]));
    let history = fixture.json(&["history", "dev"]);
    let id = history["records"][0]["id"].as_str().expect("an id").to_owned();
    assert_snapshot!("record", fixture.ops(&["history", "dev", &id]));
    assert_eq!(fixture.json(&["history", "dev", &id])["outcome"], "succeeded");
    assert_snapshot!("no_such_record", fixture.ops(&["history", "dev", "01AAAAAAAAAAAAAAAAAAAAAAAA"]));
}
