//! A rollout: one ECS service deployment, followed by its ARN from start to verdict.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::declaration::PauseEnd;

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

/// How a rollout waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitForPerson {
    /// Where it waits, in ECS's word: `POST_SCALE_UP`.
    pub stage: Option<String>,
    /// What lets it go on, word for word; with `--rollback` it is taken back.
    pub command: String,
    /// When ECS decides by itself; `None` when it does not say.
    pub expires_at: Option<Timestamp>,
    /// What ECS does then.
    pub on_timeout: PauseEnd,
}

impl fmt::Display for WaitForPerson {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stage, command, expires_at, on_timeout } = self;
        write!(formatter, "waits")?;
        stage.as_ref().map_or(Ok(()), |stage| write!(formatter, " at {stage}"))?;
        write!(formatter, " for `{command}`")?;
        let then = match on_timeout {
            PauseEnd::Rollback => "is rolled back",
            PauseEnd::Continue => "goes on by itself",
        };
        match expires_at {
            Some(at) => write!(formatter, "; unanswered, it {then} at {}", at.strftime("%Y-%m-%dT%H:%M:%SZ")),
            None => Ok(()),
        }
    }
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

    /// Where it waits for a person, until when, and what ends that. `service` is that of `environment` it belongs to.
    #[must_use]
    pub fn waits_for_person(&self, environment: &str, service: &str) -> Option<WaitForPerson> {
        let WaitingHook { id: _, pause: _, expires_at, then_rolls_back } = self.paused()?;
        Some(WaitForPerson {
            stage: self.stage.clone(),
            command: format!("ops continue {environment} {service}"),
            expires_at: *expires_at,
            on_timeout: if *then_rolls_back { PauseEnd::Rollback } else { PauseEnd::Continue },
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_says_where_until_when_and_what_ends_it() {
        let wait = |stage: Option<&str>, expires_at: Option<&str>, on_timeout| {
            let expires_at = expires_at.map(|at| at.parse().expect("a time"));
            let command = "ops continue dev api".to_owned();
            WaitForPerson { stage: stage.map(str::to_owned), command, expires_at, on_timeout }.to_string()
        };
        assert_eq!(
            wait(Some("POST_SCALE_UP"), Some("2026-01-02T01:00:00.5+01:00"), PauseEnd::Rollback),
            "waits at POST_SCALE_UP for `ops continue dev api`; unanswered, it is rolled back at 2026-01-02T00:00:00Z"
        );
        assert_eq!(
            wait(None, Some("2026-01-02T00:00:00Z"), PauseEnd::Continue),
            "waits for `ops continue dev api`; unanswered, it goes on by itself at 2026-01-02T00:00:00Z"
        );
        assert_eq!(wait(None, None, PauseEnd::Continue), "waits for `ops continue dev api`");
    }
}
