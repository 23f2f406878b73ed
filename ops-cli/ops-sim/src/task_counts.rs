//! Which tasks the scheduler starts and stops: within the percentages, or as many as a stage wants.

use std::cmp::Reverse;

use crate::events;
use crate::services::Service;
use crate::state::Surroundings;
use crate::tasks::{Phase, Stop, Task};

impl Service {
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

    pub(crate) fn stop_surplus(&mut self, surroundings: &mut Surroundings<'_>) -> bool {
        let (new, old) = (self.alive(true), self.alive(false));
        if self.draining {
            return self.stop_tasks(surroundings, [new, old].concat());
        }
        if self.shifting().is_some() {
            let revisions = 0..self.revisions.len();
            let mut surplus: Vec<_> = revisions.flat_map(|revision| self.surplus(revision)).collect();
            if self.lacks_traffic(surroundings) {
                surplus.retain(|index| !self.tasks[*index].is_healthy());
            }
            return self.stop_tasks(surroundings, surplus);
        }
        let surplus = self.surplus(self.primary);
        if !surplus.is_empty() {
            return self.stop_tasks(surroundings, surplus);
        }
        if !self.is_scheduling() {
            return false;
        }
        let (serving, useless): (Vec<_>, Vec<_>) = old.into_iter().partition(|index| self.tasks[*index].is_healthy());
        if !useless.is_empty() {
            return self.stop_tasks(surroundings, useless);
        }
        if self.lacks_traffic(surroundings) {
            return false;
        }
        let stopped = self.replaceable(&new, &serving);
        self.stop_tasks(surroundings, serving.into_iter().take(stopped).collect())
    }

    /// Alive tasks of a revision that are more than it is to have.
    fn surplus(&self, revision: usize) -> Vec<usize> {
        let alive = self.tasks.iter().enumerate().filter(|(_, task)| task.is_alive() && task.revision == revision);
        let mut alive: Vec<_> = alive.map(|(index, _)| index).collect();
        // What serves goes last, and of those that serve the newest goes first.
        alive.sort_by_key(|index| (self.tasks[*index].is_healthy(), Reverse(*index)));
        alive.truncate(alive.len().saturating_sub(self.wanted(revision)));
        alive
    }

    /// How many old tasks that serve may go now.
    fn replaceable(&self, new: &[usize], serving: &[usize]) -> usize {
        let desired = self.desired_count as usize;
        let healthy = self.healthy(new) + serving.len();
        let early = self.has_early_success().is_some();
        let mut stopped = 0;
        while stopped < serving.len() {
            let replaced = early || healthy - stopped > desired;
            let makes_room = new.len() < desired && new.len() + serving.len() - stopped >= self.ceiling();
            if !(replaced || makes_room) || healthy - stopped <= self.floor() {
                break;
            }
            stopped += 1;
        }
        stopped
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
                groups.extend(task.balanced.iter().map(|balanced| balanced.target_group_arn.clone()));
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

    pub(crate) fn start_missing(&mut self, surroundings: &mut Surroundings<'_>) -> bool {
        if self.draining || !self.is_scheduling() {
            return false;
        }
        let (new, old) = (self.alive(true).len(), self.alive(false).len());
        let missing = self.wanted(self.primary).saturating_sub(new);
        let mut starting = vec![(self.primary, missing)];
        if self.shifting().is_some() {
            // Blue serves, so it is kept up to its number; both sets may be there at once.
            let alive =
                |revision| self.tasks.iter().filter(|task| task.is_alive() && task.revision == revision).count();
            starting.extend(self.blue().map(|blue| (blue, self.wanted(blue).saturating_sub(alive(blue)))));
        } else {
            starting[0].1 = missing.min(self.ceiling().saturating_sub(new + old));
        }
        let mut started = Vec::new();
        for (revision, number) in starting {
            started.extend((0..number).filter_map(|_| self.start_task(surroundings, revision)));
        }
        if started.is_empty() {
            return false;
        }
        let tasks = events::tasks(&started);
        self.say(surroundings, &format!("has started {} tasks: {tasks}.", started.len()));
        true
    }

    fn start_task(&mut self, surroundings: &mut Surroundings<'_>, revision: usize) -> Option<String> {
        let of = &self.revisions[revision];
        let grace = Some(self.grace());
        let task = Task::start(surroundings, &self.cluster, &of.content.task_definition, &of.balanced, grace)?;
        let id = task.id.clone();
        self.tasks.push(Task { revision, ..task });
        Some(id)
    }
}
