//! A rollout: one ECS service deployment, followed by its ARN from start to verdict.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One service deployment as ECS tells it.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rollout {
    /// ARN of the service deployment.
    pub id: String,
    pub status: RolloutStatus,
    pub status_reason: Option<String>,
    /// ARN of the task definition that it brings.
    pub task_definition: String,
    /// Tasks of the new revision.
    pub tasks: TaskCounts,
    /// Failed tasks that the circuit breaker counted, and how many trip it.
    pub circuit_breaker: Option<CircuitBreaker>,
    /// Why ECS rolled back, and to which service revision.
    pub rollback: Option<Rollback>,
    /// Where a blue/green, canary or linear deployment stands, in ECS's word: `BAKE_TIME`.
    #[serde(default)]
    pub stage: Option<String>,
    /// Hooks that it waits for, soonest to expire first.
    #[serde(default)]
    pub waiting: Vec<WaitingHook>,
    /// Percentage of the production traffic that the new revision gets; `None` where ECS shifts none.
    #[serde(default)]
    pub traffic_percent: Option<u32>,
    /// CloudWatch alarms that went off.
    #[serde(default)]
    pub alarms: Vec<String>,
    pub created_at: Option<Timestamp>,
}

/// A hook that a deployment waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingHook {
    /// What `ContinueServiceDeployment` wants to know.
    pub id: String,
    /// Whether a person ends it (`PAUSE`); otherwise a function does.
    pub pause: bool,
    /// When ECS decides by itself.
    pub expires_at: Option<Timestamp>,
    /// Whether ECS then takes the deployment back; otherwise it goes on.
    pub then_rolls_back: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TaskCounts {
    pub requested: u32,
    pub running: u32,
    pub pending: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CircuitBreaker {
    pub failures: u32,
    pub threshold: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rollback {
    pub reason: Option<String>,
    pub service_revision: Option<String>,
}

/// Where a rollout stands. The names are ECS's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RolloutStatus {
    Pending,
    InProgress,
    Successful,
    StopRequested,
    Stopped,
    RollbackRequested,
    RollbackInProgress,
    RollbackSuccessful,
    RollbackFailed,
}

impl Rollout {
    /// The pause that a person has to end before it goes on.
    #[must_use]
    pub fn paused(&self) -> Option<&WaitingHook> {
        self.waiting.iter().find(|hook| hook.pause).filter(|_| self.status.is_advancing())
    }
}

impl RolloutStatus {
    /// Whether nothing more will happen to it.
    #[must_use]
    pub fn is_final(self) -> bool {
        match self {
            Self::Successful | Self::Stopped | Self::RollbackSuccessful | Self::RollbackFailed => true,
            Self::Pending
            | Self::InProgress
            | Self::StopRequested
            | Self::RollbackRequested
            | Self::RollbackInProgress => false,
        }
    }

    /// Whether it is on its way forward: neither final nor being taken back.
    #[must_use]
    pub fn is_advancing(self) -> bool {
        matches!(self, Self::Pending | Self::InProgress)
    }
}
