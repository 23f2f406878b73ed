use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How ECS replaces tasks. The circuit breaker and rollback are on, always.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Deployment {
    /// How traffic moves to the new version.
    pub strategy: Strategy,
    /// Lower bound of running tasks during a rollout, in percent of `count`, rounded up.
    #[schemars(range(max = 100))]
    pub minimum_healthy_percent: u32,
    /// Upper bound of running tasks during a rollout, in percent of `count`, rounded down.
    #[schemars(range(min = 100, max = 400))]
    pub maximum_percent: u32,
    /// Seconds after its start in which a public service's task may fail its health checks unpunished.
    #[schemars(range(max = 3600))]
    pub grace_seconds: u32,
    /// Seconds after which ops stops waiting for a rollout; ECS itself goes on. Bake times and pauses come on top.
    #[schemars(range(min = 30, max = 43200))]
    pub timeout_seconds: u32,
    /// When the circuit breaker gives a rollout up.
    pub circuit_breaker: CircuitBreaker,
    /// Names of CloudWatch alarms that take a rollout back when they go off while it runs or bakes.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    #[schemars(inner(length(min = 1, max = 255)))]
    pub alarms: BTreeSet<String>,
    /// Minutes that the old version stays, without traffic, after the new one has all of it. Not with `rolling`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 1440))]
    pub bake_minutes: Option<u32>,
    /// The first step of a `canary` deployment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canary: Option<Canary>,
    /// The steps of a `linear` deployment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linear: Option<Linear>,
    /// Points at which a rollout waits for `ops continue`. Not with `rolling`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<Pause>,
    /// Lets a `rolling` rollout succeed before every task is replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub early_success: Option<EarlySuccess>,
}

impl Default for Deployment {
    fn default() -> Self {
        Self {
            strategy: Strategy::default(),
            minimum_healthy_percent: 100,
            maximum_percent: 200,
            grace_seconds: 30,
            timeout_seconds: 900,
            circuit_breaker: CircuitBreaker::default(),
            alarms: BTreeSet::new(),
            bake_minutes: None,
            canary: None,
            linear: None,
            pauses: Vec::new(),
            early_success: None,
        }
    }
}

/// How traffic moves to the new version.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// Task by task.
    #[default]
    Rolling,
    /// All at once, to a second set of tasks.
    BlueGreen,
    /// A part first, then the rest.
    Canary,
    /// In equal steps.
    Linear,
}

/// When the circuit breaker gives a rollout up.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CircuitBreaker {
    /// Failed tasks that end a rollout, whatever `count` is. Not together with `failed_percent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 10000))]
    pub failed_tasks: Option<u32>,
    /// Failed tasks that end a rollout, in percent of `count`; at least 3 tasks and at most 200. 50 when neither is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100))]
    pub failed_percent: Option<u32>,
    /// Whether a healthy task sets the count of failures back to 0.
    pub reset_on_healthy_task: bool,
}

impl Default for CircuitBreaker {
    fn default() -> Self {
        Self { failed_tasks: None, failed_percent: None, reset_on_healthy_task: true }
    }
}

/// The first step of a canary deployment. Bounds:
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CanaryConfiguration.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Canary {
    /// Percentage of the traffic that the new version gets first.
    #[schemars(range(min = 1, max = 99))]
    pub percent: u32,
    /// Minutes until it gets the rest.
    #[schemars(range(max = 1440))]
    pub bake_minutes: u32,
}

impl Default for Canary {
    fn default() -> Self {
        Self { percent: 5, bake_minutes: 10 }
    }
}

/// The steps of a linear deployment. Bounds:
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinearConfiguration.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Linear {
    /// Percentage of the traffic that moves at each step.
    #[schemars(range(min = 3, max = 100))]
    pub step_percent: u32,
    /// Minutes between two steps.
    #[schemars(range(max = 1440))]
    pub bake_minutes: u32,
}

impl Default for Linear {
    fn default() -> Self {
        Self { step_percent: 10, bake_minutes: 6 }
    }
}

/// A point at which a rollout waits for `ops continue`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// Where it waits.
    pub at: Stage,
    /// Minutes after which ECS decides by itself.
    #[serde(default = "a_day")]
    #[schemars(range(min = 1, max = 20160))]
    pub timeout_minutes: u32,
    /// What ECS does then.
    #[serde(default)]
    pub on_timeout: PauseEnd,
}

/// Stages of a deployment at which it can wait. AWS lets only functions run while traffic moves.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentLifecycleHook.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Before the new version's tasks start.
    PreScaleUp,
    /// When they run.
    PostScaleUp,
    /// When the new version has the test traffic.
    PostTestTrafficShift,
    /// Before traffic moves; with `canary` and `linear` before each step.
    PreProductionTrafficShift,
    /// When the new version has all traffic.
    PostProductionTrafficShift,
}

/// What ends a pause that nobody ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PauseEnd {
    #[default]
    Rollback,
    Continue,
}

/// Lets a rolling rollout succeed before every task is replaced.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentEarlySuccessCriteria.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EarlySuccess {
    /// Percentage of `count` that has to be new and healthy; not less than `minimum_healthy_percent`.
    #[schemars(range(min = 1, max = 100))]
    pub healthy_percent: u32,
    /// Whether the old tasks are stopped before the rollout counts as done, or after it.
    #[serde(default)]
    pub cleanup: Cleanup,
}

/// When the old tasks are stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cleanup {
    /// Before the rollout counts as done.
    #[default]
    Blocking,
    /// After it.
    Deferred,
}

fn a_day() -> u32 {
    1440
}
