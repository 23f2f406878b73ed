use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Workload;
use super::container::yes;
use super::names::SCHEDULE;
use super::scaling::utc;

/// A task that runs to its end: before services, by the clock, or by hand (`ops run`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
// The schema alone refuses unknown keys: serde cannot where flattened fields have flattened fields.
#[schemars(deny_unknown_fields)]
pub struct Task {
    #[serde(flatten)]
    pub workload: Workload,
    /// Services that a new version of this task has to have succeeded before, such as migrations of a database.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<String>,
    /// Seconds after which the task is stopped and has failed.
    #[serde(default = "an_hour")]
    #[schemars(range(min = 30, max = 86400))]
    pub timeout_seconds: u32,
    /// When it runs by itself (EventBridge Scheduler).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// What the declaration has no name for yet, in AWS's words.
    #[serde(default, skip_serializing_if = "TaskOverrides::is_empty")]
    pub overrides: TaskOverrides,
}

/// AWS-shaped settings, merged last into what ops renders.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TaskOverrides {
    /// Members of [`RegisterTaskDefinition`](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html).
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub task_definition: Map<String, Value>,
}

impl TaskOverrides {
    /// Whether nothing is overridden.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self { task_definition } = self;
        task_definition.is_empty()
    }
}

/// When a task runs by itself.
///
/// <https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// When: `cron(0 3 * * ? *)`, `rate(1 hour)` or `at(2027-01-01T00:00:00)`.
    #[schemars(regex(pattern = SCHEDULE))]
    pub at: String,
    /// Time zone of `at`, such as `Asia/Seoul`.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// Minutes within which AWS may start it, to spread the load.
    #[serde(default)]
    #[schemars(range(max = 1440))]
    pub flexible_minutes: u32,
    /// Attempts beside the first one to start it. What could not be started is kept in the dead letter queue of the
    /// environment's schedules.
    #[serde(default = "three")]
    #[schemars(range(max = 185))]
    pub retries: u32,
    /// Seconds after which a start that came late is given up.
    #[serde(default = "an_hour")]
    #[schemars(range(min = 60, max = 86400))]
    pub maximum_age_seconds: u32,
    /// Whether it is at work.
    #[serde(default = "yes")]
    pub enabled: bool,
}

fn an_hour() -> u32 {
    3600
}

fn three() -> u32 {
    3
}
