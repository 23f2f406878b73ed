//! The service scheduler: judges the newest rollout, and takes it back when it fails. Which tasks it starts and stops on
//! the way is in `task_counts`.

use std::time::Duration;

use ops_model::rollout::{Rollback, RolloutStatus};

use crate::deployment_rules::Cleanup;
use crate::rollouts::{
    ALARM_ROLLED_BACK, ALARM_STOPPED, BREAKER_ROLLED_BACK, BREAKER_STOPPED, Bake, NO_CANDIDATE, ROLLBACK_FAILED_TOO,
    ROLLED_BACK_BY_USER, STOPPED_BY_USER,
};
use crate::services::Service;
use crate::state::Surroundings;
use crate::tasks::Task;
use crate::timing::after;

impl Service {
    /// Does everything that can be done at this moment.
    pub(crate) fn settle(&mut self, surroundings: &mut Surroundings<'_>) {
        self.step_tasks(surroundings);
        while self.take_turn(surroundings)
            || self.trip_breaker(surroundings)
            || self.look_at_alarms(surroundings)
            || self.advance_stage(surroundings)
            || self.restore_traffic(surroundings)
            || self.stop_surplus(surroundings)
            || self.start_missing(surroundings)
            || self.conclude(surroundings)
            || self.reach_steady_state(surroundings)
        {}
        self.steady &= self.is_as_desired();
    }

    /// A status that only waited for its turn ends.
    fn take_turn(&mut self, surroundings: &mut Surroundings<'_>) -> bool {
        let Some(rollout) = self.rollouts.last_mut() else { return false };
        if rollout.turns_at.is_none_or(|at| at > surroundings.now) {
            return false;
        }
        rollout.turns_at = None;
        match rollout.status {
            RolloutStatus::StopRequested => self.finish_rollout(RolloutStatus::Stopped, Some(STOPPED_BY_USER)),
            RolloutStatus::RollbackRequested => self.roll_back(surroundings, ROLLED_BACK_BY_USER),
            _ => rollout.status = RolloutStatus::InProgress,
        }
        true
    }

    fn trip_breaker(&mut self, surroundings: &mut Surroundings<'_>) -> bool {
        let breaker = &self.deployment.deployment_circuit_breaker;
        if !breaker.enable {
            return false;
        }
        let (threshold, rolls_back) = (breaker.threshold(self.desired_count), breaker.rollback);
        let Some(rollout) = self.newest_rollout() else { return false };
        let tripped = match rollout.status {
            RolloutStatus::InProgress => rollout.failures >= threshold,
            RolloutStatus::RollbackInProgress => rollout.rollback_failures >= threshold,
            _ => false,
        };
        if !tripped {
            return false;
        }
        let deployment = self.revisions[self.primary].deployment.clone();
        let rolling_back = rollout.status == RolloutStatus::RollbackInProgress;
        self.say(surroundings, &format!("(deployment {deployment}) deployment failed: tasks failed to start."));
        if rolling_back {
            self.finish_rollout(RolloutStatus::RollbackFailed, Some(ROLLBACK_FAILED_TOO));
        } else {
            self.fail(surroundings, rolls_back, BREAKER_ROLLED_BACK, BREAKER_STOPPED);
        }
        true
    }

    /// An alarm that goes off while the rollout looks at it ends it.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html>
    fn look_at_alarms(&mut self, surroundings: &mut Surroundings<'_>) -> bool {
        let Some(rollout) = self.rollouts.last_mut() else { return false };
        if rollout.status != RolloutStatus::InProgress {
            return false;
        }
        let firing = rollout.watched_alarms.iter().filter(|name| surroundings.alarms.is_firing(name));
        let firing: Vec<_> = firing.cloned().collect();
        if firing.is_empty() {
            return false;
        }
        rollout.triggered_alarms = firing;
        let deployment = self.revisions[self.primary].deployment.clone();
        self.say(surroundings, &format!("(deployment {deployment}) deployment failed: alarm detected."));
        self.fail(surroundings, self.deployment.alarms.rollback, ALARM_ROLLED_BACK, ALARM_STOPPED);
        true
    }

    fn fail(&mut self, surroundings: &mut Surroundings<'_>, rolls_back: bool, rolled_back: &str, stopped: &str) {
        if rolls_back {
            self.roll_back(surroundings, rolled_back);
        } else {
            self.finish_rollout(RolloutStatus::Stopped, Some(stopped));
        }
    }

