//! What is looked at after every write and every second, while ops works.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use ops_engine::event::Event;
use ops_model::declaration::{Declaration, Environment, Service};
use ops_model::ownership::owned_by;
use ops_model::plan::ChangeClass;
use ops_model::rollout::RolloutStatus;
use ops_sim::{SimulatedAccount, TrueService};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::sleep;

use crate::finding::{Broken, Property};
use crate::platform::CLUSTER;
use crate::property::counts;
use crate::reachability::Continuity;
use crate::site_view::SiteView;

pub(crate) struct Watch<'a> {
    account: &'a SimulatedAccount,
    /// Healthy tasks that each service is to keep.
    floors: BTreeMap<String, u32>,
    continuity: Continuity,
    sites: Vec<SiteView>,
    /// Somebody else is at work too: what is seen may be theirs.
    is_disturbed: bool,
    receivers: Vec<UnboundedReceiver<Event>>,
    /// What was told so far.
    pub(crate) events: Vec<Event>,
}

impl<'a> Watch<'a> {
    /// `declarations`: every one so far, the newest last.
    pub(crate) fn begin(
        account: &'a SimulatedAccount,
        declarations: &[Declaration],
        sites: Vec<SiteView>,
        receivers: Vec<UnboundedReceiver<Event>>,
    ) -> Self {
        let continuity = declarations.last().map(|declaration| Continuity::from_now(account, declaration));
        Self {
            account,
            floors: floors(account, declarations),
            continuity: continuity.unwrap_or_default(),
            sites,
            is_disturbed: false,
            receivers,
            events: Vec::new(),
        }
    }

    /// A task whose sidecar is healthy counts as healthy too, for the moment before its main container crashes, and ECS
    /// stops another one for it.
    pub(crate) fn forgive_crashes(&mut self) {
        self.floors.clear();
    }

    pub(crate) fn disturb(&mut self) {
        self.is_disturbed = true;
    }

    /// Looks on until the work is done.
    pub(crate) async fn over<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Broken> {
        let mut writes = self.account.writes_made();
        tokio::pin!(work);
        loop {
            tokio::select! {
                biased;
                Ok(()) = writes.changed() => self.look(true)?,
                done = &mut work => {
                    self.look(true)?;
                    return Ok(done);
                }
                () = sleep(Duration::from_secs(1)) => self.look(false)?,
            }
        }
    }

    fn look(&mut self, after_write: bool) -> Result<(), Broken> {
        self.listen();
        if self.is_disturbed {
            return Ok(());
        }
        self.keep_serving()?;
        self.sites.iter().try_for_each(|site| site.look(self.account))?;
        if after_write { self.continuity.holds(self.account) } else { Ok(()) }
    }

    fn listen(&mut self) {
        for receiver in &mut self.receivers {
            while let Ok(event) = receiver.try_recv() {
                if let Event::Planned { plan } = &event {
                    // Somebody let these be stopped.
                    let stopped = plan
                        .changes()
                        .filter(|change| matches!(change.class, ChangeClass::Delete | ChangeClass::Replacement));
                    let stopped: BTreeSet<_> = stopped.map(|change| change.name.as_str()).collect();
                    self.floors.retain(|name, _| !stopped.contains(name.as_str()));
                }
                self.events.push(event);
            }
        }
    }

    fn keep_serving(&self) -> Result<(), Broken> {
        if self.floors.is_empty() {
            return Ok(());
        }
        let live = self.account.true_services(CLUSTER);
        for (name, floor) in &self.floors {
            let healthy = live.get(name).map_or(0, |service| service.healthy);
            Property::KeepsServing.holds_if(healthy >= *floor, || {
                let service = live.get(name).map(|service| (&service.rollouts, &service.observed.events));
                format!("{name} has {healthy} healthy tasks of at least {floor}: {service:?}")
            })?;
        }
        Ok(())
    }
}

/// Of services that are declared to stay: no more than each has, and no more than any declaration and AWS ask for. A service
/// whose first rollout has not come to its end counts for none: nothing serves that ECS could keep while another strategy
/// brings its first tasks.
fn floors(account: &SimulatedAccount, declarations: &[Declaration]) -> BTreeMap<String, u32> {
    let Some(Declaration { environment, .. }) = declarations.last() else { return BTreeMap::new() };
    let live = account.true_services(CLUSTER);
    let kept = live.into_iter().filter(|(name, service)| {
        let is_ours = owned_by(&environment.environment, &service.observed.tags) && !service.observed.draining;
        is_ours && environment.services.contains_key(name) && has_arrived(service)
    });
    let floors = kept.map(|(name, live)| {
        let of = |environment: &'_ Environment| environment.services.get(&name).map(bounds);
        let declared: Vec<_> = declarations.iter().filter_map(|it| of(&it.environment)).collect();
        let desired = live.observed.settings.desired_count().unwrap_or_default();
        let count = declared.iter().map(|(most, _)| *most).chain([desired]).min().unwrap_or_default();
        let percent = declared.iter().map(|(_, percent)| *percent).chain([live.minimum_healthy_percent]);
        let floor = (count * percent.min().unwrap_or_default()).div_ceil(100);
        (name, floor.min(live.healthy))
    });
    floors.filter(|(_, floor)| *floor > 0).collect()
}

/// Whether any rollout of it has come to a good end.
fn has_arrived(service: &TrueService) -> bool {
    let is_good = |status| matches!(status, RolloutStatus::Successful | RolloutStatus::RollbackSuccessful);
    service.rollouts.iter().any(|rollout| is_good(rollout.status))
}

/// Most tasks that a service may be brought to, and the percentage of them that is to stay healthy.
fn bounds(service: &Service) -> (u32, u32) {
    (*counts(service).end(), service.deployment.minimum_healthy_percent)
}
