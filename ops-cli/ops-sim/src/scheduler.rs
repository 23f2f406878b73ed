//! The service scheduler: starts and stops tasks within the percentages, and judges the rollout.

use std::time::Duration;

use ops_model::rollout::{Rollback, RolloutStatus};

use crate::events;
use crate::images::ImageBehaviour;
use crate::rollouts::{
    BREAKER_ROLLED_BACK, BREAKER_STOPPED, NO_CANDIDATE, ROLLBACK_FAILED_TOO, ROLLED_BACK_BY_USER, STOPPED_BY_USER,
    breaker_threshold,
};
use crate::services::Service;
use crate::state::Surroundings;
use crate::tasks::{Fate, Phase, Stop, Task};

impl Service {
    /// Does everything that can be done at this moment.
    pub(crate) fn settle(&mut self, surroundings: &mut Surroundings<'_>) {
        self.step_tasks(surroundings);
        while self.take_turn(surroundings)
            || self.trip_breaker(surroundings)
            || self.stop_surplus(surroundings)
            || self.start_missing(surroundings)
            || self.conclude(surroundings)
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
        if !self.deployment.circuit_breaker {
            return false;
        }
        let threshold = breaker_threshold(self.desired_count);
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
        } else if self.deployment.rollback {
            self.roll_back(surroundings, BREAKER_ROLLED_BACK);
        } else {
            self.finish_rollout(RolloutStatus::Stopped, Some(BREAKER_STOPPED));
        }
        true
    }

    /// Goes back to the last revision that completed. While it does, that one is no candidate for
    /// another rollback.
    fn roll_back(&mut self, surroundings: &mut Surroundings<'_>, reason: &str) {
        let candidate = self.last_completed.take();
        let Some(rollout) = self.rollouts.last_mut() else { return };
        let revision = candidate.map(|index| self.revisions[index].arn.clone());
        rollout.rollback = Some(Rollback { reason: Some(reason.to_owned()), service_revision: revision });
        rollout.reason = Some(reason.to_owned());
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
    fn is_scheduling(&self) -> bool {
        let status = self.newest_rollout().map(|rollout| rollout.status);
        let waits = matches!(status, Some(RolloutStatus::Pending | RolloutStatus::StopRequested));
        !waits && status != Some(RolloutStatus::RollbackRequested) && !self.is_stalled()
    }

    /// Indexes of the alive tasks of the primary revision, or of all others.
    fn alive(&self, of_primary: bool) -> Vec<usize> {
        let alive = self.tasks.iter().enumerate().filter(|(_, task)| task.is_alive());
        alive.filter(|(_, task)| (task.revision == self.primary) == of_primary).map(|(index, _)| index).collect()
    }

    fn healthy(&self, indexes: &[usize]) -> usize {
        indexes.iter().filter(|index| self.tasks[**index].is_healthy()).count()
    }

    /// Most tasks that may be pending or running during a rollout.
    fn ceiling(&self) -> usize {
        let desired = self.desired_count as usize;
        (desired * self.deployment.maximum_percent as usize / 100).max(desired)
    }

    /// Fewest tasks that must stay healthy during a rollout.
    fn floor(&self) -> usize {
        (self.desired_count as usize * self.deployment.minimum_healthy_percent as usize).div_ceil(100)
    }

    fn stop_surplus(&mut self, surroundings: &mut Surroundings<'_>) -> bool {
        let desired = self.desired_count as usize;
        let (mut new, old) = (self.alive(true), self.alive(false));
        if self.draining {
            return self.stop_tasks(surroundings, [new, old].concat());
        }
        // What serves goes last, and of those that serve the newest goes first.
        new.sort_by_key(|index| (self.tasks[*index].is_healthy(), std::cmp::Reverse(*index)));
        let surplus = new.len().saturating_sub(desired);
        if surplus > 0 {
            new.truncate(surplus);
            return self.stop_tasks(surroundings, new);
        }
        if !self.is_scheduling() {
            return false;
        }
        let (serving, useless): (Vec<_>, Vec<_>) = old.into_iter().partition(|index| self.tasks[*index].is_healthy());
        if !useless.is_empty() {
            return self.stop_tasks(surroundings, useless);
        }
        let healthy = self.healthy(&new) + serving.len();
        let mut stopped = 0;
        while stopped < serving.len() {
            let replaced = healthy - stopped > desired;
            let makes_room = new.len() < desired && new.len() + serving.len() - stopped >= self.ceiling();
            if !(replaced || makes_room) || healthy - stopped <= self.floor() {
                break;
            }
            stopped += 1;
        }
        self.stop_tasks(surroundings, serving.into_iter().take(stopped).collect())
    }

    fn stop_tasks(&mut self, surroundings: &mut Surroundings<'_>, indexes: Vec<usize>) -> bool {
        let deployment = &self.revisions[self.primary].deployment;
        let reason = format!("Scaling activity initiated by (deployment {deployment})");
        let (mut running, mut pending, mut groups) = (Vec::new(), 0, Vec::new());
        for index in &indexes {
            let task = &mut self.tasks[*index];
            if task.phase == Phase::Pending {
                pending += 1;
            } else {
                running.push(task.id.clone());
                groups.extend(task.load_balancers.iter().map(|balanced| balanced.target_group_arn.clone()));
            }
            task.stop(surroundings.now, surroundings.timing, Stop::by_scheduler(reason.clone()));
        }
        if pending > 0 {
            self.say(surroundings, &format!("stopped {pending} pending tasks."));
        }
        if !running.is_empty() {
            let tasks = events::tasks(&running);
            self.say(surroundings, &format!("has stopped {} running tasks: {tasks}.", running.len()));
        }
        if !groups.is_empty() {
            self.say(surroundings, &format!("has begun draining connections on {} tasks.", running.len()));
        }
        groups.sort();
        for group in groups.chunk_by(|one, other| one == other) {
            self.say(surroundings, &format!("deregistered {} targets in (target-group {})", group.len(), group[0]));
        }
        !indexes.is_empty()
    }

    fn start_missing(&mut self, surroundings: &mut Surroundings<'_>) -> bool {
        if self.draining || !self.is_scheduling() {
            return false;
        }
        let (new, old) = (self.alive(true).len(), self.alive(false).len());
        let missing = (self.desired_count as usize).saturating_sub(new);
        let room = self.ceiling().saturating_sub(new + old);
        let started: Vec<_> = (0..missing.min(room)).filter_map(|_| self.start_task(surroundings)).collect();
        if started.is_empty() {
            return false;
        }
        let tasks = events::tasks(&started);
        self.say(surroundings, &format!("has started {} tasks: {tasks}.", started.len()));
        true
    }

    fn start_task(&mut self, surroundings: &mut Surroundings<'_>) -> Option<String> {
        let revision = &self.revisions[self.primary].content;
        let content = &surroundings.task_definitions.get(&revision.task_definition)?.content;
        let grace = Duration::from_secs(u64::from(self.health_check_grace_seconds.unwrap_or(0)));
        let fate = Fate::decide(
            surroundings.now,
            surroundings.timing,
            surroundings.images,
            content,
            &revision.load_balancers,
            grace,
        );
        let missing = content
            .containers
            .iter()
            .filter(|container| container.essential)
            .find(|container| surroundings.images.behaviour(&container.image) == ImageBehaviour::CannotBePulled);
        let id = surroundings.identifiers.task();
        self.tasks.push(Task {
            arn: surroundings.arns.task(&self.cluster, &id),
            id: id.clone(),
            revision: self.primary,
            task_definition: revision.task_definition.clone(),
            containers: content.containers.iter().map(|one| (one.name.clone(), one.image.clone())).collect(),
            load_balancers: revision.load_balancers.clone(),
            address: surroundings.identifiers.address(),
            missing_image: missing.map(|container| container.image.clone()),
            ran: false,
            fate,
            phase: Phase::Pending,
            stop: None,
        });
        Some(id)
    }

    /// The desired number of healthy tasks of the primary revision, and nothing else that has yet to stop.
    fn is_as_desired(&self) -> bool {
        let serving = |task: &&Task| task.revision == self.primary && task.is_healthy();
        let left = self.tasks.iter().filter(|task| !task.is_stopped()).count();
        left == self.desired_count as usize && self.tasks.iter().filter(serving).count() == left
    }

    /// Says that a rollout or a change of count is done.
    fn conclude(&mut self, surroundings: &mut Surroundings<'_>) -> bool {
        if self.steady || self.draining || !self.is_scheduling() || !self.is_as_desired() {
            return false;
        }
        let ended = match self.newest_rollout().map(|rollout| rollout.status) {
            Some(RolloutStatus::InProgress) => Some(RolloutStatus::Successful),
            Some(RolloutStatus::RollbackInProgress) => Some(RolloutStatus::RollbackSuccessful),
            _ => None,
        };
        if let Some(status) = ended {
            self.finish_rollout(status, None);
            self.last_completed = Some(self.primary);
            let deployment = self.revisions[self.primary].deployment.clone();
            self.say(surroundings, &format!("(deployment {deployment}) deployment completed."));
        }
        self.say(surroundings, "has reached a steady state.");
        self.steady = true;
        true
    }
}
