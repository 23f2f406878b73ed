//! What has to be so after a reconcile: the account knows.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use ops_engine::event::Event;
use ops_model::declaration::{AfterFailure, Declaration, Service};
use ops_model::outcome::{ChangeOutcome, Outcome};
use ops_model::ownership::owned_by;
use ops_model::plan::{ChangeClass, Kind};
use ops_model::record::{Record, RecordedChange};
use ops_model::rollout::{Rollout, RolloutStatus};
use ops_sim::{SimulatedAccount, TrueService, Write};

use crate::bundle::build;
use crate::drawn::Drawn;
use crate::finding::{Broken, Property};
use crate::images::{CRASHES, UNVERIFIED, image};
use crate::platform::CLUSTER;
use crate::reachability;
use crate::site_view::{served_whole, serves};

pub(crate) type Services = BTreeMap<String, TrueService>;

/// What was declared, and what there was before.
pub(crate) struct Case<'a> {
    pub(crate) account: &'a SimulatedAccount,
    pub(crate) drawn: &'a Drawn,
    pub(crate) declaration: &'a Declaration,
    pub(crate) before: &'a Services,
    /// Builds that sites served whole.
    pub(crate) served: &'a BTreeMap<&'static str, u32>,
    /// Sites that somebody has changed by hand since they were as declared.
    pub(crate) meddled: &'a BTreeSet<String>,
    /// Nothing went wrong, and nobody else was at work.
    pub(crate) is_calm: bool,
    /// Nobody did anything by hand meanwhile.
    pub(crate) is_alone: bool,
}

