//! The content of an ECS task definition, in AWS's words.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a task runs: the JSON of
/// [`RegisterTaskDefinition`](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html)
/// without tags. As read from AWS it also holds what AWS adds by itself, and nothing that is no setting (ARN, revision,
/// status).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskDefinition(pub Map<String, Value>);

impl TaskDefinition {
    /// Name that its revisions have in common; empty when the document has none.
    #[must_use]
    pub fn family(&self) -> &str {
        text(&self.0, "family")
    }

    /// In the order of the document.
    pub fn containers(&self) -> impl Iterator<Item = ContainerDefinition<'_>> {
        let containers = self.0.get("containerDefinitions").and_then(Value::as_array);
        containers.into_iter().flatten().filter_map(Value::as_object).map(ContainerDefinition)
    }
}

/// One container of a task definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContainerDefinition<'a>(pub &'a Map<String, Value>);

impl<'a> ContainerDefinition<'a> {
    #[must_use]
    pub fn name(self) -> &'a str {
        text(self.0, "name")
    }

    /// Repository and digest, or whatever else somebody registered.
    #[must_use]
    pub fn image(self) -> &'a str {
        text(self.0, "image")
    }

    /// Whether the task ends when it does; so unless the document says otherwise.
    #[must_use]
    pub fn essential(self) -> bool {
        self.0.get("essential").and_then(Value::as_bool).unwrap_or(true)
    }

    /// Ports that it listens on.
    pub fn ports(self) -> impl Iterator<Item = u16> + 'a {
        let mappings = self.0.get("portMappings").and_then(Value::as_array);
        let ports = mappings.into_iter().flatten().filter_map(|mapping| mapping.get("containerPort")?.as_u64());
        ports.filter_map(|port| u16::try_from(port).ok())
    }

    /// An option of its log driver, such as `awslogs-group`.
    #[must_use]
    pub fn log_option(self, name: &str) -> Option<&'a str> {
        self.0.get("logConfiguration")?.get("options")?.get(name)?.as_str()
    }
}

fn text<'a>(document: &'a Map<String, Value>, member: &str) -> &'a str {
    document.get(member).and_then(Value::as_str).unwrap_or_default()
}
