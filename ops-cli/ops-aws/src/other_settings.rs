use std::collections::BTreeMap;

use aws_smithy_json::codec::{JsonCodec, JsonCodecSettings};
use aws_smithy_schema::codec::Codec as _;
use aws_smithy_schema::serde::{SerializableStruct, ShapeSerializer as _};
use serde_json::{Map, Value};

/// The settings of an AWS structure that are not read into a field of ours.
///
/// It starts with every member that the SDK knows and loses those that are accounted for, so a member that a newer SDK
/// brings along shows up by itself.
#[derive(Debug)]
pub(crate) struct OtherSettings(Map<String, Value>);

impl OtherSettings {
    pub(crate) fn none() -> Self {
        Self(Map::new())
    }

    /// All members, by the names that the AWS API gives them.
    pub(crate) fn of(structure: &dyn SerializableStruct) -> Result<Self, String> {
        let codec = JsonCodec::new(JsonCodecSettings::builder().use_json_name(false).build());
        let mut serializer = codec.create_serializer();
        serializer.write_struct(structure.schema(), structure).map_err(|error| error.to_string())?;
        match serde_json::from_slice(&serializer.finish()) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(_) => Err("a structure was not written as an object".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Takes out what is read elsewhere, or is no setting.
    pub(crate) fn without(mut self, names: &[&str]) -> Self {
        for name in names {
            self.0.remove(*name);
        }
        self
    }

    /// Takes out a member that has the value AWS gives it by itself.
    pub(crate) fn without_default(mut self, name: &str, default: &Value) -> Self {
        if self.0.get(name) == Some(default) {
            self.0.remove(name);
        }
        self
    }

    /// Both; the other's where both have one of that name.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Members within a member, which keep its name as a prefix.
    pub(crate) fn with(mut self, prefix: &str, inner: Self) -> Self {
        self.0.extend(inner.0.into_iter().map(|(name, value)| (format!("{prefix}.{name}"), value)));
        self
    }

    pub(crate) fn with_value(mut self, name: &str, value: Value) -> Self {
        self.0.insert(name.to_owned(), value);
        self
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// What is left, as text: strings bare, everything else as JSON with sorted names.
    pub(crate) fn into_text(self) -> BTreeMap<String, String> {
        self.0
            .into_iter()
            .filter_map(|(name, value)| {
                let text = match without_nothing(value)? {
                    Value::String(text) => text,
                    value => value.to_string(),
                };
                Some((name, text))
            })
            .collect()
    }
}

/// Leaves out what says nothing (null, false, empty), which is the default of every member that is not taken out before,
/// and sorts names, since the SDK keeps maps in no order.
fn without_nothing(value: Value) -> Option<Value> {
    match value {
        Value::Null | Value::Bool(false) => None,
        Value::String(text) => (!text.is_empty()).then_some(Value::String(text)),
        Value::Array(items) => (!items.is_empty()).then_some(Value::Array(items.into_iter().map(sorted).collect())),
        Value::Object(members) => {
            let kept: BTreeMap<_, _> =
                members.into_iter().filter_map(|(name, value)| Some((name, without_nothing(value)?))).collect();
            (!kept.is_empty()).then(|| Value::Object(kept.into_iter().collect()))
        }
        value @ (Value::Bool(true) | Value::Number(_)) => Some(value),
    }
}

/// An item of a list stays even if it says nothing: it may be one of many.
fn sorted(item: Value) -> Value {
    let placeholder = match &item {
        Value::Object(_) => Value::Object(Map::new()),
        Value::Array(_) => Value::Array(Vec::new()),
        other => other.clone(),
    };
    without_nothing(item).unwrap_or(placeholder)
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecs::types::{ContainerDefinition, LogConfiguration, LogDriver};
    use serde_json::json;

    use super::*;

    #[test]
    fn members_have_the_names_of_the_api_and_nothing_is_left_out() {
        let log = LogConfiguration::builder()
            .log_driver(LogDriver::Awslogs)
            .options("b", "2")
            .options("a", "1")
            .build()
            .expect("a log configuration");
        let container = ContainerDefinition::builder()
            .name("app")
            .readonly_root_filesystem(false)
            .links("db")
            .log_configuration(log)
            .cpu(7)
            .build();
        let text = OtherSettings::of(&container).expect("serializable").without(&["name"]).into_text();
        assert_eq!(
            text,
            BTreeMap::from([
                ("cpu".to_owned(), "7".to_owned()),
                ("links".to_owned(), r#"["db"]"#.to_owned()),
                ("logConfiguration".to_owned(), r#"{"logDriver":"awslogs","options":{"a":"1","b":"2"}}"#.to_owned()),
            ])
        );
    }

    #[test]
    fn what_says_nothing_goes_but_items_stay() {
        let settings = OtherSettings::none()
            .with_value("alarms", json!({"enable": false, "alarmNames": []}))
            .with_value("list", json!([false, {"x": null}, "", {"b": 1, "a": 2}]))
            .with_value("flag", json!(true));
        assert_eq!(
            settings.into_text(),
            BTreeMap::from([
                ("flag".to_owned(), "true".to_owned()),
                ("list".to_owned(), r#"[false,{},"",{"a":2,"b":1}]"#.to_owned()),
            ])
        );
    }
}
