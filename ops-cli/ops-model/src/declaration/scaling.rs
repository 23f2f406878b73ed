use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::names::{SCHEDULE, given_name};

/// How the number of tasks follows the load (Application Auto Scaling). Needs at least one of the targets, `steps` and
/// `schedules`.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scaling {
    /// Fewest tasks.
    #[schemars(range(max = 5000))]
    pub minimum: u32,
    /// Most tasks.
    #[schemars(range(min = 1, max = 5000))]
    pub maximum: u32,
    /// Percentage of its CPU that the service should use; `target` is at most 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<ScalingTarget>,
    /// Percentage of its memory that the service should use; `target` is at most 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<ScalingTarget>,
    /// Requests in a minute that each task of a public service should get. Only with the strategy `rolling`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<ScalingTarget>,
    /// Steps by how far a metric is from a threshold, by name. An alarm of one's own starts each.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = given_name()))]
    pub steps: BTreeMap<String, StepScaling>,
    /// Bounds that change by the clock, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = given_name()))]
    pub schedules: BTreeMap<String, ScheduledBounds>,
}

/// A value that scaling aims at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScalingTarget {
    /// The value itself.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub target: u32,
    /// Seconds to wait after tasks were added.
    #[serde(default = "five_minutes")]
    #[schemars(range(max = 3600))]
    pub scale_out_cooldown_seconds: u32,
    /// Seconds to wait after tasks were removed.
    #[serde(default = "five_minutes")]
    #[schemars(range(max = 3600))]
    pub scale_in_cooldown_seconds: u32,
    /// Whether tasks are only added, never removed.
    #[serde(default)]
    pub only_out: bool,
}

/// Scaling by steps. Alarms that name the policy start it; they are made elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepScaling {
    /// Whether `add` is a number of tasks or a percentage of those that run.
    #[serde(default)]
    pub unit: StepUnit,
    /// Seconds to wait after a step.
    #[serde(default = "five_minutes")]
    #[schemars(range(max = 3600))]
    pub cooldown_seconds: u32,
    /// The steps. Where one ends the next begins, and those towards both sides of 0 have no end.
    ///
    /// <https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html>
    #[schemars(length(min = 1, max = 20))]
    pub steps: Vec<Step>,
}

/// What `add` counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepUnit {
    #[default]
    Tasks,
    Percent,
}

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// How far above the alarm's threshold the metric is at least (below it: negative); no bound when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = -1_000_000_000, max = 1_000_000_000))]
    pub from: Option<i32>,
    /// How far it is at most; no bound when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = -1_000_000_000, max = 1_000_000_000))]
    pub to: Option<i32>,
    /// Tasks that are added, or removed when negative.
    #[schemars(range(min = -5000, max = 5000))]
    pub add: i32,
}

/// Bounds from a moment on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduledBounds {
    /// When: `cron(0 8 ? * MON-FRI *)`, `rate(1 day)` or `at(2027-01-01T00:00:00)`.
    #[schemars(regex(pattern = SCHEDULE))]
    pub at: String,
    /// Time zone of `at`, such as `Asia/Seoul`.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// Fewest tasks from then on; unchanged when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 5000))]
    pub minimum: Option<u32>,
    /// Most tasks from then on; unchanged when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 5000))]
    pub maximum: Option<u32>,
}

fn five_minutes() -> u32 {
    300
}

pub(super) fn utc() -> String {
    "UTC".to_owned()
}
