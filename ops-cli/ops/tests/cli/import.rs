use insta::assert_snapshot;
use serde_json::Value;

use crate::sandbox::Sandbox;

const CONFIGURATION: &str = "\
region: eu-west-1
cluster: shop
service: mailer
service_definition: service.json
task_definition: task.json
timeout: 10m
";

const SERVICE: &str = r#"{
  "desiredCount": 2, "launchType": "FARGATE",
  "networkConfiguration": {"awsvpcConfiguration": {"securityGroups": ["sg-1"], "subnets": ["subnet-1"]}}
}"#;

const TASK: &str = r#"{
  "family": "mailer", "cpu": "256", "memory": "512", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"],
  "executionRoleArn": "arn:aws:iam::123456789012:role/execution",
  "containerDefinitions": [{"name": "mailer", "image": "registry.example/mailer:7", "command": ["serve"]}]
}"#;

/// A repository with dev in it, and a directory of ecspresso.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::with_dev();
    sandbox.write("deploy/ecspresso.yml", CONFIGURATION);
    sandbox.write("deploy/service.json", SERVICE);
    sandbox.write("deploy/task.json", TASK);
    sandbox
}

const IMPORT: [&str; 5] = ["import", "--environment", "shop", "--ecspresso", "deploy"];

#[test]
fn a_directory_of_ecspresso_is_written_proven_and_checked() {
    let sandbox = sandbox();
    assert_snapshot!("ecspresso", sandbox.ops(&IMPORT));
    let check = sandbox.ops(&["check", "shop"]);
    assert_eq!(check.exit_code, Some(0), "{check}");
    let again = sandbox.ops(&IMPORT);
    assert_snapshot!("is_there_already", again);
    let replaced = sandbox.ops(&[&IMPORT[..], &["--force", "--output", "json"]].concat());
    assert_eq!(replaced.exit_code, Some(0), "{replaced}");
    let document: Value = serde_json::from_str(&replaced.stdout).expect("JSON");
    assert_eq!((&document["schema_version"], &document["proof"]["empty"]), (&1.into(), &true.into()));
}

#[test]
fn a_template_is_refused_and_nothing_is_written() {
    let sandbox = sandbox();
    sandbox.write("deploy/task.json", "{\"family\": \"{{ must_env `FAMILY` }}\"}");
    assert_snapshot!("template", sandbox.ops(&IMPORT));
    assert!(!sandbox.path("infra/environments/shop").exists());
}

#[test]
fn a_manifest_of_copilot_is_read() {
    let sandbox = Sandbox::with_dev();
    let manifest = "name: mailer\ntype: Worker Service\nimage: { build: ./Dockerfile }\ncount: 2\nsubscribe: {}\n";
    sandbox.write("copilot/mailer/manifest.yml", manifest);
    let import =
        ["import", "--environment", "shop", "--copilot", "copilot/mailer/manifest.yml", "--region", "eu-west-1"];
    assert_snapshot!("copilot", sandbox.ops(&import));
    let check = sandbox.ops(&["check", "shop"]);
    assert_eq!(check.exit_code, Some(0), "{check}");
}

#[test]
fn a_source_is_needed_and_only_one() {
    let run = Sandbox::with_dev().ops(&["import", "--environment", "shop"]);
    assert_eq!(run.exit_code, Some(64), "{run}");
    let two = Sandbox::with_dev().ops(&["import", "--environment", "shop", "--cluster", "a", "--copilot", "b"]);
    assert_eq!(two.exit_code, Some(64), "{two}");
    let help = Sandbox::empty().ops(&["import", "--help"]);
    assert_snapshot!("help", help);
}
