//! A deployment that waits for a person, and the look at the account before one.

use insta::assert_snapshot;

use crate::filters;
use crate::fixture::{Fixture, PORT};

const PAUSED: &str = "  api:
    artifact: app
    command: [serve]
    cpu: 256
    memory: 512
    count: 1
    port: 8080
    public: { path: /*, health: { path: /readyz, interval_seconds: 5, timeout_seconds: 2 } }
    deployment:
      strategy: blue_green
      bake_minutes: 1
      grace_seconds: 0
      timeout_seconds: 300
      pauses: [{ at: post_scale_up }]
";

#[test]
fn a_paused_deployment_goes_on_or_back_when_a_person_says_so() {
    let _filters = filters::bind();
    let fixture = Fixture::start_with(PAUSED);
    fixture.build("1.0.0", PORT);
    let first = fixture.ops(&["reconcile", "dev", "--yes"]);
    assert_eq!(first.exit_code, Some(10), "{first}");
    let again = fixture.ops(&["reconcile", "dev", "--yes"]);
    assert_eq!(again.exit_code, Some(10), "the second one finds it waiting: {again}");
    assert_snapshot!("nobody_to_ask", fixture.ops(&["continue", "dev", "api"]));
    let on = fixture.ops(&["continue", "dev", "api", "--yes"]);
    assert_eq!(on.exit_code, Some(0), "{on}");
    assert_eq!(fixture.json(&["plan", "dev"])["in_sync"], true);
    assert_snapshot!("nothing_waits", fixture.ops(&["continue", "dev", "api", "--yes"]));

    fixture.build("2.0.0", PORT);
    let second = fixture.ops(&["reconcile", "dev", "--yes"]);
    assert_eq!(second.exit_code, Some(10), "{second}");
    let back = fixture.ops(&["continue", "dev", "api", "--rollback", "--yes"]);
    assert_eq!(back.exit_code, Some(0), "it was asked for: {back}");
    assert!(back.stdout.contains("rolled back"), "{back}");
    let history = fixture.json(&["history", "dev"]);
    let operations: Vec<_> =
        history["records"].as_array().expect("records").iter().map(|it| &it["operation"]).collect();
    assert_eq!(operations[0], "take_back", "{history:#}");
}

#[test]
fn the_account_is_looked_at_before_anything_is_changed() {
    let fixture = Fixture::start_with(PAUSED);
    fixture.build("1.0.0", PORT);
    let found = fixture.json(&["check", "dev", "--live"]);
    let verdicts: Vec<String> = found["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|it| {
            let text = |name: &str| it[name].as_str().unwrap_or_default().to_owned();
            format!("{} {}: {}", text("verdict"), text("subject"), text("check"))
        })
        .collect();
    assert!(verdicts.iter().any(|it| it.starts_with("ok api: image ")), "{found:#}");
    // Nobody has made the roles of this account.
    assert!(verdicts.iter().any(|it| it.starts_with("failed api: ") && it.contains("role")), "{found:#}");
    assert_eq!(fixture.ops(&["check", "dev", "--live"]).exit_code, Some(1));
    assert!(fixture.account.service("dev", "api").is_null());
}
