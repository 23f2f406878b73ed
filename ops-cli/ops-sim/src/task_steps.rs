//! What happens to tasks as time goes by.

use crate::services::Service;
use crate::state::Surroundings;
use crate::tasks::{Phase, STOPPED_TASK_MEMORY, Stop};
use crate::timing::after;

impl Service {
    /// Lets happen to every task what is due now.
    pub(crate) fn step_tasks(&mut self, surroundings: &mut Surroundings<'_>) {
        let now = surroundings.now;
        self.tasks.retain(|task| match task.phase {
            Phase::Stopped { at } => now.saturating_sub(at) < STOPPED_TASK_MEMORY,
            _ => true,
        });
        for index in 0..self.tasks.len() {
            if self.tasks[index].next_due().is_some_and(|due| due <= now) {
                self.step_task(surroundings, index);
            }
        }
    }

    fn step_task(&mut self, surroundings: &mut Surroundings<'_>, index: usize) {
        let now = surroundings.now;
        let fate = self.tasks[index].fate;
        match self.tasks[index].phase {
            Phase::Pending if self.tasks[index].missing_image.is_none() => self.run(surroundings, index),
            Phase::Pending => self.fail_to_pull(surroundings, index),
            Phase::Running { healthy } => {
                if let Some((at, exit_code)) = fate.exits_at
                    && at <= now
                {
                    self.exit(surroundings, index, exit_code, healthy);
                } else if !healthy && fate.healthy_at.is_some_and(|at| at <= now) {
                    self.tasks[index].phase = Phase::Running { healthy: true };
                    self.count_success(index);
                } else {
                    self.give_up(surroundings, index);
                }
            }
            Phase::Draining { .. } => {
                self.tasks[index].phase = Phase::Stopping { until: after(now, surroundings.timing.stopping) };
            }
            Phase::Stopping { .. } => {
                let task = &mut self.tasks[index];
                let ran = task.ran;
                task.phase = Phase::Stopped { at: now };
                if let Some(stop) = &mut task.stop
                    && ran
                {
                    stop.exit_code = Some(0);
                }
            }
            Phase::Stopped { .. } => {}
        }
    }

    fn run(&mut self, surroundings: &mut Surroundings<'_>, index: usize) {
        self.tasks[index].phase = Phase::Running { healthy: false };
        self.tasks[index].ran = true;
        for balanced in self.tasks[index].load_balancers.clone() {
            self.say(surroundings, &format!("registered 1 targets in (target-group {})", balanced.target_group_arn));
        }
    }

    fn fail_to_pull(&mut self, surroundings: &mut Surroundings<'_>, index: usize) {
        let message = format!(
            "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref {}: not found",
            self.tasks[index].missing_image.as_deref().unwrap_or_default()
        );
        let stop = Stop {
            code: "TaskFailedToStart",
            reason: message.clone(),
            exit_code: None,
            container_reason: Some(message),
        };
        self.tasks[index].end(surroundings.now, stop);
        self.count_failure(index);
    }

    fn exit(&mut self, surroundings: &mut Surroundings<'_>, index: usize, exit_code: i32, healthy: bool) {
        let reason = "Essential container in task exited".to_owned();
        let stop =
            Stop { code: "EssentialContainerExited", reason, exit_code: Some(exit_code), container_reason: None };
        self.tasks[index].end(surroundings.now, stop);
        if !healthy {
            self.count_failure(index);
        }
    }

    fn give_up(&mut self, surroundings: &mut Surroundings<'_>, index: usize) {
        let task = &self.tasks[index];
        let Some(balanced) = task.load_balancers.first() else { return };
        let group = balanced.target_group_arn.clone();
        let unhealthy = format!(
            "(task {}) (port {}) is unhealthy in (target-group {group}) due to (reason Health checks failed).",
            task.id, balanced.port
        );
        self.say(surroundings, &unhealthy);
        let stop = Stop::by_scheduler(format!("Task failed ELB health checks in (target-group {group})"));
        self.tasks[index].stop(surroundings.now, surroundings.timing, stop);
        self.count_failure(index);
    }

    /// A task that failed before it was healthy counts for the circuit breaker. One that fails later
    /// does not, as in ECS.
    fn count_failure(&mut self, index: usize) {
        let revision = self.tasks[index].revision;
        let primary = self.primary;
        if let Some(rollout) = self.rollouts.last_mut()
            && !rollout.status.is_final()
        {
            if revision == rollout.target {
                rollout.failures += 1;
            } else if revision == primary {
                rollout.rollback_failures += 1;
            }
        }
    }

    /// A healthy task sets the count back (`resetOnHealthyTask`, which is on by default).
    fn count_success(&mut self, index: usize) {
        let revision = self.tasks[index].revision;
        let primary = self.primary;
        if let Some(rollout) = self.rollouts.last_mut()
            && !rollout.status.is_final()
        {
            if revision == rollout.target && revision == primary {
                rollout.failures = 0;
            } else if revision == primary {
                rollout.rollback_failures = 0;
            }
        }
    }
}
