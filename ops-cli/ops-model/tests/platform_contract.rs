//! The contract that Terraform writes, in the very text that Terraform's own test asserts, is the one that is read here.

use ops_model::platform::Platform;
use ops_model::schema;
use serde_json::Value;

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
    for part in ["version", "declaration_sha256", "applied_from", "cluster", "vpc_id"] {
        let mut contract = written();
        contract.as_object_mut().expect("an object").remove(part);
        assert!(!schema.is_valid(&contract), "without {part}");
    }
}

#[test]
fn nothing_that_terraform_writes_is_lost_in_reading() {
    let platform: Platform = serde_json::from_str(WRITTEN_BY_TERRAFORM).expect("a platform");
    assert_eq!(serde_json::to_value(platform).expect("it serialises"), written());
}
