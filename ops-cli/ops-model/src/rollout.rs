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
    pub created_at: Option<Timestamp>,
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
