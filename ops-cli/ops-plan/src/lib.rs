//! The planner: declaration, platform and observation in, plan out.
//!
//! Pure and synchronous: no I/O, no clock, no async runtime, no AWS crate. The same inputs give the same
//! plan, in the same order; a plan made after it was carried out is empty.

mod change;
mod closer_look;
mod comparison;
mod configuration;
mod desired;
pub mod dora;
pub mod environment_gates;
pub mod explain;
pub mod firewall;
mod gate;
pub mod import;
mod listener_rule;
mod moved;
mod only;
mod scaling;
mod scenario;
mod schedule;
mod service;
mod settings;
mod site;
mod task;
mod task_definition;
mod waves;

use std::collections::{BTreeMap, BTreeSet};

use ops_model::declaration::{Builds, Environment, Service, Site, Strategy, Task};
use ops_model::observation::{Observation, ObservedService};
use ops_model::ownership::owned_by;
use ops_model::plan::{Change, Gate, Plan, ServiceStanding, SiteStanding, TaskStanding};
use ops_model::platform::Platform;
use ops_model::site::SiteBuild;
use serde_json::Value;

pub use closer_look::{CloserLook, closer_look};
pub use comparison::{
    Field, ServiceMember, ServiceMemberRule, Shape, service_fields, service_member, task_definition_fields,
};
pub use configuration::{ConfigurationDifference, configuration_differences};
pub use desired::{
    Count, DesiredService, DesiredTask, Given, Waits, desired_service, desired_task, family, main_container,
    rollout_timeout_seconds, unusable_secrets,
};
pub use moved::moved;
pub use only::{Selector, SelectorError, check_selectors, restrict};
pub use scenario::scenario_url;
pub use settings::{SettingsWayBack, settings_way_back};
pub use site::NoWayBack;
pub use task::TaskRun;
pub use waves::dependency_levels;

use crate::service::Comparison;

/// All that a plan depends on.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    pub environment: &'a Environment,
    pub builds: &'a Builds,
    /// The part of the declaration that Terraform consumes, as it stands in the YAML.
    pub slow_part: &'a Value,
    pub platform: &'a Platform,
    pub observation: &'a Observation,
}

impl<'a> Inputs<'a> {
    fn given(self) -> Given<'a> {
        Given {
            environment: self.environment,
            builds: self.builds,
            platform: self.platform,
            secrets: &self.observation.secrets,
        }
    }

    /// A declared service as it should be.
    ///
    /// # Errors
    ///
    /// What it still waits for.
    pub fn desired_service(self, name: &str, declared: &Service) -> Result<DesiredService, Waits> {
        let rule = self.observation.listener_rules.get(name).map(|rule| rule.arn.as_str());
        desired_service(self.given(), name, declared, rule)
    }

    /// A declared task as it should be.
    ///
    /// # Errors
    ///
    /// What it still waits for.
    pub fn desired_task(self, name: &str, declared: &Task) -> Result<DesiredTask, Waits> {
        desired_task(self.given(), name, declared)
    }

    /// A declared site with all that it is made from, or what it still waits for.
    fn site(self, name: &'a str, declared: &'a Site) -> Result<site::Subject<'a>, SiteStanding> {
        let artifact = declared.artifact.as_ref().ok_or(SiteStanding::NotDeployed)?;
        let place = self.platform.sites.get(name).ok_or(SiteStanding::WaitsForTerraform)?;
        let build = site::build(self.builds, artifact)
            .ok_or_else(|| SiteStanding::WaitsForBuild { artifact: artifact.clone() })?;
        // Every site that could be published into has been looked at.
        let live = self.observation.sites.get(name).ok_or(SiteStanding::WaitsForTerraform)?;
        Ok(site::Subject { name, site: declared, place, build, live })
    }

    /// Objects of a site that S3 has to be asked about one by one, because its listing does not show that they are as
    /// they should be.
    #[must_use]
    pub fn doubtful_objects(self, site: &str) -> BTreeSet<String> {
        self.published_site(site).map(|subject| site::doubtful_objects(&subject)).unwrap_or_default()
    }

    /// The build that a site served when it was looked at.
    ///
    /// # Errors
    /// There was none that people could be given again.
    pub fn site_before(self, site: &str) -> Result<&'a SiteBuild, NoWayBack> {
        site::before(&self.published_site(site)?)
    }

    /// As [`Self::doubtful_objects`], when an earlier build is to be brought back.
    #[must_use]
    pub fn doubtful_on_the_way_back(self, site: &str, build: &SiteBuild) -> BTreeSet<String> {
        self.published_site(site).map(|subject| site::doubtful_beside(&subject, build)).unwrap_or_default()
    }

    /// What brings an earlier build of a site back without an upload. `None`: it is served.
    ///
    /// # Errors
    /// The bucket does not hold it whole, or it cannot be served.
    pub fn site_way_back(self, site: &str, build: &SiteBuild) -> Result<Option<Change>, NoWayBack> {
        site::way_back(&self.published_site(site)?, build)
    }

    fn published_site(self, site: &str) -> Result<site::Subject<'a>, NoWayBack> {
        let declared = self.environment.sites.get_key_value(site);
        declared.and_then(|(name, declared)| self.site(name, declared).ok()).ok_or(NoWayBack::NothingServed)
    }
}

