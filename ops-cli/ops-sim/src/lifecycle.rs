//! The stages of a deployment that shifts traffic (BLUE_GREEN, CANARY, LINEAR).
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-lifecycle-hooks.html>

use std::time::Duration;

use ops_model::rollout::WaitingHook;

use crate::clock::timestamp;
use crate::deployment_rules::{DeploymentRules, HookAction, HookRules, HookType};
use crate::identifiers::Identifiers;
use crate::timing::after;

/// Where a deployment stands.
#[derive(Debug, Clone)]
pub(crate) struct Lifecycle {
    stages: Vec<Stage>,
    /// `None` before the first.
    position: Option<usize>,
    /// When the current stage has lasted as long as it has to; `None` once it has.
    lasts_until: Option<Duration>,
    /// What the current stage waits for, soonest to expire first.
    hooks: Vec<Hook>,
    configured_hooks: Vec<HookRules>,
    /// Production traffic that the new revision is to have.
    pub(crate) percent: u32,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Stage {
    pub(crate) kind: StageKind,
    /// Production traffic of the new revision from this stage on; `None` leaves it as it is.
    pub(crate) percent: Option<u32>,
    lasts: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StageKind {
    ReconcileService,
    PreScaleUp,
    ScaleUp,
    PostScaleUp,
    TestTrafficShift,
    PostTestTrafficShift,
    PreProductionTrafficShift,
    ProductionTrafficShift,
    PostProductionTrafficShift,
    BakeTime,
    CleanUp,
}

/// A hook at work.
#[derive(Debug, Clone)]
pub(crate) struct Hook {
    pub(crate) id: String,
    pub(crate) pause: bool,
    pub(crate) expires_at: Duration,
    pub(crate) then: HookAction,
}

impl StageKind {
    fn name(self) -> &'static str {
        match self {
            Self::ReconcileService => "RECONCILE_SERVICE",
            Self::PreScaleUp => "PRE_SCALE_UP",
            Self::ScaleUp => "SCALE_UP",
            Self::PostScaleUp => "POST_SCALE_UP",
            Self::TestTrafficShift => "TEST_TRAFFIC_SHIFT",
            Self::PostTestTrafficShift => "POST_TEST_TRAFFIC_SHIFT",
            Self::PreProductionTrafficShift => "PRE_PRODUCTION_TRAFFIC_SHIFT",
            Self::ProductionTrafficShift => "PRODUCTION_TRAFFIC_SHIFT",
            Self::PostProductionTrafficShift => "POST_PRODUCTION_TRAFFIC_SHIFT",
            Self::BakeTime => "BAKE_TIME",
            Self::CleanUp => "CLEAN_UP",
        }
    }
}

impl Lifecycle {
    /// All stages of a deployment. `first`: nobody else could have a part of the traffic, so it moves at once.
    /// `reconcile`: more than the serving revision runs, which has to end before. `step`: how long any stage takes.
    pub(crate) fn of(rules: &DeploymentRules, first: bool, reconcile: bool, step: Duration) -> Self {
        let stage = |kind| Stage { kind, percent: None, lasts: step };
        let mut stages = Vec::new();
        if reconcile {
            stages.push(stage(StageKind::ReconcileService));
        }
        stages.extend([stage(StageKind::PreScaleUp), stage(StageKind::ScaleUp), stage(StageKind::PostScaleUp)]);
        stages.extend([stage(StageKind::TestTrafficShift), stage(StageKind::PostTestTrafficShift)]);
        let shifts = if first { vec![(100, Duration::ZERO)] } else { rules.shifts() };
        for (percent, lasts) in shifts {
            stages.push(stage(StageKind::PreProductionTrafficShift));
            let kind = StageKind::ProductionTrafficShift;
            stages.push(Stage { kind, percent: Some(percent), lasts: lasts.max(step) });
        }
        stages.push(stage(StageKind::PostProductionTrafficShift));
        stages.push(Stage { kind: StageKind::BakeTime, percent: None, lasts: rules.bake_time() });
        stages.push(stage(StageKind::CleanUp));
        let configured_hooks = rules.lifecycle_hooks.clone();
        Self { stages, position: None, lasts_until: None, hooks: Vec::new(), configured_hooks, percent: 0 }
    }

    pub(crate) fn stage(&self) -> Option<Stage> {
        self.stages.get(self.position?).copied()
    }

    pub(crate) fn stage_name(&self) -> Option<&'static str> {
        self.stage().map(|stage| stage.kind.name())
    }

    /// Whether the current stage is of a sort, or comes after one that is.
    pub(crate) fn has_reached(&self, kind: StageKind) -> bool {
        self.position.is_some_and(|position| self.stages[..=position].iter().any(|stage| stage.kind == kind))
    }

    /// When something happens to it next by itself.
    pub(crate) fn next_due(&self) -> Option<Duration> {
        self.hooks.iter().map(|hook| hook.expires_at).chain(self.lasts_until).min()
    }

    /// Goes on to the next stage; `None` after the last.
    pub(crate) fn enter_next(&mut self, now: Duration, identifiers: &mut Identifiers) -> Option<Stage> {
        let position = self.position.map_or(0, |position| position + 1);
        let stage = *self.stages.get(position)?;
        self.position = Some(position);
        self.lasts_until = Some(after(now, stage.lasts));
        self.percent = stage.percent.unwrap_or(self.percent);
        let here =
            self.configured_hooks.iter().filter(|hook| hook.lifecycle_stages.iter().any(|at| at == stage.kind.name()));
        self.hooks = here
            .map(|hook| Hook {
                id: identifiers.hook(),
                pause: hook.target_type == HookType::Pause,
                expires_at: after(now, hook.timeout_configuration.wait()),
                then: hook.timeout_configuration.action,
            })
            .collect();
        self.hooks.sort_by_key(|hook| hook.expires_at);
        Some(stage)
    }

    /// Whether the stage has lasted long enough; from then on it is not looked at again.
    pub(crate) fn has_lasted(&mut self, now: Duration) -> bool {
        self.lasts_until = self.lasts_until.filter(|until| now < *until);
        self.lasts_until.is_none()
    }

    pub(crate) fn is_waiting(&self) -> bool {
        !self.hooks.is_empty()
    }

    /// Takes out a hook whose time is over, and says what comes then.
    pub(crate) fn take_expired(&mut self, now: Duration) -> Option<HookAction> {
        let index = self.hooks.iter().position(|hook| hook.expires_at <= now)?;
        Some(self.hooks.remove(index).then)
    }

    /// Takes out a hook that somebody has answered.
    pub(crate) fn take_hook(&mut self, answered: impl Fn(&Hook) -> bool) -> Option<Hook> {
        let index = self.hooks.iter().position(answered)?;
        Some(self.hooks.remove(index))
    }

    /// The deployment is taken back: nothing waits, and what is left to do is to clean up.
    pub(crate) fn leave_for_clean_up(&mut self) {
        self.hooks.clear();
        self.lasts_until = None;
        self.position = self.stages.len().checked_sub(1);
        self.percent = 0;
    }

    pub(crate) fn waiting(&self) -> Vec<WaitingHook> {
        let hooks = self.hooks.iter().map(|hook| WaitingHook {
            id: hook.id.clone(),
            pause: hook.pause,
            expires_at: Some(timestamp(hook.expires_at)),
            then_rolls_back: hook.then == HookAction::Rollback,
        });
        hooks.collect()
    }
}
