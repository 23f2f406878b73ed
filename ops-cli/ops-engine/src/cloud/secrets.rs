use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use async_trait::async_trait;
use ops_model::declaration::SecretReference;
use ops_model::observation::ObservedSecret;
use serde_json::Value;

use super::CloudError;

/// SSM parameters and secrets of Secrets Manager.
#[async_trait]
pub trait Secrets: Send + Sync {
    /// What AWS says of each place (`ssm:/path`, `secretsmanager:name`), never with a value. What we may not read is
    /// [`ObservedSecret::Unreadable`], not an error.
    async fn secrets(&self, places: &BTreeSet<String>) -> Result<BTreeMap<String, ObservedSecret>, CloudError>;

    /// The value itself, for a scenario; nothing else of ops has any business with it. Errors never repeat it.
    async fn value(&self, reference: &SecretReference) -> Result<SecretValue, CloudError>;
}

/// The value of a secret. Nothing shows it but [`SecretValue::expose`].
#[derive(Clone, PartialEq, Eq)]
pub struct SecretValue(String);

impl SecretValue {
    /// The whole of a stored value, or what it holds under a key when it is JSON.
    ///
    /// # Errors
    /// Why there is no such value, without repeating anything of it.
    pub fn of(stored: String, key: Option<&str>) -> Result<Self, String> {
        let value = match key {
            None => stored,
            Some(key) => match serde_json::from_str::<Value>(&stored) {
                Ok(Value::Object(mut members)) => match members.remove(key) {
                    Some(Value::String(text)) => text,
                    Some(Value::Number(number)) => number.to_string(),
                    Some(_) => return Err(format!("the key {key} holds neither text nor a number")),
                    None => return Err(format!("it has no key {key}")),
                },
                _ => return Err("it is not a JSON object, and so it has no keys".to_owned()),
            },
        };
        if value.is_empty() { Err("it is empty".to_owned()) } else { Ok(Self(value)) }
    }

    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SecretValue(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::SecretValue;

    #[test]
    fn a_value_is_taken_out_of_what_is_stored_and_never_shown() {
        let stored = r#"{"token": "hunter2", "port": 5, "list": []}"#;
        let of = |key| SecretValue::of(stored.to_owned(), Some(key));
        assert_eq!(of("token").expect("a text").expose(), "hunter2");
        assert_eq!(of("port").expect("a number").expose(), "5");
        assert_eq!(format!("{:?}", of("token")), "Ok(SecretValue(***))");
        for key in ["list", "absent"] {
            let why = of(key).expect_err("no value");
            assert!(!why.contains("hunter2"), "{why}");
        }
        let why = SecretValue::of("hunter2".to_owned(), Some("token")).expect_err("no JSON");
        assert!(!why.contains("hunter2"), "{why}");
        assert_eq!(SecretValue::of(String::new(), None), Err("it is empty".to_owned()));
    }
}
