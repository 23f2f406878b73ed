//! Every group of fields changed through the AWS API by somebody else: found by name, and mended by one reconcile.

use std::fs;

use serde_json::{Map, Value, json};

use crate::fixture::Fixture;

/// A service that says something of every group.
const API: &str = "  api:
    artifact: app
    entry_point: [/app]
    command: [serve]
    cpu: 512
    memory: 1024
    ephemeral_storage_gib: 30
    port: 8080
    public: { path: /*, health: { path: /readyz, interval_seconds: 5, timeout_seconds: 2 } }
    connect: { name: backend, protocol: http }
    exec: true
    readonly_root_filesystem: false
    environment: { LOG_LEVEL: info }
    user: \"1000\"
    working_directory: /srv
    init_process: true
    health_check: { command: [/app, healthcheck], interval_seconds: 5, timeout_seconds: 2 }
    stop_timeout_seconds: 5
    mounts: { /tmp: { volume: scratch } }
    labels: { team: web }
    log: { drop_after_mib: 4 }
    volumes: { scratch: {} }
    containers:
      helper: { artifact: app, command: [worker], essential: false, memory: 128 }
    capacity: { fargate: { base: 1 }, fargate_spot: { weight: 1 } }
    platform_version: 1.4.0
    tags: { team: web }
    deployment: { grace_seconds: 0, timeout_seconds: 120, circuit_breaker: { failed_tasks: 5 } }
    scaling: { minimum: 1, maximum: 3, cpu: { target: 60 } }
  worker:
    artifact: app
    command: [worker]
    cpu: 256
    memory: 512
    count: 1
    deployment: { timeout_seconds: 120 }
tasks:
  report:
    artifact: app
    command: [report]
    cpu: 256
    memory: 512
    schedule: { at: \"cron(0 3 * * ? *)\", retries: 1 }
";

fn fixture() -> Fixture {
    Fixture::deployed_with(API)
}

/// What the plan says differs, as `kind name path`.
fn found(fixture: &Fixture) -> Vec<String> {
    let plan = fixture.json(&["plan", "dev"]);
    let changes = plan["changes"].as_array().cloned().unwrap_or_default();
    let mut found: Vec<String> = changes
        .iter()
        .flat_map(|change| {
            let of = |name: &str| change[name].as_str().unwrap_or_default().to_owned();
            let (kind, service) = (of("kind"), of("service"));
            let paths = change["differences"].as_array().cloned().unwrap_or_default();
            let named = paths
                .into_iter()
                .map(move |it| format!("{kind} {service} {}", it["path"].as_str().unwrap_or_default()));
            named.collect::<Vec<_>>()
        })
        .collect();
    found.sort();
    found
}

/// One change by hand is one finding; a reconcile mends it.
fn is_found_and_mended(fixture: &Fixture, expected: &[&str]) {
    assert_eq!(found(fixture), expected);
    let run = fixture.ops(&["reconcile", "dev", "--yes"]);
    assert_eq!(run.exit_code, Some(0), "{run}");
    let after = fixture.ops(&["plan", "dev", "--exit-code"]);
    assert_eq!(after.exit_code, Some(0), "{after}");
}

/// Registers a revision with something changed, and moves the service to it.
fn by_hand_in_task_definition(fixture: &Fixture, change: impl FnOnce(&mut Map<String, Value>)) {
    let live = fixture.account.service("dev", "api");
    let described = fixture.account.ecs("DescribeTaskDefinition", json!({"taskDefinition": live["taskDefinition"]}));
    let Value::Object(mut content) = described["taskDefinition"].clone() else { panic!("no task definition") };
    for answer in [
        "taskDefinitionArn",
        "revision",
        "status",
        "requiresAttributes",
        "compatibilities",
        "registeredAt",
        "registeredBy",
    ] {
        content.remove(answer);
    }
    change(&mut content);
    let registered = fixture.account.ecs("RegisterTaskDefinition", Value::Object(content));
    let arn = &registered["taskDefinition"]["taskDefinitionArn"];
    by_hand(fixture, &json!({"taskDefinition": arn}));
}

/// Changes the main container, which is called like the service.
fn by_hand_in_container(fixture: &Fixture, name: &str, change: impl FnOnce(&mut Value)) {
    by_hand_in_task_definition(fixture, |content| {
        let containers = content["containerDefinitions"].as_array_mut().expect("containers");
        change(containers.iter_mut().find(|container| container["name"] == name).expect("the container"));
    });
}

fn by_hand(fixture: &Fixture, update: &Value) {
    let mut body = json!({"cluster": "slipway-dev", "service": "api"});
    body.as_object_mut().expect("an object").extend(update.as_object().expect("an object").clone());
    fixture.account.ecs("UpdateService", body);
    fixture.until_settled("dev", "api");
}

#[test]
fn size_of_tasks() {
    let fixture = fixture();
    by_hand_in_task_definition(&fixture, |content| {
        content.insert("cpu".to_owned(), json!("1024"));
        content.insert("memory".to_owned(), json!("2048"));
        content.insert("ephemeralStorage".to_owned(), json!({"sizeInGiB": 40}));
    });
    is_found_and_mended(&fixture, &["service api cpu", "service api ephemeral_storage_gib", "service api memory"]);
}

#[test]
fn what_a_container_runs() {
    let fixture = fixture();
    by_hand_in_container(&fixture, "api", |container| {
        container["command"] = json!(["other"]);
        container["entryPoint"] = json!(["/other"]);
        container["user"] = json!("2000");
        container["workingDirectory"] = json!("/");
        container["readonlyRootFilesystem"] = json!(true);
        container["linuxParameters"] = Value::Null;
        container["stopTimeout"] = json!(10);
        container["dockerLabels"] = json!({"team": "other"});
    });
    is_found_and_mended(
        &fixture,
        &[
            "service api command",
            "service api entry_point",
            "service api init_process",
            "service api labels.team",
            "service api readonly_root_filesystem",
            "service api stop_timeout_seconds",
            "service api user",
            "service api working_directory",
        ],
    );
}

#[test]
fn variables() {
    let fixture = fixture();
    by_hand_in_container(&fixture, "api", |container| {
        container["environment"] = json!([{"name": "LOG_LEVEL", "value": "debug"}, {"name": "EXTRA", "value": "1"}]);
    });
    is_found_and_mended(&fixture, &["service api environment.EXTRA", "service api environment.LOG_LEVEL"]);
}

#[test]
fn health_checks_and_logs() {
    let fixture = fixture();
    by_hand_in_container(&fixture, "api", |container| {
        container["healthCheck"]["interval"] = json!(10);
        container["healthCheck"]["retries"] = json!(5);
        container["logConfiguration"]["options"]["max-buffer-size"] = json!("9m");
    });
    is_found_and_mended(
        &fixture,
        &[
            "service api health_check.interval_seconds",
            "service api health_check.retries",
            "service api log.max-buffer-size",
        ],
    );
}

#[test]
fn sidecars_volumes_and_mounts() {
    let fixture = fixture();
    by_hand_in_task_definition(&fixture, |content| {
        content["volumes"] = json!([{"name": "other"}]);
        let containers = content["containerDefinitions"].as_array_mut().expect("containers");
        for container in containers {
            if container["name"] == "api" {
                container["mountPoints"] = json!([{"sourceVolume": "other", "containerPath": "/tmp"}]);
            } else {
                container["memory"] = json!(256);
            }
        }
    });
    is_found_and_mended(
        &fixture,
        &[
            "service api containers.helper.memory",
            "service api mounts./tmp.volume",
            "service api volumes.other",
            "service api volumes.scratch",
        ],
    );
}

#[test]
fn network() {
    let fixture = fixture();
    let interfaces = json!({"subnets": ["subnet-a"], "securityGroups": ["sg-other"], "assignPublicIp": "DISABLED"});
    by_hand(&fixture, &json!({"networkConfiguration": {"awsvpcConfiguration": interfaces}}));
    is_found_and_mended(
        &fixture,
        &["service api network.assign_public_ip", "service api network.security_groups", "service api network.subnets"],
    );
}

#[test]
fn load_balancer() {
    let fixture = fixture();
    by_hand(&fixture, &json!({"loadBalancers": []}));
    is_found_and_mended(&fixture, &["service api public.api/8080"]);
}

#[test]
fn capacity_and_platform_version() {
    let fixture = fixture();
    let spot = json!([{"capacityProvider": "FARGATE_SPOT", "weight": 1}]);
    by_hand(
        &fixture,
        &json!({"capacityProviderStrategy": spot, "forceNewDeployment": true, "platformVersion": "LATEST"}),
    );
    is_found_and_mended(&fixture, &["service api capacity.fargate", "service api platform_version"]);
}

#[test]
fn deployment_settings() {
    let fixture = fixture();
    let configuration = json!({
        "maximumPercent": 150, "minimumHealthyPercent": 50,
        "deploymentCircuitBreaker": {"enable": false, "rollback": false},
    });
    by_hand(&fixture, &json!({"deploymentConfiguration": configuration, "healthCheckGracePeriodSeconds": 60}));
    let found = found(&fixture);
    for path in ["deployment.circuit_breaker", "deployment.grace_seconds", "deployment.maximum_percent"] {
        assert!(found.contains(&format!("service api {path}")), "{found:?}");
    }
    let expected: Vec<&str> = found.iter().map(String::as_str).collect();
    is_found_and_mended(&fixture, &expected);
}

#[test]
fn service_connect() {
    let fixture = fixture();
    by_hand(&fixture, &json!({"serviceConnectConfiguration": {"enabled": false}}));
    is_found_and_mended(&fixture, &["service api connect"]);
}

#[test]
fn exec_and_tags() {
    let fixture = fixture();
    by_hand(&fixture, &json!({"enableExecuteCommand": false, "propagateTags": "NONE"}));
    let arn = fixture.account.service("dev", "api")["serviceArn"].clone();
    fixture.account.ecs("TagResource", json!({"resourceArn": arn, "tags": [{"key": "team", "value": "other"}]}));
    is_found_and_mended(
        &fixture,
        &["service api exec", "service api overrides.service.propagateTags", "service api tags.team"],
    );
}

#[test]
fn scaling_and_the_count_within_it() {
    let fixture = fixture();
    by_hand(&fixture, &json!({"desiredCount": 2}));
    let in_sync = fixture.ops(&["plan", "dev", "--exit-code"]);
    assert_eq!(in_sync.exit_code, Some(0), "a count within its bounds is the autoscaler's: {in_sync}");
    fixture.account.auto_scaling(
        "RegisterScalableTarget",
        json!({
            "ServiceNamespace": "ecs", "ResourceId": "service/slipway-dev/api",
            "ScalableDimension": "ecs:service:DesiredCount", "MinCapacity": 1, "MaxCapacity": 9,
        }),
    );
    by_hand(&fixture, &json!({"desiredCount": 7}));
    is_found_and_mended(&fixture, &["scaling api scaling.MaxCapacity", "service api count"]);
}

#[test]
fn a_schedule() {
    let fixture = fixture();
    fixture.account.update_schedule("slipway-dev", "dev-report", |schedule| {
        schedule["State"] = json!("DISABLED");
        schedule["ScheduleExpression"] = json!("cron(0 4 * * ? *)");
    });
    is_found_and_mended(&fixture, &["schedule report schedule.at", "schedule report schedule.enabled"]);
}

/// What stands in the documents is what is tested.
#[test]
fn every_group_is_named_in_the_table_of_proofs() {
    let table =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/fields.md")).expect("docs/fields.md");
    let source =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/live/drift_by_field.rs")).expect("this file");
    let tests = source.split("#[test]\nfn ").skip(1).filter_map(|rest| rest.split('(').next());
    for test in tests.filter(|test| !test.starts_with("every_group")) {
        assert!(table.contains(&format!("`{test}`")), "{test} stands behind no field in docs/fields.md");
    }
}