/// What has to be done so that the live account matches the declaration.
pub fn plan(inputs: Inputs<'_>) -> Plan {
    let Inputs { environment, builds: _, slow_part, platform, observation } = inputs;
    let mut planner = Planner { inputs, changes: Vec::new(), gates: Vec::new() };

    let terraform_behind = gate::terraform_behind(slow_part, &platform.applied_from);
    planner.gates.extend(gate::terraform(&terraform_behind));
    planner.gates.extend(gate::secrets(environment, observation));

    let mut services: BTreeMap<_, _> =
        environment.services.iter().map(|(name, declared)| (name.clone(), planner.service(name, declared))).collect();
    let tasks = environment.tasks.iter().map(|(name, declared)| (name.clone(), planner.task(name, declared))).collect();
    let sites = environment.sites.iter().map(|(name, declared)| (name.clone(), planner.site(name, declared))).collect();
    planner.removals();

    let deletions = service::deletions(environment, observation);
    planner.gates.extend(gate::deletions(environment, observation, &deletions));
    services.extend(deletions.iter().map(|change| (change.name.clone(), ServiceStanding::Changes)));
    planner.changes.extend(deletions);

    let firewall = firewall::compare(inputs, &planner.gates);
    planner.changes.extend(firewall.changes);

    let Planner { changes, mut gates, .. } = planner;
    gates.extend(gate::classes(&changes));
    Plan {
        environment: environment.environment.clone(),
        services,
        tasks,
        firewall: firewall.groups,
        holes: firewall.holes,
        sites,
        waves: waves::in_order(environment, changes),
        gates,
        terraform_behind,
        unread: observation.unread.clone(),
        left_out: Vec::new(),
    }
}

/// How a declared task is run by hand, whatever its standing is otherwise. `None`: no such task is declared.
#[must_use]
pub fn run_by_hand(inputs: Inputs<'_>, task: &str) -> Option<Result<TaskRun, Waits>> {
    let declared = inputs.environment.tasks.get(task)?;
    Some(inputs.desired_task(task, declared).map(|desired| TaskRun::of(desired, inputs.observation)))
}

struct Planner<'a> {
    inputs: Inputs<'a>,
    changes: Vec<Change>,
    gates: Vec<Gate>,
}

