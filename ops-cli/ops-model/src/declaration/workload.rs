use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::names::given_name;
use super::{Capacity, Container, Sidecar, Volume};

/// What services and tasks have in common: the task definition, and where its tasks run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Workload {
    /// The main container, called like the service or task.
    #[serde(flatten)]
    pub container: Container,
    /// Name of the artifact in `builds.yaml` whose image the main container runs.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9-]{0,39}$"))]
    pub artifact: String,
    /// Name of the main container where it is not the service's or task's own, as in what was imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[A-Za-z0-9_-]{1,255}$"))]
    pub container_name: Option<String>,
    /// Family of its task definitions where it is not `<cluster>-<name>`, as in what was imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[A-Za-z0-9_-]{1,255}$"))]
    pub family: Option<String>,
    /// CPU units of a task; 1024 is one virtual CPU.
    #[schemars(range(min = 256, max = 16384))]
    pub cpu: u32,
    /// Memory of a task in MiB; which sizes there are depends on `cpu`:
    /// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size>.
    #[schemars(range(min = 512, max = 122_880))]
    pub memory: u32,
    /// Processor that the images are built for.
    #[serde(default)]
    pub architecture: Architecture,
    /// Temporary disk of a task in GiB; Fargate's own 20 when absent.
    ///
    /// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html>
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 21, max = 200))]
    pub ephemeral_storage_gib: Option<u32>,
    /// Volumes that containers mount, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = given_name()))]
    pub volumes: BTreeMap<String, Volume>,
    /// Containers beside the main one, by name; at most 9, for a task has at most 10.
    ///
    /// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html>
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = given_name(), "maxProperties" = 9))]
    pub containers: BTreeMap<String, Sidecar>,
    /// How tasks are spread over Fargate and Fargate Spot; Fargate alone when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<Capacity>,
    /// Fargate's platform version, at least `1.4.0`; the latest when absent.
    ///
    /// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-fargate.html>
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^(1\.([4-9]|[1-9][0-9]+)|[2-9]\.[0-9]+|[1-9][0-9]+\.[0-9]+)\.[0-9]+$"))]
    pub platform_version: Option<String>,
    /// Tags of the service and its tasks, beside those that ops sets itself (`slipway:...`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = {
        "pattern": "^(?!aws:|slipway:)[A-Za-z0-9 _.:/=+@-]{1,128}$",
        "description": "up to 128 letters, digits, spaces and `_.:/=+-@`, beginning neither with `aws:` nor with `slipway:`"
    }))]
    pub tags: BTreeMap<String, String>,
}

impl Workload {
    /// Artifacts that its containers run, the main one's first.
    pub fn artifacts(&self) -> impl Iterator<Item = &str> {
        let sidecars = self.containers.values().filter_map(|sidecar| sidecar.artifact.as_deref());
        std::iter::once(self.artifact.as_str()).chain(sidecars)
    }
}

/// Processor architecture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Architecture {
    /// Intel and AMD.
    #[default]
    #[serde(rename = "x86_64")]
    X86_64,
    /// AWS Graviton.
    Arm64,
}
