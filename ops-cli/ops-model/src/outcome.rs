//! What became of a reconcile. Every verdict is about the rollouts that this reconcile started or adopted.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::observation::{ObservedTask, ServiceEvent, TargetHealth};
use crate::plan::Kind;
use crate::rollout::CircuitBreaker;
use crate::scenario::ScenarioRun;

/// The verdict on a whole reconcile: the worst of its changes' verdicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing differed.
    InSync,
    /// Everything planned was done and seen to be done.
    Succeeded,
    /// Planned, but something before it did not succeed, so it was not begun.
    NotStarted,
    /// A gate holds; nothing was changed.
    Held,
    /// A rollout waits for `ops continue`.
    Paused,
    /// ops was interrupted; ECS goes on by itself.
    Interrupted,
    /// A rollout was still running when ops stopped waiting.
    TimedOut,
    /// Another rollout took the place of ours: somebody else's, or ECS went back.
    Superseded,
    /// A person stopped our rollout.
    Stopped,
    /// Everything was deployed and serves, and a scenario failed.
    NotVerified,
    /// A rollout was taken back, by ECS or after a failed scenario; what served before serves again.
    RolledBack,
    /// A rollout failed and nothing took its place, or AWS refused a call.
    Failed,
}

/// The verdict on one change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeOutcome {
    #[serde(default)]
    pub kind: Kind,
    /// Name of the service, task or scenario.
    #[serde(alias = "service")]
    pub name: String,
    pub outcome: Outcome,
    /// ARN of the rollout, or of the task that ran, that the verdict is about.
    pub rollout: Option<String>,
    /// ARN of the task definition that it brought.
    pub task_definition: Option<String>,
    /// Why, in AWS's words or ours; always there unless it succeeded.
    pub reason: Option<String>,
    /// What a person would have clicked through consoles to find; empty when it succeeded, but for a scenario.
    #[serde(default)]
    pub evidence: Evidence,
}

/// What was seen when a rollout failed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Evidence {
    /// Tasks of the failed revision, stopped ones first.
    pub tasks: Vec<ObservedTask>,
    pub targets: Vec<TargetHealth>,
    /// Latest first.
    pub events: Vec<ServiceEvent>,
    /// The last lines that the failed containers wrote, oldest first.
    #[serde(default)]
    pub log: Vec<LogLine>,
    /// Failed tasks that the circuit breaker counted, and how many trip it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub circuit_breaker: Option<CircuitBreaker>,
    /// CloudWatch alarms that went off during the rollout.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alarms: Vec<String>,
    /// What could not be read, and why.
    pub unread: Vec<String>,
    /// How the run of a scenario went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<ScenarioRun>,
}

/// A line of a container's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    pub at: Timestamp,
    /// Id of the task.
    pub task: String,
    pub container: String,
    pub text: String,
}

impl Outcome {
    /// Git and AWS agree, seen, not assumed.
    #[must_use]
    pub fn is_success(self) -> bool {
        matches!(self, Self::InSync | Self::Succeeded)
    }
}
