//! Structures of the SDK from and to the JSON of the AWS API, for tests: what `aws … describe-…` prints is a fixture.

use std::collections::BTreeSet;

use aws_smithy_json::codec::{JsonCodec, JsonDeserializer, JsonSerializer};
use aws_smithy_schema::Schema;
use aws_smithy_schema::codec::Codec as _;
use aws_smithy_schema::serde::{SerdeError, SerializableStruct, ShapeDeserializer, ShapeSerializer as _};
use serde_json::Value;

pub(crate) fn decode<T>(
    json: &Value,
    deserialize: impl FnOnce(&mut dyn ShapeDeserializer) -> Result<T, SerdeError>,
) -> T {
    let text = json.to_string();
    let mut deserializer: JsonDeserializer<'_> = JsonCodec::default().create_deserializer(text.as_bytes());
    deserialize(&mut deserializer).expect("the JSON of this structure")
}

pub(crate) fn encode(structure: &dyn SerializableStruct) -> Value {
    let mut serializer: JsonSerializer = JsonCodec::default().create_serializer();
    serializer.write_struct(structure.schema(), structure).expect("serializable");
    serde_json::from_slice(&serializer.finish()).expect("JSON")
}

/// Every member of a structure is either read or tried: one that a newer SDK brings along has to be looked at.
pub(crate) fn assert_all_members(schema: &Schema<'_>, read: &[&str], tried: &[(&str, Value)]) {
    let known: BTreeSet<_> = schema.members().iter().filter_map(|member| member.member_name()).collect();
    let covered: BTreeSet<_> = read.iter().copied().chain(tried.iter().map(|(name, _)| *name)).collect();
    assert_eq!(covered, known);
}
