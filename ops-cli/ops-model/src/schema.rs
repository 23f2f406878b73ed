//! JSON Schema (2020-12) of the files that people write and of the platform contract, made from the types that read
//! them.
//!
//! Checked in under `infra/schema/`, for editors; `ops schema` prints it.

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value};

use crate::declaration::{Builds, Environment};
use crate::platform::Platform;

/// Schema of `environment.yaml`.
#[must_use]
pub fn environment() -> Value {
    schema_of::<Environment>()
}

/// Schema of `builds.yaml`.
#[must_use]
pub fn builds() -> Value {
    schema_of::<Builds>()
}

/// Schema of the platform contract. Terraform writes `null` for what an environment does not have.
#[must_use]
pub fn platform() -> Value {
    in_order(settings().into_generator().into_root_schema_for::<Platform>())
}

fn schema_of<T: JsonSchema>() -> Value {
    in_order(settings().with_transform(AbsentInsteadOfNull).into_generator().into_root_schema_for::<T>())
}

fn settings() -> SchemaSettings {
    SchemaSettings::draft2020_12().for_deserialize()
}

/// What a reader looks for first comes first.
fn in_order(schema: Schema) -> Value {
    let mut schema = schema.to_value();
    let mut ordered = Map::new();
    if let Some(object) = schema.as_object_mut() {
        for keyword in ["$schema", "title", "description"] {
            ordered.extend(object.shift_remove_entry(keyword));
        }
        ordered.append(object);
    }
    Value::Object(ordered)
}

/// What is optional is left out, never `null`: a key with nothing after it is a slip of the pen.
#[derive(Debug, Clone)]
struct AbsentInsteadOfNull;

impl Transform for AbsentInsteadOfNull {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        let Some(object) = schema.as_object_mut() else { return };
        if object.get("default").is_some_and(Value::is_null) {
            object.remove("default");
        }
        if let Some(Value::Array(types)) = object.get_mut("type") {
            types.retain(|name| name != "null");
            if let [only] = types.as_slice() {
                let only = only.clone();
                object.insert("type".to_owned(), only);
            }
        }
        if let Some(Value::Array(branches)) = object.get_mut("anyOf") {
            branches.retain(|branch| branch.get("type").is_none_or(|name| name != "null"));
            if let [Value::Object(only)] = branches.as_slice() {
                let only = only.clone();
                object.remove("anyOf");
                for (keyword, value) in only {
                    object.entry(keyword).or_insert(value);
                }
            }
        }
    }
}
