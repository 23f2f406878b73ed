//! The rules of the interface, shown on its description.

use serde_json::Value;

use super::text;
use crate::api::openapi;

#[test]
fn the_description_is_the_one_that_is_checked_in() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    let described = openapi();
    let checked_in = std::fs::read_to_string(path).unwrap_or_default();
    let checked_in: Value = serde_json::from_str(&checked_in).unwrap_or_default();
    assert!(checked_in == described, "run `cargo run --package app -- openapi > app/openapi.json`");
}

/// What is made anew each time, or known by an id of its own.
const NATURALLY_ONCE: [&str; 3] = ["create_session", "create_password_reset", "create_deployment"];

/// Lists that are never long.
const WHOLE: [&str; 3] = ["list_sessions", "list_tokens", "list_environments"];

#[test]
fn the_description_keeps_to_the_rules() {
    let document = openapi();
    assert_eq!(document["openapi"], "3.1.0");
    let snake_case = |name: &str| name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            let name = text(operation, "operationId");
            assert!(snake_case(name) && !text(operation, "summary").is_empty(), "{name}");
            assert_eq!(operation["responses"]["default"]["$ref"], "#/components/responses/Problem", "{name}");
            if name.starts_with("list_") && !WHOLE.contains(&name) {
                let parameters = operation["parameters"].to_string();
                assert!(parameters.contains("\"cursor\"") && parameters.contains("\"limit\""), "{name}");
            }
            if method == "put" && name != "change_password" {
                assert!(operation["parameters"].to_string().contains("\"If-Match\""), "{name}");
            }
            if method == "post" && name.starts_with("create_") && !NATURALLY_ONCE.contains(&name) {
                assert!(operation["parameters"].to_string().contains("\"Idempotency-Key\""), "{name}");
            }
            assert!(path.starts_with("/v1/") || path.starts_with("/.well-known/"), "{path}");
            assert!(["get", "put", "post", "delete"].contains(&method.as_str()), "{method} {path}");
        }
    }
    for (name, schema) in document["components"]["schemas"].as_object().expect("schemas") {
        for member in schema["properties"].as_object().into_iter().flat_map(|members| members.keys()) {
            assert!(snake_case(member), "{name}.{member}");
        }
    }
}