    /// Goes back to the last revision that completed. While it does, that one is no candidate for
    /// another rollback.
    pub(crate) fn roll_back(&mut self, surroundings: &mut Surroundings<'_>, reason: &str) {
        let candidate = self.last_completed.take();
        let Some(rollout) = self.rollouts.last_mut() else { return };
        let revision = candidate.map(|index| self.revisions[index].arn.clone());
        rollout.rollback = Some(Rollback { reason: Some(reason.to_owned()), service_revision: revision });
        rollout.reason = Some(reason.to_owned());
        if let Some(lifecycle) = &mut rollout.lifecycle {
            lifecycle.leave_for_clean_up();
        }
        match candidate {
            None => self.finish_rollout(RolloutStatus::RollbackFailed, Some(NO_CANDIDATE)),
            Some(candidate) => {
                rollout.status = RolloutStatus::RollbackInProgress;
                self.primary = candidate;
                let deployment = self.revisions[candidate].deployment.clone();
                self.say(surroundings, &format!("rolling back to deployment {deployment}."));
            }
        }
    }

    /// The scheduler does nothing before a rollout has begun, and nothing for one that failed.
    pub(crate) fn is_scheduling(&self) -> bool {
        let status = self.newest_status();
        let waits = matches!(status, Some(RolloutStatus::Pending | RolloutStatus::StopRequested));
        !waits && status != Some(RolloutStatus::RollbackRequested) && !self.is_stalled()
    }

    /// The desired number of healthy tasks of the primary revision, and nothing else that has yet to stop.
    fn is_as_desired(&self) -> bool {
        let serving = |task: &&Task| task.revision == self.primary && task.is_healthy();
        let left = self.tasks.iter().filter(|task| !task.is_stopped()).count();
        left == self.desired_count as usize && self.tasks.iter().filter(serving).count() == left
    }

    /// Whether a rolling rollout has brought enough healthy tasks to count as done before it has brought all.
    pub(crate) fn has_early_success(&self) -> Option<Cleanup> {
        if self.newest_status() != Some(RolloutStatus::InProgress) || self.shifting().is_some() {
            return None;
        }
        let (enough, cleanup) = self.deployment.early_success_criteria.enough(self.desired_count)?;
        let healthy = self.tasks.iter().filter(|task| task.revision == self.primary && task.is_healthy()).count();
        (healthy >= enough).then_some(cleanup)
    }

    /// Ends a rolling rollout, or a rollback, that has brought what it was to bring.
    fn conclude(&mut self, surroundings: &mut Surroundings<'_>) -> bool {
        if self.draining || !self.is_scheduling() || self.shifting().is_some() {
            return false;
        }
        let early = self.has_early_success().is_some_and(|cleanup| {
            let old = self.tasks.iter().any(|task| task.revision != self.primary && !task.is_stopped());
            cleanup == Cleanup::Deferred || !old
        });
        match self.newest_status() {
            Some(RolloutStatus::InProgress) if early || self.is_as_desired() => self.bake(surroundings),
            Some(RolloutStatus::RollbackInProgress) if self.is_as_desired() => {
                self.complete_rollout(surroundings);
                true
            }
            Some(RolloutStatus::InProgress) => self.end_bake(surroundings.now),
            _ => false,
        }
    }

    /// The time for alarms passes also while a task that failed meanwhile keeps the rollout from being done. Whether it has
    /// passed just now.
    fn end_bake(&mut self, now: Duration) -> bool {
        let Some(rollout) = self.rollouts.last_mut() else { return false };
        let is_over = matches!(rollout.bake, Bake::Until(until) if until <= now);
        if is_over {
            rollout.bake = Bake::Over;
        }
        is_over
    }

    /// Looks at the alarms for a while before the rollout is done. Whether anything changed.
    fn bake(&mut self, surroundings: &mut Surroundings<'_>) -> bool {
        let (now, wait) = (surroundings.now, surroundings.timing.alarm_bake);
        let Some(rollout) = self.rollouts.last_mut() else { return false };
        match rollout.bake {
            Bake::Ahead if !rollout.watched_alarms.is_empty() => rollout.bake = Bake::Until(after(now, wait)),
            Bake::Until(until) if now < until => return false,
            _ => {
                rollout.bake = Bake::Over;
                self.complete_rollout(surroundings);
            }
        }
        true
    }

    /// The revision that is rolled out, or back to, has all that it needs.
    pub(crate) fn complete_rollout(&mut self, surroundings: &mut Surroundings<'_>) {
        let rolling_back = self.newest_status() == Some(RolloutStatus::RollbackInProgress);
        let status = if rolling_back { RolloutStatus::RollbackSuccessful } else { RolloutStatus::Successful };
        self.finish_rollout(status, None);
        self.last_completed = Some(self.primary);
        self.serving = Some(self.primary);
        let deployment = self.revisions[self.primary].deployment.clone();
        self.say(surroundings, &format!("(deployment {deployment}) deployment completed."));
    }

    /// Says that a rollout or a change of count is done.
    fn reach_steady_state(&mut self, surroundings: &mut Surroundings<'_>) -> bool {
        let done = self.newest_status().is_some_and(RolloutStatus::is_final) && !self.is_stalled();
        if self.steady || self.draining || !done || !self.is_as_desired() {
            return false;
        }
        self.say(surroundings, "has reached a steady state.");
        self.steady = true;
        true
    }
}
