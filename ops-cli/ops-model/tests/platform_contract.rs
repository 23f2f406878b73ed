//! The contract that Terraform writes, in the very text that Terraform's own test asserts, is the one that is read here.

use ops_model::platform::Platform;
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
    for part in ["load_balancer", "database", "alarm_topic_arn"] {
        let mut contract = written();
        contract[part] = Value::Null;
        assert!(schema.is_valid(&contract), "with {part} null");
        let platform: Platform = serde_json::from_value(contract.clone()).expect("a platform");
        assert_eq!(serde_json::to_value(platform).expect("it serialises"), contract);
    }
    for part in ["security_groups", "cluster", "queues", "sites", "uploads"] {
        let mut contract = written();
        contract[part] = Value::Null;
        assert!(!schema.is_valid(&contract), "with {part} null");
    }
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