impl Planner<'_> {
    fn service(&mut self, name: &str, declared: &Service) -> ServiceStanding {
        let Inputs { environment, platform, observation, .. } = self.inputs;
        let desired = match self.inputs.desired_service(name, declared) {
            Ok(desired) => desired,
            Err(Waits::ForBuild { artifact }) => return ServiceStanding::WaitsForBuild { artifact },
            Err(Waits::ForTerraform) => return ServiceStanding::WaitsForTerraform,
        };
        let before = self.changes.len();
        match service::compare(&environment.environment, name, &desired, observation) {
            Comparison::NotOwned(gate) => {
                self.gates.push(gate);
                return ServiceStanding::NotOwned;
            }
            Comparison::Change(change) => self.changes.push(*change),
            Comparison::InSync => {}
        }
        let target_group = platform.services.get(name).and_then(|service| service.target_group_arn.as_deref());
        if let (Some(shift), Some(target_group)) = (&desired.traffic_shift, target_group) {
            let live = observation.listener_rules.get(name);
            self.changes.extend(listener_rule::compare(name, shift, target_group, live));
        }
        let live = observation.scaling.get(name);
        if let Some(scaling) = &declared.scaling {
            let label =
                platform.load_balancer.as_ref().zip(target_group).and_then(|(load_balancer, target_group)| {
                    scaling::resource_label(&load_balancer.arn, target_group)
                });
            self.changes.extend(scaling::compare(name, scaling, label.as_deref(), live));
        } else if declared.count.is_some() && live.is_some() {
            // A count of somebody else's may well be scaled by somebody else, too.
            self.changes.push(scaling::removal(name));
        }
        if self.changes.len() > before { ServiceStanding::Changes } else { ServiceStanding::InSync }
    }

    fn task(&mut self, name: &str, declared: &Task) -> TaskStanding {
        let Inputs { environment, platform, observation, .. } = self.inputs;
        let desired = match self.inputs.desired_task(name, declared) {
            Ok(desired) => desired,
            Err(Waits::ForBuild { artifact }) => return TaskStanding::WaitsForBuild { artifact },
            Err(Waits::ForTerraform) => return TaskStanding::WaitsForTerraform,
        };
        let before = self.changes.len();
        if !declared.before.is_empty() {
            self.changes.extend(task::compare(name, &desired, observation));
        }
        if let Some(schedule) = &declared.schedule {
            let (Some(surroundings), Some(schedules)) = (platform.tasks.get(name), &platform.schedules) else {
                return TaskStanding::WaitsForTerraform;
            };
            let subject = schedule::Subject {
                environment: &environment.environment,
                platform,
                name,
                task: declared,
                schedule,
                surroundings,
                schedules,
                desired: &desired,
            };
            self.changes.extend(schedule::compare(&subject, observation));
        }
        if self.changes.len() > before { TaskStanding::Changes } else { TaskStanding::InSync }
    }

    fn site(&mut self, name: &str, declared: &Site) -> SiteStanding {
        let Inputs { platform, observation, .. } = self.inputs;
        let before = self.changes.len();
        // Also before there is anything to read in it.
        if let (Some(place), Some(live)) = (platform.sites.get(name), observation.sites.get(name)) {
            self.changes.extend(site::access(name, place, live));
        }
        let subject = match self.inputs.site(name, declared) {
            Ok(subject) => subject,
            Err(standing) => return standing,
        };
        match site::compare(&subject) {
            site::Comparison::Held(reason) => {
                self.gates.push(Gate::Site { site: name.to_owned(), reason });
                return SiteStanding::Held;
            }
            site::Comparison::Change(change) => self.changes.push(*change),
            site::Comparison::InSync => {}
        }
        if self.changes.len() > before {
            return SiteStanding::Changes;
        }
        match site::distribution(&subject) {
            settings if settings.is_empty() => SiteStanding::InSync,
            settings => SiteStanding::Distribution { settings },
        }
    }

    /// What hangs on services and tasks that no longer want it.
    fn removals(&mut self) {
        let Inputs { environment, observation, .. } = self.inputs;
        for (service, rule) in &observation.listener_rules {
            let wanted = environment
                .services
                .get(service)
                .is_some_and(|service| service.public.is_some() && service.deployment.strategy != Strategy::Rolling);
            if !wanted {
                self.changes.push(listener_rule::removal(service, rule));
            }
        }
        let gone = |live: &ObservedService| {
            !live.draining
                && owned_by(&environment.environment, &live.tags)
                && !environment.services.contains_key(&live.name)
        };
        for service in observation.scaling.keys() {
            if observation.services.get(service).is_some_and(gone) {
                self.changes.push(scaling::removal(service));
            }
        }
        let scheduled = environment.tasks.iter().filter(|(_, task)| task.schedule.is_some());
        let wanted: BTreeSet<_> =
            scheduled.map(|(name, _)| desired::schedule_name(&environment.environment, name)).collect();
        for name in observation.schedules.keys().filter(|name| !wanted.contains(*name)) {
            self.changes.push(schedule::removal(name));
        }
    }
}
