use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Connect, Deployment, Scaling, Workload};

/// An ECS service on Fargate, kept running.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
// The schema alone refuses unknown keys: serde cannot where flattened fields have flattened fields.
#[schemars(deny_unknown_fields)]
pub struct Service {
    #[serde(flatten)]
    pub workload: Workload,
    /// How many tasks run. Absent: ops starts one and then leaves the number to whoever sets it. Not together with
    /// `scaling`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 5000))]
    pub count: Option<u32>,
    /// Reachable through the load balancer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public: Option<Public>,
    /// Reachable by other services under a name (Service Connect).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connect: Option<Connect>,
    /// Whether `ops exec` may open a shell in its containers (ECS Exec). Needs `readonly_root_filesystem: false`.
    #[serde(default)]
    pub exec: bool,
    /// How a new version replaces the old one.
    #[serde(default)]
    pub deployment: Deployment,
    /// How the number of tasks follows the load.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scaling: Option<Scaling>,
    /// Services that have to be up to date and healthy before this one is touched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
    /// What the declaration has no name for yet, in AWS's words.
    #[serde(default, skip_serializing_if = "ServiceOverrides::is_empty")]
    pub overrides: ServiceOverrides,
}

/// AWS-shaped settings, merged last into what ops renders: a mapping into a mapping, a list item into the one of the same
/// name, everything else in place of what is there. The plan shows them like every other setting.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ServiceOverrides {
    /// Members of [`RegisterTaskDefinition`](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html).
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub task_definition: Map<String, Value>,
    /// Members of [`CreateService`](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html).
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub service: Map<String, Value>,
}

impl ServiceOverrides {
    /// Whether nothing is overridden.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self { task_definition, service } = self;
        task_definition.is_empty() && service.is_empty()
    }
}

/// A rule of the load balancer and the target group behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Public {
    /// Path pattern, such as `/*` or `/api/*`: `/`, then up to 127 letters, digits and `_-.$/~@:+*?`, at most five of them
    /// `*` or `?`.
    ///
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#path-conditions>
    #[schemars(length(max = 128), regex(pattern = r"^/[A-Za-z0-9_.$/~@:+-]*([*?][A-Za-z0-9_.$/~@:+-]*){0,5}$"))]
    pub path: String,
    /// Order among the rules, lowest first; derived from `path` when absent, longer paths first, from 27200 to 39999.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 50000))]
    pub priority: Option<u32>,
    /// When a task counts as healthy.
    #[serde(default)]
    pub health: HealthCheck,
}

/// The target group's health check.
///
/// Bounds: <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HealthCheck {
    /// Path that answers 200 when the task can serve: `/`, then up to 254 visible ASCII characters, none of `"`, `\\`,
    /// `<`, `>`.
    #[schemars(regex(pattern = r##"^/[!#-;=?-\[\]-~]{0,254}$"##))]
    pub path: String,
    /// Seconds between two checks.
    #[schemars(range(min = 5, max = 300))]
    pub interval_seconds: u32,
    /// Seconds until an unanswered check has failed; less than the interval.
    #[schemars(range(min = 2, max = 120))]
    pub timeout_seconds: u32,
    /// Checks in a row that make a task healthy.
    #[schemars(range(min = 2, max = 10))]
    pub healthy_threshold: u32,
    /// Checks in a row that make a task unhealthy.
    #[schemars(range(min = 2, max = 10))]
    pub unhealthy_threshold: u32,
}

impl Default for HealthCheck {
    fn default() -> Self {
        Self {
            path: "/".to_owned(),
            interval_seconds: 10,
            timeout_seconds: 5,
            healthy_threshold: 2,
            unhealthy_threshold: 3,
        }
    }
}
