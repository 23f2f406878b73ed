//! Tasks before services, by hand, and what they write.

use insta::assert_snapshot;
use serde_json::json;

use crate::filters;
use crate::fixture::{Fixture, PORT};

const MIGRATED: &str = "  api:
    artifact: app
    command: [serve]
    cpu: 256
    memory: 512
    count: 1
    port: 8080
    public: { path: /*, health: { path: /readyz, interval_seconds: 5, timeout_seconds: 2 } }
    deployment: { grace_seconds: 0, timeout_seconds: 120 }
tasks:
  migrate:
    artifact: migration
    command: [migrate]
    cpu: 256
    memory: 512
    before: [api]
    timeout_seconds: 60
";

/// Both artifacts have a build.
fn migrated(version: &str, labels: &[(&str, &str)]) -> Fixture {
    let fixture = Fixture::start_with(MIGRATED);
    fixture.build("1.0.0", PORT);
    fixture.build_of("migration", version, PORT, labels);
    fixture
}

#[test]
fn a_failed_migration_stops_the_wave_and_what_serves_goes_on() {
    let _filters = filters::bind();
    let fixture = migrated("1.0.0", &[("exit-code", "0"), ("log", "4 migrations applied")]);
    assert_snapshot!("migrated", fixture.ops(&["reconcile", "dev", "--yes"]));
    let before = fixture.account.service("dev", "api")["taskDefinition"].clone();

    fixture.build("2.0.0", PORT);
    fixture.build_of("migration", "2.0.0", PORT, &[("exit-code", "3"), ("log", "column is there already")]);
    assert_snapshot!("migration_failed", fixture.ops(&["reconcile", "dev", "--yes"]));
    assert_eq!(fixture.account.service("dev", "api")["taskDefinition"], before, "the service was touched");
    assert_snapshot!("migration_explained", fixture.ops(&["explain", "dev"]));

    fixture.build_of("migration", "2.0.1", PORT, &[("exit-code", "0")]);
    let mended = fixture.ops(&["reconcile", "dev", "--yes"]);
    assert_eq!(mended.exit_code, Some(0), "{mended}");
    assert_eq!(fixture.json(&["plan", "dev"])["in_sync"], true);
}

#[test]
fn a_migration_whose_reconcile_was_killed_is_found_and_not_run_twice() {
    let _filters = filters::bind();
    let fixture = migrated("1.0.0", &[("exit-code", "0"), ("run-seconds", "60")]);
    let mut killed = fixture.spawn(&["reconcile", "dev", "--yes"]);
    killed.until_it_says("task migrate: started");
    killed.kill();
    assert_snapshot!("migration_taken_up", fixture.ops(&["reconcile", "dev", "--yes", "--wait", "60"]));
    assert_eq!(fixture.account.tasks_of("dev", "slipway-dev-migrate").len(), 1);
}

#[test]
fn a_task_that_never_starts_says_why() {
    let _filters = filters::bind();
    let fixture = migrated("1.0.0", &[("run-failure", "RESOURCE:CPU")]);
    assert_snapshot!("never_starts", fixture.ops(&["reconcile", "dev", "--yes"]));
    assert!(fixture.account.service("dev", "api").is_null());
}

#[test]
fn a_missing_secret_changes_nothing_and_a_rotated_one_rolls_the_service() {
    let _filters = filters::bind();
    let declared = MIGRATED.replace("    public:", "    secrets: { API_KEY: \"ssm:/slipway/dev/key\" }\n    public:");
    let services = declared.split("tasks:").next().expect("services");
    let fixture = Fixture::start_with(services);
    fixture.build("1.0.0", PORT);
    assert_snapshot!("secret_missing", fixture.ops(&["reconcile", "dev", "--yes"]));
    assert_snapshot!("secret_missing_explained", fixture.ops(&["explain", "dev"]));
    assert!(fixture.account.service("dev", "api").is_null());

    fixture.account.put_parameter("/slipway/dev/key", "canary-4711");
    let run = fixture.ops(&["reconcile", "dev", "--yes"]);
    assert_eq!(run.exit_code, Some(0), "{run}");
    fixture.account.put_parameter("/slipway/dev/key", "canary-4712");
    let plan = fixture.ops(&["plan", "dev", "--exit-code"]);
    assert_snapshot!("secret_rotated", plan);
    let rolled = fixture.ops(&["reconcile", "dev", "--yes"]);
    assert_eq!(rolled.exit_code, Some(0), "{rolled}");
    assert_eq!(fixture.json(&["plan", "dev"])["in_sync"], true);
    for shown in [plan.stdout, rolled.stdout, rolled.stderr] {
        assert!(!shown.contains("canary"), "{shown}");
    }
}

#[test]
fn a_task_by_hand_shows_what_it_writes_and_ends_as_it_does() {
    let _filters = filters::bind();
    let fixture = migrated("1.0.0", &[("exit-code", "0"), ("log", "nothing to migrate")]);
    let run = fixture.ops(&["run", "dev", "migrate", "--", "migrate", "--dry-run"]);
    assert_eq!(run.exit_code, Some(0), "{run}");
    assert!(run.stderr.contains("nothing to migrate"), "{run}");
    let arn = &fixture.account.tasks_of("dev", "slipway-dev-migrate")[0];
    let task = fixture.account.ecs("DescribeTasks", json!({"cluster": "slipway-dev", "tasks": [arn]}));
    let command = &task["tasks"][0]["overrides"]["containerOverrides"][0]["command"];
    assert_eq!(command, &json!(["migrate", "--dry-run"]), "{task:#}");

    let logs = fixture.ops(&["logs", "dev", "migrate"]);
    assert_eq!(logs.exit_code, Some(0), "{logs}");
    assert!(logs.stdout.contains("nothing to migrate"), "{logs}");
    let line = fixture.json(&["logs", "dev", "migrate"]);
    assert_eq!((&line["container"], &line["text"]), (&json!("migrate"), &json!("nothing to migrate")), "{line:#}");
    assert_snapshot!("no_such_task", fixture.ops(&["run", "dev", "nothing"]));
    assert_snapshot!("no_such_log", fixture.ops(&["logs", "dev", "nothing"]));
}
