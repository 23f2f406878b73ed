use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::names::SECRET_REFERENCE;

/// An ECS service on Fargate: one container of one artifact, kept running.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Name of the artifact in `builds.yaml` whose image the service runs.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9-]{0,39}$"))]
    pub artifact: String,
    /// Arguments given to the image's entry point; the image's own when absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// CPU units of a task; 1024 is one virtual CPU.
    #[schemars(range(min = 256, max = 16384))]
    pub cpu: u32,
    /// Memory of a task in MiB; which sizes there are depends on `cpu`:
    /// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size>.
    #[schemars(range(min = 512, max = 122_880))]
    pub memory: u32,
    /// How many tasks run.
    #[serde(default = "one")]
    #[schemars(range(max = 5000))]
    pub count: u32,
    /// TCP port that the container listens on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 65535))]
    pub port: Option<u16>,
    /// Reachable through the load balancer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public: Option<Public>,
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
    }, "additionalProperties" = {
        "type": "string",
        "pattern": SECRET_REFERENCE,
        "description": "`ssm:/path/of/the/parameter` or `secretsmanager:name-of-the-secret`, and nothing after it."
    }))]
    pub secrets: BTreeMap<String, String>,
    /// How a new version replaces the old one.
    #[serde(default)]
    pub deployment: Deployment,
    /// Services that have to be up to date and healthy before this one is touched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
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

/// A rolling deployment with the circuit breaker and rollback on, always.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Deployment {
    /// Lower bound of running tasks during a rollout, in percent of `count`, rounded up.
    #[schemars(range(max = 100))]
    pub minimum_healthy_percent: u32,
    /// Upper bound of running tasks during a rollout, in percent of `count`, rounded down.
    #[schemars(range(min = 100, max = 400))]
    pub maximum_percent: u32,
    /// Seconds after its start in which a public service's task may fail its health checks unpunished.
    #[schemars(range(max = 3600))]
    pub grace_seconds: u32,
    /// Seconds after which ops stops waiting for a rollout; ECS itself goes on.
    #[schemars(range(min = 30, max = 43200))]
    pub timeout_seconds: u32,
}

impl Default for Deployment {
    fn default() -> Self {
        Self { minimum_healthy_percent: 100, maximum_percent: 200, grace_seconds: 30, timeout_seconds: 900 }
    }
}

fn one() -> u32 {
    1
}
