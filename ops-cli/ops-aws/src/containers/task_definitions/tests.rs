use aws_sdk_ecs::operation::register_task_definition::RegisterTaskDefinitionInput;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::aws_document::{Document, fixture};
use crate::wire::{Sent, Wire, refusal};

/// Everything that a task definition can be given, with all that ECS adds by itself.
fn described() -> Value {
    serde_json::from_str(include_str!("described.json")).expect("JSON")
}

/// The same without what ECS adds: what is registered.
fn registrable() -> Document {
    aws_document::without(described().as_object().expect("an object").clone(), NO_SETTINGS)
}

#[test]
fn every_member_is_registered_or_no_setting() {
    fixture::assert_members(SdkTaskDefinition::SCHEMA, NO_SETTINGS, RegisterTaskDefinitionInput::SCHEMA);
    let described = described();
    let given: Vec<_> = described.as_object().expect("an object").keys().collect();
    for member in RegisterTaskDefinitionInput::SCHEMA.members().iter().filter_map(|member| member.member_name()) {
        assert!(member == "tags" || given.iter().any(|name| *name == member), "{member} is not tried here");
    }
    for member in
        aws_sdk_ecs::types::ContainerDefinition::SCHEMA.members().iter().filter_map(|member| member.member_name())
    {
        assert!(
            described["containerDefinitions"][0].get(member).is_some(),
            "{member} of a container is not tried here"
        );
    }
}

#[test]
fn all_that_was_registered_reads_back_and_nothing_else() {
    let content = content(&fixture::decoded(&described(), SdkTaskDefinition::deserialize)).expect("readable");
    assert_eq!(Value::Object(content.0), Value::Object(registrable()));
}

#[tokio::test]
async fn the_document_itself_is_sent_with_the_tags() {
    let wire = Wire::succeeding(&json!({"taskDefinition": described()}));
    let containers = wire.cloud().containers;
    let tags = BTreeMap::from([("slipway:environment".to_owned(), "dev".to_owned())]);
    let arn = containers.register_task_definition(&TaskDefinition(registrable()), &tags).await.expect("registered");
    assert_eq!(arn, described()["taskDefinitionArn"].as_str().expect("text"));
    let mut expected = Value::Object(registrable());
    expected["tags"] = json!([{"key": "slipway:environment", "value": "dev"}]);
    assert_eq!(wire.sent(), [Sent::new("RegisterTaskDefinition", expected)]);
}

#[tokio::test]
async fn what_the_sdk_does_not_know_is_refused_by_name_and_never_sent() {
    let wire = Wire::succeeding(&json!({}));
    let mut content = registrable();
    content["containerDefinitions"][0]["healthCheck"]["patience"] = json!(3);
    let refused = wire.cloud().containers.register_task_definition(&TaskDefinition(content), &BTreeMap::new()).await;
    let message = refused.expect_err("unknown").message;
    assert!(message.starts_with("containerDefinitions[0].healthCheck.patience "), "{message}");
    assert_eq!(wire.sent(), []);
}

#[tokio::test]
async fn the_newest_is_read_with_its_tags_and_then_known_without() {
    let answer = json!({"taskDefinition": described(), "tags": [{"key": "slipway:succeeded", "value": "task"}]});
    let wire = Wire::succeeding(&answer);
    let containers = wire.cloud().containers;
    let newest = containers.newest_task_definition("api").await.expect("an answer").expect("one");
    assert_eq!(newest.tags, BTreeMap::from([("slipway:succeeded".to_owned(), "task".to_owned())]));
    assert_eq!(newest.content, TaskDefinition(registrable()));
    assert_eq!(
        wire.sent(),
        [Sent::new("DescribeTaskDefinition", json!({"taskDefinition": "api", "include": ["TAGS"]}))]
    );
}

#[tokio::test]
async fn a_family_without_task_definition_is_none() {
    let unknown = Wire::answering(|_| refusal("ClientException", "Unable to describe task definition."));
    assert_eq!(unknown.cloud().containers.newest_task_definition("api").await.expect("an answer"), None);
    let other = Wire::answering(|_| refusal("ClientException", "Something else."));
    other.cloud().containers.newest_task_definition("api").await.expect_err("anything else is an error");
}

/// Members by the places that were drawn.
pub(in crate::containers) fn part(all: &Document, kept: &[prop::sample::Index]) -> Document {
    let names: Vec<_> = all.keys().collect();
    kept.iter().map(|place| *place.get(&names)).map(|name| (name.clone(), all[name].clone())).collect()
}

prop_compose! {
    /// Any part of the settings above, with any text in them.
    fn content_of()(
        kept in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        kept_of_container in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
        environment in prop::collection::btree_map("[A-Z_]{1,6}", ".{0,8}", 0..5),
        labels in prop::collection::btree_map("[a-z.]{1,6}", ".{0,8}", 0..5),
        size in 1_u32..16384,
    ) -> Document {
        let all = registrable();
        let container = all["containerDefinitions"][0].as_object().expect("an object");
        let mut container = part(container, &kept_of_container);
        let environment: Vec<_> = environment.into_iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
        // The SDK says 0 where ECS says nothing.
        container.entry("cpu").or_insert(json!(0));
        container.insert("environment".to_owned(), environment.into());
        container.insert("dockerLabels".to_owned(), json!(labels));
        let mut content = part(&all, &kept);
        content.insert("cpu".to_owned(), size.to_string().into());
        content.insert("containerDefinitions".to_owned(), json!([container]));
        content
    }
}

proptest! {
    #[test]
    fn a_document_becomes_the_sdks_structure_and_the_same_document_again(content in content_of()) {
        let input = aws_document::read(&content, RegisterTaskDefinitionInput::deserialize);
        prop_assert!(input.is_ok(), "{:?}", input);
        let mut described = content.clone();
        described.insert("revision".to_owned(), 3.into());
        let described: SdkTaskDefinition = fixture::decoded(&Value::Object(described), SdkTaskDefinition::deserialize);
        prop_assert_eq!(super::content(&described).expect("readable").0, content);
    }
}
