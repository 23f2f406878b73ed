//! The tree says the same as the YAML reader that the rest of Slipway uses.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::parse;

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i32>().prop_map(|number| json!(number)),
        "[ -~]{0,12}".prop_map(Value::String),
        "\\PC{0,6}".prop_map(Value::String),
        prop_oneof!["010", "0x1f", "1_000", "yes", "~", "null", "1.5", "-.inf", "2026-01-01", "12:30", "1e3", ""]
            .prop_map(Value::String),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::btree_map("[a-z]{1,6}", inner, 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_serde_yaml_writes_is_read_as_it_was(value in value()) {
        let text = serde_yaml::to_string(&value).expect("plain data can be written");
        let (document, faults) = parse("test", &text);
        prop_assert_eq!(faults, []);
        prop_assert_eq!(document.map(|document| document.to_value()), Some(value), "{}", text);
    }

    #[test]
    fn plain_scalars_mean_the_same_to_both(plain in "[a-zA-Z0-9.+-]{1,6}") {
        let (document, faults) = parse("test", &format!("key: {plain}"));
        // What readers disagree upon is refused.
        prop_assume!(faults.is_empty());
        let theirs: Value = serde_yaml::from_str(&format!("key: {plain}")).expect("a scalar can be read");
        let ours = document.map(|document| document.to_value()).unwrap_or_default();
        let numbers = (ours["key"].as_f64(), theirs["key"].as_f64());
        prop_assert!(ours == theirs || (numbers.0.is_some() && numbers.0 == numbers.1), "{} != {}", ours, theirs);
    }
}
