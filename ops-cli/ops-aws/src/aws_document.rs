//! Structures of the SDK as documents: JSON in AWS's own member names.

use aws_smithy_json::codec::{JsonCodec, JsonCodecSettings, JsonDeserializer};
use aws_smithy_schema::codec::Codec as _;
use aws_smithy_schema::serde::{SerdeError, SerializableStruct, ShapeDeserializer, ShapeSerializer as _};
use serde_json::{Map, Value};

pub(crate) type Document = Map<String, Value>;

/// How the SDK reads a structure.
pub(crate) type Deserialize<T> = fn(&mut dyn ShapeDeserializer) -> Result<T, SerdeError>;

/// Every member that the structure has, so that one that a newer SDK brings along is there by itself.
pub(crate) fn of(structure: &dyn SerializableStruct) -> Result<Document, String> {
    let mut serializer = codec().create_serializer();
    serializer.write_struct(structure.schema(), structure).map_err(|error| error.to_string())?;
    let mut written: Value = serde_json::from_slice(&serializer.finish()).map_err(|error| error.to_string())?;
    // The SDK keeps maps in no order.
    written.sort_all_objects();
    match written {
        Value::Object(document) => Ok(document),
        _ => Err("a structure was not written as an object".to_owned()),
    }
}

/// Takes out what is no setting.
pub(crate) fn without(mut document: Document, no_settings: &[&str]) -> Document {
    document.retain(|name, _| !no_settings.contains(&name.as_str()));
    document
}

/// The structure that a document describes.
///
/// # Errors
///
/// The first member that the SDK does not know, or that cannot have that value, by its path: AWS would ignore it.
pub(crate) fn read<T: SerializableStruct>(document: &Document, deserialize: Deserialize<T>) -> Result<T, String> {
    let structure = decode(document, deserialize).map_err(|error| {
        // The SDK does not say where.
        let alone = |(name, value): (&String, &Value)| Document::from_iter([(name.clone(), value.clone())]);
        let wrong = document.iter().find(|member| decode(&alone(*member), deserialize).is_err());
        let member = wrong.map_or_else(String::new, |(name, _)| format!("{name}: "));
        format!("{member}{error}")
    })?;
    match first_lost(document, &of(&structure)?) {
        Some(path) => Err(format!("{path} is not known to this version of ops, or cannot have that value")),
        None => Ok(structure),
    }
}

fn decode<T>(document: &Document, deserialize: Deserialize<T>) -> Result<T, SerdeError> {
    let text = serde_json::to_vec(document).map_err(|error| SerdeError::custom(error.to_string()))?;
    let mut deserializer: JsonDeserializer<'_> = codec().create_deserializer(&text);
    deserialize(&mut deserializer)
}

fn codec() -> JsonCodec {
    JsonCodec::new(JsonCodecSettings::builder().use_json_name(false).build())
}

/// Path of the first member of `given` that `understood` lacks or has otherwise. What says nothing (null) cannot be lost.
fn first_lost(given: &Document, understood: &Document) -> Option<String> {
    given.iter().filter(|(_, value)| !value.is_null()).find_map(|(name, value)| match understood.get(name) {
        Some(understood) => lost_within(value, understood).map(|rest| format!("{name}{rest}")),
        None => Some(name.clone()),
    })
}

fn lost_within(given: &Value, understood: &Value) -> Option<String> {
    match (given, understood) {
        (Value::Object(given), Value::Object(understood)) => {
            first_lost(given, understood).map(|path| format!(".{path}"))
        }
        (Value::Array(given), Value::Array(understood)) if given.len() == understood.len() => {
            let pairs = given.iter().zip(understood).enumerate();
            pairs
                .filter_map(|(place, (given, understood))| Some((place, lost_within(given, understood)?)))
                .next()
                .map(|(place, rest)| format!("[{place}]{rest}"))
        }
        // 10 and 10.0 are the same to AWS.
        (Value::Number(given), Value::Number(understood)) if given.as_f64() == understood.as_f64() => None,
        (given, understood) => (given != understood).then(String::new),
    }
}

#[cfg(test)]
pub(crate) mod fixture {
    //! What `aws … describe-…` prints is a fixture.

    use std::collections::BTreeSet;

    use aws_smithy_schema::Schema;

    use super::*;

    pub(crate) fn decoded<T>(json: &Value, deserialize: Deserialize<T>) -> T {
        decode(json.as_object().expect("an object"), deserialize).expect("the JSON of this structure")
    }

    /// Every member of what AWS describes is either no setting or a member of what it is given: one that a newer SDK
    /// brings along has to be looked at.
    pub(crate) fn assert_members(described: &Schema<'_>, no_settings: &[&str], given: &Schema<'_>) {
        let members = |schema: &Schema<'_>| -> BTreeSet<String> {
            schema.members().iter().filter_map(|member| member.member_name().map(str::to_owned)).collect()
        };
        let (described, given) = (members(described), members(given));
        let no_settings: BTreeSet<_> = no_settings.iter().map(|name| (*name).to_owned()).collect();
        let undecided: Vec<_> = described.difference(&no_settings).filter(|name| !given.contains(*name)).collect();
        assert!(undecided.is_empty(), "neither given to AWS nor said to be no setting: {undecided:?}");
        let gone: Vec<_> = no_settings.difference(&described).collect();
        assert!(gone.is_empty(), "not described by AWS: {gone:?}");
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecs::operation::update_service::UpdateServiceInput;
    use aws_sdk_ecs::types::{ContainerDefinition, LogConfiguration, LogDriver};
    use serde_json::json;

    use super::*;

    fn document(json: Value) -> Document {
        json.as_object().expect("an object").clone()
    }

    #[test]
    fn members_have_the_names_of_the_api_and_nothing_is_left_out() {
        let log = LogConfiguration::builder().log_driver(LogDriver::Awslogs).options("b", "2").options("a", "1");
        let container = ContainerDefinition::builder()
            .name("app")
            .readonly_root_filesystem(false)
            .log_configuration(log.build().expect("a log configuration"))
            .cpu(7)
            .build();
        let expected = json!({
            "cpu": 7, "logConfiguration": {"logDriver": "awslogs", "options": {"a": "1", "b": "2"}},
            "name": "app", "readonlyRootFilesystem": false,
        });
        assert_eq!(Value::Object(of(&container).expect("serializable")).to_string(), expected.to_string());
    }

    #[test]
    fn what_the_sdk_would_lose_is_named() {
        for (given, path) in [
            (json!({"desiredCount": 1, "novelty": true}), "novelty is not known"),
            (json!({"monitoring": {"novelty": 1}}), "monitoring.novelty is not known"),
            (json!({"loadBalancers": [{"containerPort": 1}, {"a": 1}]}), "loadBalancers[1].a is not known"),
            (json!({"desiredCount": "many", "service": "api"}), "desiredCount: "),
        ] {
            let refused = read(&document(given), UpdateServiceInput::deserialize).expect_err(path);
            assert!(refused.starts_with(path), "{refused}");
        }
    }

    #[test]
    fn numbers_may_be_whole_and_nothing_may_be_said() {
        let given = json!({
            "deploymentConfiguration": {"canaryConfiguration": {"canaryPercent": 10, "canaryBakeTimeInMinutes": 5}},
            "loadBalancers": [], "platformVersion": null, "deploymentController": {"type": "NEW"},
        });
        let input = read(&document(given), UpdateServiceInput::deserialize).expect("known");
        assert_eq!(input.load_balancers, Some(Vec::new()), "an empty list takes all away");
        assert_eq!(input.platform_version, None);
    }
}