impl Case<'_> {
    /// After a reconcile that kept a record.
    pub(crate) fn holds(&self, record: &Record, events: &[Event]) -> Result<(), Broken> {
        let services = self.account.true_services(CLUSTER);
        let rollouts: BTreeMap<&str, &Rollout> =
            services.values().flat_map(|it| &it.rollouts).map(|rollout| (rollout.id.as_str(), rollout)).collect();
        for outcome in &record.outcomes {
            match outcome.kind {
                Kind::Service => self.is_judged(outcome, &services, &rollouts)?,
                Kind::Task => self.is_judged_as_a_task(outcome)?,
                _ => {}
            }
        }
        if self.is_calm {
            blames_nobody(record)?;
            are_told_of_rollbacks(record, events, &rollouts)?;
            self.serves_as_before(record, &services)?;
        }
        if record.outcome.is_success() && self.is_alone {
            self.is_as_declared(record, &services)?;
        }
        Ok(())
    }

    fn is_judged(
        &self,
        outcome: &ChangeOutcome,
        services: &Services,
        rollouts: &BTreeMap<&str, &Rollout>,
    ) -> Result<(), Broken> {
        let rollout = outcome.rollout.as_deref().and_then(|id| rollouts.get(id));
        let Some(rollout) = rollout else {
            // Somebody may have deleted the service since.
            return Ok(());
        };
        let by_scenario = outcome.reason.as_deref().is_some_and(|reason| reason.contains("scenario"));
        let is_true = match outcome.outcome {
            Outcome::Succeeded => {
                let runs = services.get(&outcome.name).map(|service| &service.observed.task_definition.arn);
                rollout.status == RolloutStatus::Successful
                    && (!self.is_alone || runs == Some(&rollout.task_definition))
            }
            Outcome::RolledBack if by_scenario => rollout.status == RolloutStatus::Successful,
            Outcome::RolledBack => rollout.status == RolloutStatus::RollbackSuccessful,
            Outcome::Failed => rollout.status != RolloutStatus::Successful || by_scenario || !self.is_alone,
            Outcome::Stopped => rollout.status == RolloutStatus::Stopped,
            _ => true,
        };
        let ChangeOutcome { name, outcome, reason, .. } = outcome;
        Property::JudgesTruly.holds_if(is_true, || {
            format!("{name} is said to be {outcome:?} ({reason:?}), and the rollout is {rollout:?}")
        })
    }

    fn is_judged_as_a_task(&self, outcome: &ChangeOutcome) -> Result<(), Broken> {
        let Some(arn) = &outcome.rollout else { return Ok(()) };
        let Some(task) = self.account.true_task(CLUSTER, arn) else { return Ok(()) };
        let failed = task.containers.iter().any(|container| container.exit_code.is_some_and(|code| code != 0));
        let ended = task.containers.iter().any(|container| container.exit_code == Some(0));
        let is_true = match outcome.outcome {
            Outcome::Succeeded => ended && !failed,
            // Who cannot note that a task has run would run it again.
            Outcome::Failed => {
                failed || !ended || outcome.reason.as_deref().is_some_and(|why| why.contains("be noted"))
            }
            _ => true,
        };
        let ChangeOutcome { name, outcome, reason, .. } = outcome;
        Property::JudgesTruly.holds_if(is_true, || format!("{name} is said to be {outcome:?} ({reason:?}): {task:?}"))
    }

    /// Of a scenario that takes back: services whose tasks were replaced by this reconcile, and that ran well before it, run
    /// again what they ran, and sites serve what they served. AWS makes no task of a task definition that somebody has
    /// deregistered: then it is said that going back failed.
    fn serves_as_before(&self, record: &Record, services: &Services) -> Result<(), Broken> {
        let takes_back = record.outcomes.iter().any(|outcome| {
            let declared = self.declaration.environment.scenarios.get(&outcome.name);
            let is_run = outcome.evidence.scenario.is_some() && outcome.outcome == Outcome::NotVerified;
            outcome.kind == Kind::Scenario
                && is_run
                && declared.is_some_and(|scenario| scenario.after_failure == AfterFailure::RollBack)
        });
        if !takes_back {
            return Ok(());
        }
        let changed: BTreeSet<_> =
            record.changes.iter().filter(|change| is_rollout(change)).map(|change| &change.name).collect();
        for (name, before) in self.before.iter().filter(|(name, before)| changed.contains(name) && ran_well(before)) {
            if !before.returnable {
                let failed =
                    |it: &ChangeOutcome| it.kind == Kind::Service && it.name == *name && it.outcome == Outcome::Failed;
                Property::Verifies.holds_if(record.outcomes.iter().any(failed), || {
                    format!("{name} cannot go back, and it is not said: {:?}", record.outcomes)
                })?;
                continue;
            }
            // A pause keeps going back from its end, and that is said.
            let waits = |it: &ChangeOutcome| {
                let has_not_ended =
                    it.reason.as_deref().is_some_and(|reason| reason.contains("going back has not ended"));
                it.kind == Kind::Service && it.name == *name && has_not_ended
            };
            let is_paused = record.outcomes.iter().any(|outcome| outcome.outcome == Outcome::Paused);
            if is_paused && record.outcome != Outcome::RolledBack && record.outcomes.iter().any(waits) {
                continue;
            }
            let runs = services.get(name).map(|service| &service.observed.task_definition.arn);
            Property::Verifies.holds_if(runs == Some(&before.observed.task_definition.arn), || {
                format!(
                    "{name} ran {}, and after a scenario failed it runs {runs:?}",
                    before.observed.task_definition.arn
                )
            })?;
        }
        for (name, before) in self.served.iter().filter(|(name, _)| self.goes_back(name, record)) {
            let serves = served_whole(self.account, name);
            Property::Verifies.holds_if(serves == Some(*before), || {
                format!("{name} served build {before}, and after a scenario failed it serves {serves:?}")
            })?;
        }
        Ok(())
    }

    /// Whether a site was changed and may go back: not where it keeps a single build, nor where somebody has altered what it
    /// served.
    fn goes_back(&self, site: &str, record: &Record) -> bool {
        let is_changed = record.changes.iter().any(|change| change.kind == Kind::Site && change.name == *site);
        let keeps = self.declaration.environment.sites.get(site).is_some_and(|site| site.keep_builds > 1);
        is_changed && keeps && !self.meddled.contains(site)
    }

    /// Everything that was declared is there, whatever ops says.
    pub(crate) fn is_as_declared(&self, record: &Record, services: &Services) -> Result<(), Broken> {
        let environment = &self.declaration.environment;
        let untrue = |how: String| Property::SucceedsTruly.broken(how);
        for (name, service) in &environment.services {
            let artifact = self.declaration.builds.artifacts.get(&service.workload.artifact);
            let wanted = artifact.and_then(|build| build.pinned_image()).unwrap_or_default();
            let Some(live) = services.get(name).filter(|live| !live.observed.draining) else {
                return Err(untrue(format!("there is no service {name}")));
            };
            if !live.observed.task_definition.content.containers().any(|container| container.image() == wanted) {
                return Err(untrue(format!("{name} does not run {wanted}: {:?}", live.observed.task_definition)));
            }
            let desired = live.observed.settings.desired_count().unwrap_or_default();
            if !counts(service).contains(&desired) {
                return Err(untrue(format!("{name} is to have {desired} tasks")));
            }
            let newest = live.rollouts.first().map(|rollout| rollout.status);
            if !matches!(newest, Some(RolloutStatus::Successful | RolloutStatus::RollbackSuccessful)) {
                return Err(untrue(format!("the rollout of {name} is {newest:?}")));
            }
            let is_rolled_out = record.changes.iter().any(|change| change.name == *name && is_rollout(change));
            let runs = if is_rolled_out { live.healthy } else { live.observed.running_count };
            let is_changed = record.changes.iter().any(|change| change.kind == Kind::Service && change.name == *name);
            // What crashes soon after it was healthy has run all the same.
            if is_changed && self.is_calm && self.drawn.build != CRASHES && runs < desired {
                return Err(untrue(format!("{name} has {runs} tasks of {desired}")));
            }
            let unverified = [UNVERIFIED[0], UNVERIFIED[2]].map(image);
            if desired > 0 && !environment.scenarios.is_empty() && unverified.contains(&wanted) {
                return Err(Property::Verifies.broken(format!("scenarios fail on {wanted}, and {:?}", record.outcome)));
            }
        }
        let strange = services.iter().find(|(name, live)| {
            let is_ours = owned_by(&environment.environment, &live.observed.tags);
            is_ours && !live.observed.draining && !environment.services.contains_key(*name)
        });
        if let Some((name, _)) = strange {
            return Err(untrue(format!("{name} is there and not declared")));
        }
        for (name, site) in &self.drawn.sites {
            if let Some(version) = site.version {
                serves(self.account, name, &build(version)).map_err(untrue)?;
            }
        }
        reachability::is_as_declared(self.account, self.declaration)
    }
}

