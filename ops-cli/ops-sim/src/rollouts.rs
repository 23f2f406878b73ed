use std::time::Duration;

use ops_model::observation::{LoadBalancerSettings, NetworkSettings};
use ops_model::rollout::{CircuitBreaker, Rollback, Rollout, RolloutStatus, TaskCounts};

use crate::clock::timestamp;
use crate::services::Service;

/// What ECS says of a rollout that the circuit breaker ended.
pub(crate) const BREAKER_ROLLED_BACK: &str =
    "Service deployment rolled back because the circuit breaker threshold was exceeded.";
pub(crate) const BREAKER_STOPPED: &str =
    "Service deployment stopped because the circuit breaker threshold was exceeded.";
pub(crate) const NO_CANDIDATE: &str = "No rollback candidate was found to run the rollback.";
pub(crate) const ROLLBACK_FAILED_TOO: &str = "The rollback failed because the circuit breaker threshold was exceeded.";
/// AWS does not document its words for this one; these are ours.
pub(crate) const SUPERSEDED: &str = "Service deployment stopped because a newer service deployment was started.";
pub(crate) const STOPPED_BY_USER: &str = "Service deployment stopped by a user.";
pub(crate) const ROLLED_BACK_BY_USER: &str = "Service deployment rolled back by a user.";
pub(crate) const SERVICE_DELETED: &str = "Service deployment stopped because the service was deleted.";

/// What a rollout brings: everything of a service that a running task depends on.
#[derive(Debug, Clone)]
pub(crate) struct ServiceRevision {
    pub(crate) arn: String,
    /// What the events call it: `ecs-svc/<number>`.
    pub(crate) deployment: String,
    pub(crate) content: RevisionContent,
}

/// A change in here is a new rollout; any other change of a service is not.
///
/// Source: which parameters trigger a deployment, in
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RevisionContent {
    pub(crate) task_definition: String,
    pub(crate) network: NetworkSettings,
    pub(crate) load_balancers: Vec<LoadBalancerSettings>,
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
}

/// Failed tasks that trip the circuit breaker: half of the desired count, at least 3, at most 200.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html>
pub(crate) fn breaker_threshold(desired_count: u32) -> u32 {
    desired_count.div_ceil(2).clamp(3, 200)
}

impl Service {
    pub(crate) fn newest_rollout(&self) -> Option<&ServiceDeployment> {
        self.rollouts.last()
    }

    /// No task is started any more, because the last rollout ended without anything that could run.
    pub(crate) fn is_stalled(&self) -> bool {
        let status = self.newest_rollout().map(|rollout| rollout.status);
        matches!(status, Some(RolloutStatus::RollbackFailed | RolloutStatus::Stopped))
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
        let breaker = CircuitBreaker { failures: rollout.failures, threshold: breaker_threshold(self.desired_count) };
        Rollout {
            id: rollout.arn.clone(),
            status: rollout.status,
            status_reason: rollout.reason.clone(),
            task_definition: self.revisions[rollout.target].content.task_definition.clone(),
            tasks: rollout.final_tasks.unwrap_or_else(|| self.counts(rollout.target)),
            circuit_breaker: self.deployment.circuit_breaker.then_some(breaker),
            rollback: rollout.rollback.clone(),
            created_at: Some(timestamp(rollout.created_at)),
        }
    }

    fn counts(&self, revision: usize) -> TaskCounts {
        use crate::tasks::Phase;
        let of_revision = || self.tasks.iter().filter(|task| task.revision == revision);
        let running = of_revision().filter(|task| matches!(task.phase, Phase::Running { .. })).count();
        let pending = of_revision().filter(|task| task.phase == Phase::Pending).count();
        let requested = if revision == self.primary { self.desired_count } else { 0 };
        TaskCounts { requested, running: count(running), pending: count(pending) }
    }
}

/// A number of tasks; there are never more than fit.
pub(crate) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
