use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SecretReference;

/// What can be said of every container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Container {
    /// Program that the container starts, in place of the image's entry point.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entry_point: Vec<String>,
    /// Arguments given to the entry point; the image's own when absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// TCP port that the container listens on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 65535))]
    pub port: Option<u16>,
    /// Environment variables. Values are strings: quote numbers and booleans. No secrets here.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = {
        "pattern": "^[A-Za-z_][A-Za-z0-9_]*$",
        "description": "letters, digits and underscores, not beginning with a digit"
    }))]
    pub environment: BTreeMap<String, String>,
    /// Environment variables whose values come from `ssm:/path` or `secretsmanager:name`; none of those under
    /// `environment`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = {
        "pattern": "^[A-Za-z_][A-Za-z0-9_]*$",
        "description": "letters, digits and underscores, not beginning with a digit"
    }))]
    pub secrets: BTreeMap<String, SecretReference>,
    /// Containers that have to come first, by name, and how far they have to be.
    ///
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html>
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub depends_on: BTreeMap<String, DependencyCondition>,
    /// A command in the container that says whether it is healthy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health_check: Option<ContainerHealthCheck>,
    /// User, or `user:group`, that the program runs as; the image's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub user: Option<String>,
    /// Folder that the program starts in; the image's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^/"))]
    pub working_directory: Option<String>,
    /// Whether the container's own files cannot be written.
    #[serde(default = "yes")]
    pub readonly_root_filesystem: bool,
    /// Whether a small init process reaps children and hands signals on.
    #[serde(default)]
    pub init_process: bool,
    /// Volumes by the folder in the container where they are seen.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = { "pattern": "^/.+", "description": "a path that begins with `/`" }))]
    pub mounts: BTreeMap<String, Mount>,
    /// Open files that the program may have at once; Fargate's own 65535 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1_048_576))]
    pub open_files: Option<u32>,
    /// Docker labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = {
        "pattern": "^(?!slipway\\.).+$", "description": "any text that does not begin with `slipway.`"
    }))]
    pub labels: BTreeMap<String, String>,
    /// How its output reaches the log group.
    #[serde(default)]
    pub log: ContainerLog,
    /// Seconds that the container may take to start, before those that depend on it give up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 2, max = 120))]
    pub start_timeout_seconds: Option<u32>,
    /// Seconds between SIGTERM and SIGKILL; Fargate's own 30 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 2, max = 120))]
    pub stop_timeout_seconds: Option<u32>,
}

/// A container beside the main one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sidecar {
    #[serde(flatten)]
    pub container: Container,
    /// Name of the artifact in `builds.yaml` whose image it runs. Either this or `image`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[a-z][a-z0-9-]{0,39}$"))]
    pub artifact: Option<String>,
    /// An image that is not built here, with its digest: `public.ecr.aws/…/envoy@sha256:…`. Either this or `artifact`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[a-z0-9][A-Za-z0-9._/:-]*@sha256:[0-9a-f]{64}$"))]
    pub image: Option<String>,
    /// Whether the task ends when this container does.
    #[serde(default = "yes")]
    pub essential: bool,
    /// CPU units of the task's that are kept for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 16384))]
    pub cpu: Option<u32>,
    /// MiB of the task's memory that it may use at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 6, max = 122_880))]
    pub memory: Option<u32>,
    /// MiB of the task's memory that are kept for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 6, max = 122_880))]
    pub memory_reservation: Option<u32>,
}

/// How far a container has to be before another one starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DependencyCondition {
    /// Started.
    Start,
    /// Ended, with whatever exit code. Not of an essential container.
    Complete,
    /// Ended with exit code 0. Not of an essential container.
    Success,
    /// Healthy by its `health_check`.
    Healthy,
}

/// A command that ECS runs in the container; exit code 0 is healthy.
///
/// Bounds: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContainerHealthCheck {
    /// The program and its arguments; no shell.
    #[schemars(length(min = 1))]
    pub command: Vec<String>,
    /// Seconds between two checks.
    #[serde(default = "thirty")]
    #[schemars(range(min = 5, max = 300))]
    pub interval_seconds: u32,
    /// Seconds until an unanswered check has failed.
    #[serde(default = "five")]
    #[schemars(range(min = 2, max = 60))]
    pub timeout_seconds: u32,
    /// Failed checks in a row that make a container unhealthy.
    #[serde(default = "three")]
    #[schemars(range(min = 1, max = 10))]
    pub retries: u32,
    /// Seconds after the start in which failed checks do not count.
    #[serde(default)]
    #[schemars(range(max = 300))]
    pub start_seconds: u32,
}

/// A volume as a container sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mount {
    /// Name of one of the `volumes`.
    pub volume: String,
    /// Whether the container cannot write there.
    #[serde(default)]
    pub readonly: bool,
}

/// Options of the `awslogs` driver.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html>
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ContainerLog {
    /// MiB of lines that wait for CloudWatch before new ones are dropped, so that a slow CloudWatch never stops the program.
    /// Absent: lines are never dropped, and the program may have to wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 512))]
    pub drop_after_mib: Option<u32>,
    /// Regular expression that a first line matches; lines that do not match belong to the one before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub multiline_pattern: Option<String>,
}

pub(super) fn yes() -> bool {
    true
}

fn thirty() -> u32 {
    30
}

fn five() -> u32 {
    5
}

fn three() -> u32 {
    3
}
