//! The content of an ECS task definition in our words, without its revision number and tags.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a task runs. Two task definitions with the same content are the same to us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskDefinition {
    pub family: String,
    /// CPU units; 1024 is one virtual CPU.
    pub cpu: u32,
    /// MiB.
    pub memory: u32,
    pub execution_role_arn: Option<String>,
    pub task_role_arn: Option<String>,
    pub containers: Vec<Container>,
    /// Settings that the declaration has no name for, as AWS reports them, by field name. Always
    /// empty in what ops renders, so that a setting made by hand shows as drift.
    #[serde(default)]
    pub other: BTreeMap<String, String>,
}

/// One container of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Container {
    pub name: String,
    /// Repository and digest.
    pub image: String,
    pub command: Vec<String>,
    pub essential: bool,
    pub port: Option<u16>,
    pub environment: BTreeMap<String, String>,
    /// ARN of the parameter or secret by variable name. Never a value.
    pub secrets: BTreeMap<String, String>,
    pub readonly_root_filesystem: bool,
    pub log: Option<LogDestination>,
    /// Settings that the declaration has no name for, as AWS reports them, by field name.
    #[serde(default)]
    pub other: BTreeMap<String, String>,
}

/// A CloudWatch log group (the `awslogs` driver).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogDestination {
    pub group: String,
    pub region: String,
    pub stream_prefix: String,
}
