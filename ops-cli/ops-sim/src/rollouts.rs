use std::time::Duration;

use ops_model::rollout::{CircuitBreaker, Rollback, Rollout, RolloutStatus, TaskCounts};
use serde_json::{Map, Value};

use crate::balancers::Balanced;
use crate::clock::timestamp;
use crate::lifecycle::Lifecycle;
use crate::services::Service;
use crate::tasks::Phase;

/// What ECS says of a rollout that the circuit breaker ended.
pub(crate) const BREAKER_ROLLED_BACK: &str =
    "Service deployment rolled back because the circuit breaker threshold was exceeded.";
pub(crate) const BREAKER_STOPPED: &str =
    "Service deployment stopped because the circuit breaker threshold was exceeded.";
pub(crate) const NO_CANDIDATE: &str = "No rollback candidate was found to run the rollback.";
pub(crate) const ROLLBACK_FAILED_TOO: &str = "The rollback failed because the circuit breaker threshold was exceeded.";
/// AWS does not document its words for this one and for those that follow; these are ours.
pub(crate) const SUPERSEDED: &str = "Service deployment stopped because a newer service deployment was started.";
pub(crate) const STOPPED_BY_USER: &str = "Service deployment stopped by a user.";
pub(crate) const ROLLED_BACK_BY_USER: &str = "Service deployment rolled back by a user.";
pub(crate) const SERVICE_DELETED: &str = "Service deployment stopped because the service was deleted.";
pub(crate) const ALARM_ROLLED_BACK: &str = "Service deployment rolled back because a CloudWatch alarm went off.";
pub(crate) const ALARM_STOPPED: &str = "Service deployment stopped because a CloudWatch alarm went off.";
pub(crate) const HOOK_TIMED_OUT: &str = "Service deployment rolled back because a lifecycle hook timed out.";
pub(crate) const HOOK_FAILED: &str = "Service deployment rolled back because a lifecycle hook failed.";
pub(crate) const NO_LISTENER_RULE: &str = "Service deployment rolled back because its listener rule was not found.";

/// What a rollout brings: everything of a service that a running task depends on.
#[derive(Debug, Clone)]
pub(crate) struct ServiceRevision {
    pub(crate) arn: String,
    /// What the events call it: `ecs-svc/<number>`.
    pub(crate) deployment: String,
    pub(crate) content: RevisionContent,
    pub(crate) balanced: Vec<Balanced>,
}

/// A change in here is a new rollout; any other change of a service is not.
///
/// Source: which parameters trigger a deployment, in
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html>
#[derive(Debug, Clone)]
pub(crate) struct RevisionContent {
    pub(crate) task_definition: String,
    pub(crate) settings: Map<String, Value>,
}

/// One service deployment.
#[derive(Debug, Clone)]
pub(crate) struct ServiceDeployment {
    pub(crate) arn: String,
    /// Index of the service revision that it brings.
    pub(crate) target: usize,
    pub(crate) status: RolloutStatus,
    pub(crate) reason: Option<String>,
    pub(crate) created_at: Duration,
    /// When a status that only waits for its turn ends.
    pub(crate) turns_at: Option<Duration>,
    /// Failed tasks of the target since the last healthy one.
    pub(crate) failures: u32,
    /// The same of the revision that is rolled back to.
    pub(crate) rollback_failures: u32,
    pub(crate) rollback: Option<Rollback>,
    /// Counts at the end; while it goes on they are counted anew.
    pub(crate) final_tasks: Option<TaskCounts>,
    /// The stages of one that shifts traffic.
    pub(crate) lifecycle: Option<Lifecycle>,
    /// Alarms that it looks at.
    pub(crate) watched_alarms: Vec<String>,
    pub(crate) triggered_alarms: Vec<String>,
    pub(crate) bake: Bake,
}

/// How long a rolling deployment with alarms looks at them before it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bake {
    Ahead,
    Until(Duration),
    Over,
}

impl ServiceDeployment {
    /// When something happens to it next by itself.
    pub(crate) fn next_due(&self) -> Option<Duration> {
        let bake = match self.bake {
            Bake::Until(at) if self.status == RolloutStatus::InProgress => Some(at),
            _ => None,
        };
        let lifecycle = self.lifecycle.as_ref().filter(|_| self.status == RolloutStatus::InProgress);
        [self.turns_at, bake, lifecycle.and_then(Lifecycle::next_due)].into_iter().flatten().min()
    }
}

impl Service {
    pub(crate) fn newest_rollout(&self) -> Option<&ServiceDeployment> {
        self.rollouts.last()
    }

    pub(crate) fn newest_status(&self) -> Option<RolloutStatus> {
        self.newest_rollout().map(|rollout| rollout.status)
    }

    /// No task is started any more, because the last rollout ended without anything that could run.
    pub(crate) fn is_stalled(&self) -> bool {
        matches!(self.newest_status(), Some(RolloutStatus::RollbackFailed | RolloutStatus::Stopped))
    }

    /// Ends the newest rollout.
    pub(crate) fn finish_rollout(&mut self, status: RolloutStatus, reason: Option<&str>) {
        let Some(target) = self.newest_rollout().map(|rollout| rollout.target) else { return };
        let counts = self.counts(target);
        if let Some(rollout) = self.rollouts.last_mut() {
            rollout.status = status;
            rollout.turns_at = None;
            rollout.final_tasks = Some(counts);
            if let Some(reason) = reason {
                rollout.reason = Some(reason.to_owned());
            }
        }
    }

    pub(crate) fn observed_rollout(&self, rollout: &ServiceDeployment) -> Rollout {
        let rules = &self.deployment.deployment_circuit_breaker;
        let breaker = CircuitBreaker { failures: rollout.failures, threshold: rules.threshold(self.desired_count) };
        let shifts = self.revisions[rollout.target].balanced.iter().any(|balanced| balanced.pair.is_some());
        let lifecycle = rollout.lifecycle.as_ref();
        Rollout {
            id: rollout.arn.clone(),
            status: rollout.status,
            status_reason: rollout.reason.clone(),
            task_definition: self.revisions[rollout.target].content.task_definition.clone(),
            tasks: rollout.final_tasks.unwrap_or_else(|| self.counts(rollout.target)),
            circuit_breaker: rules.enable.then_some(breaker),
            rollback: rollout.rollback.clone(),
            stage: lifecycle.and_then(Lifecycle::stage_name).map(str::to_owned),
            waiting: lifecycle.map(Lifecycle::waiting).unwrap_or_default(),
            traffic_percent: lifecycle.filter(|_| shifts).map(|lifecycle| lifecycle.percent),
            alarms: rollout.triggered_alarms.clone(),
            created_at: Some(timestamp(rollout.created_at)),
        }
    }

    fn counts(&self, revision: usize) -> TaskCounts {
        let of_revision = || self.tasks.iter().filter(|task| task.revision == revision);
        let running = of_revision().filter(|task| matches!(task.phase, Phase::Running { .. })).count();
        let pending = of_revision().filter(|task| task.phase == Phase::Pending).count();
        TaskCounts { requested: count(self.wanted(revision)), running: count(running), pending: count(pending) }
    }
}

/// A number of tasks; there are never more than fit.
pub(crate) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