/// Where nobody else was at work nobody else is said to have been.
fn blames_nobody(record: &Record) -> Result<(), Broken> {
    let blames = |outcome: &&ChangeOutcome| outcome.reason.as_deref().is_some_and(|why| why.contains("somebody"));
    // Of sites it is said who altered them before.
    let blaming = record.outcomes.iter().filter(|outcome| outcome.kind == Kind::Service).find(blames);
    Property::JudgesTruly.holds_if(blaming.is_none(), || format!("nobody was there, and it is said: {blaming:?}"))
}

/// A rollout of this reconcile that ECS took back is not called anything else.
fn are_told_of_rollbacks(record: &Record, events: &[Event], rollouts: &BTreeMap<&str, &Rollout>) -> Result<(), Broken> {
    for event in events {
        let Event::RolloutStarted { service, rollout } = event else { continue };
        let taken_back =
            rollouts.get(rollout.as_str()).is_some_and(|it| it.status == RolloutStatus::RollbackSuccessful);
        let said = record.outcomes.iter().find(|it| it.kind == Kind::Service && it.name == *service);
        let is_told =
            said.is_some_and(|it| matches!(it.outcome, Outcome::RolledBack | Outcome::TimedOut | Outcome::Failed));
        Property::JudgesTruly.holds_if(!taken_back || is_told, || {
            format!("the rollout of {service} was taken back, and is said to be {:?}", said.map(|it| it.outcome))
        })?;
    }
    Ok(())
}

/// One that replaces tasks which served.
fn is_rollout(change: &RecordedChange) -> bool {
    change.kind == Kind::Service && change.class == ChangeClass::NewDeployment
}

/// How many tasks a service may be brought to.
pub(crate) fn counts(service: &Service) -> RangeInclusive<u32> {
    let Some(scaling) = &service.scaling else {
        return service.count.unwrap_or(0)..=service.count.unwrap_or(u32::MAX);
    };
    let schedules = || scaling.schedules.values();
    let least = schedules().filter_map(|bounds| bounds.minimum).chain([scaling.minimum]).min();
    let most = schedules().filter_map(|bounds| bounds.maximum).chain([scaling.maximum]).max();
    least.unwrap_or_default()..=most.unwrap_or_default()
}

fn ran_well(service: &TrueService) -> bool {
    let desired = service.observed.settings.desired_count().unwrap_or_default();
    let arrived = service
        .rollouts
        .first()
        .is_some_and(|rollout| matches!(rollout.status, RolloutStatus::Successful | RolloutStatus::RollbackSuccessful));
    arrived && service.healthy >= desired && service.observed.running_count >= desired && desired > 0
}

/// Writes of two processes do not mix. The lease and the records are what keeps them apart.
pub(crate) fn one_writes_at_a_time(account: &SimulatedAccount, since: usize) -> Result<(), Broken> {
    let (writes, writers) = (account.writes(), account.writers());
    let mut gone = BTreeSet::new();
    let mut last: Option<(u32, &Write)> = None;
    for (write, writer) in writes.iter().zip(writers).skip(since) {
        if matches!(write, Write::PutObject { .. } | Write::DeleteObject { .. }) {
            continue;
        }
        if let Some((before, theirs)) = last.filter(|(before, _)| *before != writer) {
            gone.insert(before);
            Property::WritesAlone.holds_if(!gone.contains(&writer), || {
                format!("{theirs} of one reconcile, and then {write} of the other")
            })?;
        }
        last = Some((writer, write));
    }
    Ok(())
}
