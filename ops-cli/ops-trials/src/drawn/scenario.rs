use proptest::prelude::{Just, Strategy};
use serde_json::{Value, json};

use super::some_of;

pub(crate) const SCENARIOS: [&str; 2] = ["login", "smoke"];

/// Places of secrets that scenarios are given.
pub(crate) const SECRETS: [&str; 2] = ["secretsmanager:slipway/dev/scenarios/keys", "ssm:/slipway/dev/scenarios/token"];

pub(super) fn scenario(name: &'static str) -> impl Strategy<Value = Value> {
    let [keys, token] = SECRETS;
    let groups = vec![
        vec![json!({"after_failure": "roll_back"})],
        vec![json!({"retries": 1}), json!({"retries": 3, "retry_interval_seconds": 1})],
        vec![json!({"timeout_seconds": 20})],
        vec![json!({"secrets": {"token": token}}), json!({"secrets": {"token": {"from": keys, "key": "api"}}})],
        vec![json!({"variables": {"count": "5"}})],
    ];
    (Just(name), some_of(groups)).prop_map(|(name, mut scenario)| {
        scenario.insert("file".to_owned(), json!(format!("infra/scenarios/{name}.hurl")));
        Value::Object(scenario)
    })
}
