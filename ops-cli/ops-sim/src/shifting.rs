//! Deployments that shift traffic: from stage to stage, and the traffic back when they fail.
//!
//! Blue is the revision that served before, green the new one.

use ops_model::rollout::RolloutStatus;

use crate::balancers::Traffic;
use crate::deployment_rules::HookAction;
use crate::lifecycle::{Lifecycle, StageKind};
use crate::rollouts::{HOOK_TIMED_OUT, NO_LISTENER_RULE};
use crate::services::Service;
use crate::state::Surroundings;

impl Service {
    /// The stages of the newest rollout, while they say what happens.
    pub(crate) fn shifting(&self) -> Option<&Lifecycle> {
        let rollout = self.newest_rollout().filter(|rollout| rollout.status == RolloutStatus::InProgress)?;
        rollout.lifecycle.as_ref()
    }

    fn shifting_mut(&mut self) -> Option<&mut Lifecycle> {
        let rollout = self.rollouts.last_mut().filter(|rollout| rollout.status == RolloutStatus::InProgress)?;
        rollout.lifecycle.as_mut()
    }

    /// How many tasks a revision is to have.
    pub(crate) fn wanted(&self, revision: usize) -> usize {
        let desired = self.desired_count as usize;
        let Some(lifecycle) = self.shifting() else { return if revision == self.primary { desired } else { 0 } };
        let green = revision == self.primary && lifecycle.has_reached(StageKind::ScaleUp);
        let blue = self.blue() == Some(revision) && !lifecycle.has_reached(StageKind::CleanUp);
        if green || blue { desired } else { 0 }
    }

    pub(crate) fn blue(&self) -> Option<usize> {
        self.serving.filter(|serving| *serving != self.primary)
    }

    /// Goes on by one stage, or ends what a stage waits for.
    pub(crate) fn advance_stage(&mut self, surroundings: &mut Surroundings<'_>) -> bool {
        let now = surroundings.now;
        let over = self.stage_is_over();
        let Some(lifecycle) = self.shifting_mut() else { return false };
        match lifecycle.take_expired(now) {
            Some(HookAction::Continue) => return true,
            Some(HookAction::Rollback) => {
                self.roll_back(surroundings, HOOK_TIMED_OUT);
                return true;
            }
            None => {}
        }
        let lasted = lifecycle.has_lasted(now);
        if lifecycle.stage().is_some() && (lifecycle.is_waiting() || !lasted || !over) {
            return false;
        }
        match lifecycle.enter_next(now, surroundings.identifiers) {
            None => self.complete_rollout(surroundings),
            Some(stage) => {
                let percent = lifecycle.percent;
                let shifted = match stage.kind {
                    StageKind::TestTrafficShift => self.shift(surroundings, Traffic::Test, 100),
                    StageKind::ProductionTrafficShift => self.shift(surroundings, Traffic::Production, percent),
                    _ => true,
                };
                if !shifted {
                    self.roll_back(surroundings, NO_LISTENER_RULE);
                }
            }
        }
        true
    }

    /// Whether the tasks are as the stage wants them.
    fn stage_is_over(&self) -> bool {
        let Some(stage) = self.shifting().and_then(Lifecycle::stage) else { return true };
        let live =
            |revision: usize| self.tasks.iter().filter(move |task| task.revision == revision && !task.is_stopped());
        let others =
            |kept: Option<usize>| self.tasks.iter().any(|task| Some(task.revision) != kept && !task.is_stopped());
        match stage.kind {
            StageKind::ReconcileService => !others(self.blue()),
            StageKind::ScaleUp => {
                let healthy = live(self.primary).filter(|task| task.is_healthy()).count();
                healthy == self.desired_count as usize && live(self.primary).count() == healthy
            }
            StageKind::CleanUp => !others(Some(self.primary)),
            _ => true,
        }
    }

    fn shift(&self, surroundings: &mut Surroundings<'_>, traffic: Traffic, percent: u32) -> bool {
        let balanced = &self.revisions[self.primary].balanced;
        balanced.iter().all(|balanced| balanced.shift(surroundings.listeners, traffic, percent))
    }

    /// All traffic to one revision.
    fn give_traffic(&self, surroundings: &mut Surroundings<'_>, revision: usize) -> bool {
        let balanced = &self.revisions[revision].balanced;
        balanced.iter().all(|balanced| {
            balanced.shift(surroundings.listeners, Traffic::Production, 100)
                && balanced.shift(surroundings.listeners, Traffic::Test, 100)
        })
    }

    /// The revision that is to have all traffic again: what is rolled back to, or what served before a rollout took the
    /// place of another that had moved traffic already.
    fn owed_traffic(&self) -> Option<usize> {
        if self.newest_status() == Some(RolloutStatus::RollbackInProgress) {
            return Some(self.primary);
        }
        let stage = self.shifting().and_then(Lifecycle::stage)?;
        self.blue().filter(|_| stage.kind == StageKind::ReconcileService)
    }

    /// Whether that revision still lacks it.
    pub(crate) fn lacks_traffic(&self, surroundings: &Surroundings<'_>) -> bool {
        let has_all = |revision: usize| {
            self.revisions[revision].balanced.iter().all(|one| one.has_all_traffic(surroundings.listeners))
        };
        self.owed_traffic().is_some_and(|revision| !has_all(revision))
    }

    /// Traffic first: as soon as a task of that revision can serve, which is at once while blue still runs, all of it
    /// goes there, and only then other tasks that serve end.
    pub(crate) fn restore_traffic(&mut self, surroundings: &mut Surroundings<'_>) -> bool {
        let Some(revision) = self.owed_traffic() else { return false };
        let can_serve = self.tasks.iter().any(|task| task.revision == revision && task.is_healthy());
        can_serve && self.lacks_traffic(surroundings) && self.give_traffic(surroundings, revision)
    }
}
