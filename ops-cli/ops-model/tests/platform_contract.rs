//! The contract that Terraform writes, in the very text that Terraform's own test asserts, is the one that is read here.

use std::collections::BTreeSet;

use ops_model::declaration::{SourceFile, read};
use ops_model::platform::{PLATFORM_VERSION, Platform};
use ops_model::schema;
use serde_json::{Value, json};

const WRITTEN_BY_TERRAFORM: &str = include_str!("../../../terraform/modules/platform/tests/platform.json");

fn written() -> Value {
    serde_json::from_str(WRITTEN_BY_TERRAFORM).expect("Terraform's test has JSON")
}

#[test]
fn what_terraform_writes_fits_the_schema() {
    let schema = jsonschema::validator_for(&schema::platform()).expect("the schema is one");
    let faults: Vec<_> = schema.iter_errors(&written()).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
}

#[test]
fn the_schema_refuses_what_lacks_a_part() {
    let schema = jsonschema::validator_for(&schema::platform()).expect("the schema is one");
    let parts = [
        "version",
        "declaration_sha256",
        "applied_from",
        "cluster",
        "vpc_id",
        "security_groups",
        "repositories",
        "services",
        "tasks",
        "queues",
        "sites",
        "uploads",
    ];
    for part in parts {
        let mut contract = written();
        contract.as_object_mut().expect("an object").remove(part);
        assert!(!schema.is_valid(&contract), "without {part}");
    }
}

#[test]
fn what_an_environment_may_lack_is_null() {
    let schema = jsonschema::validator_for(&schema::platform()).expect("the schema is one");
    for part in ["load_balancer", "schedules", "database", "alarm_topic_arn"] {
        let mut contract = written();
        contract[part] = Value::Null;
        assert!(schema.is_valid(&contract), "with {part} null");
        let platform: Platform = serde_json::from_value(contract.clone()).expect("a platform");
        assert_eq!(serde_json::to_value(platform).expect("it serialises"), contract);
    }
    for part in ["security_groups", "cluster", "services", "tasks", "queues", "sites", "uploads"] {
        let mut contract = written();
        contract[part] = Value::Null;
        assert!(!schema.is_valid(&contract), "with {part} null");
    }
}

#[test]
fn the_contract_of_another_version_is_refused() {
    let schema = jsonschema::validator_for(&schema::platform()).expect("the schema is one");
    for version in [PLATFORM_VERSION - 1, PLATFORM_VERSION + 1] {
        let mut contract = written();
        contract["version"] = json!(version);
        assert!(!schema.is_valid(&contract), "version {version}");
    }
}

/// What ops needs to shift traffic, and to start tasks by the clock, is there whole or not at all.
#[test]
fn the_schema_refuses_half_of_what_belongs_together() {
    let schema = jsonschema::validator_for(&schema::platform()).expect("the schema is one");
    for (whole, parts) in [
        ("/cluster", &["name", "arn", "namespace_arn"][..]),
        (
            "/services/api/traffic_shift",
            &["alternate_target_group_arn", "role_arn", "listener_arn", "rule_priority", "path"],
        ),
        ("/tasks/cleanup", &["subnet_ids", "security_group_ids", "execution_role_arn", "task_role_arn", "log_group"]),
        ("/schedules", &["group", "role_arn", "dead_letter_arn"]),
    ] {
        for part in parts {
            let mut contract = written();
            let object = contract.pointer_mut(whole).and_then(Value::as_object_mut);
            assert!(object.expect("an object").remove(*part).is_some(), "{whole} has no {part}");
            assert!(!schema.is_valid(&contract), "{whole} without {part}");
        }
    }
}

/// The part of a declaration that Terraform wrote down has the keys that ops reads out of the declaration.
#[test]
fn what_terraform_was_applied_from_has_the_form_of_the_slow_part() {
    let text = include_str!("../../../terraform/modules/declaration/tests/right.yaml");
    let file = |name: &str, text: &str| SourceFile::new(name, text);
    let builds = file("builds.yaml", "version: 1\nartifacts: {}\n");
    let slow_part = read("dev", &file("environment.yaml", text), &builds).expect("it has no faults").slow_part;
    let applied_from = &written()["applied_from"];
    let keys = |value: &Value| -> BTreeSet<String> {
        value.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect()
    };
    assert_eq!(keys(&applied_from["services"]["api"]), keys(&slow_part["services"]["api"]));
    assert_eq!(keys(&applied_from["services"]["api"]["deployment"]), keys(&slow_part["services"]["web"]["deployment"]));
    assert_eq!(
        keys(&applied_from["services"]["api"]["containers"]["proxy"]),
        keys(&slow_part["services"]["worker"]["containers"]["proxy"])
    );
    assert_eq!(keys(&applied_from["tasks"]["cleanup"]), keys(&slow_part["tasks"]["cleanup"]));
}

#[test]
fn records_are_locked_as_terraform_was_applied() {
    let mut platform: Platform = serde_json::from_str(WRITTEN_BY_TERRAFORM).expect("a platform");
    for (records, days) in [
        (json!({"lock_days": 365}), Some(365)),
        (json!({}), None),
        (json!(null), None),
        (json!({"lock_days": null}), None),
    ] {
        platform.applied_from["records"] = records;
        assert_eq!(platform.record_lock_days(), days);
    }
}

#[test]
fn nothing_that_terraform_writes_is_lost_in_reading() {
    let platform: Platform = serde_json::from_str(WRITTEN_BY_TERRAFORM).expect("a platform");
    assert_eq!(serde_json::to_value(platform).expect("it serialises"), written());
}
