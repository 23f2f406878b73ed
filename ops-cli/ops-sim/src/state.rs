use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use ops_engine::cloud::TargetGroup;
use ops_model::observation::ScalingSettings;

use crate::alarms::Alarms;
use crate::arns::Arns;
use crate::firewalls::SecurityGroups;
use crate::identifiers::Identifiers;
use crate::images::Images;
use crate::listeners::Listeners;
use crate::logs::LogGroups;
use crate::roles::Roles;
use crate::scenarios::ScenarioBehaviours;
use crate::schedules::ScheduleGroups;
use crate::secrets::SecretStore;
use crate::services::Service;
use crate::standalone_tasks::StandaloneTask;
use crate::task_definitions::TaskDefinitions;
use crate::timing::Timing;

/// Everything that changes as time goes by. Between two calls it changes by time alone, so that it can
/// be copied and run ahead.
#[derive(Debug, Clone)]
pub(crate) struct State {
    /// How far it was run, from the opening of the account.
    pub(crate) now: Duration,
    pub(crate) timing: Timing,
    pub(crate) arns: Arns,
    pub(crate) identifiers: Identifiers,
    pub(crate) images: Images,
    pub(crate) clusters: BTreeSet<String>,
    /// By ARN.
    pub(crate) target_groups: BTreeMap<String, TargetGroup>,
    pub(crate) listeners: Listeners,
    pub(crate) security_groups: SecurityGroups,
    pub(crate) task_definitions: TaskDefinitions,
    /// By cluster and name.
    pub(crate) services: BTreeMap<(String, String), Service>,
    /// Oldest first.
    pub(crate) standalone_tasks: Vec<StandaloneTask>,
    /// By cluster and service.
    pub(crate) scaling: BTreeMap<(String, String), ScalingSettings>,
    pub(crate) schedules: ScheduleGroups,
    pub(crate) scenarios: ScenarioBehaviours,
    pub(crate) secrets: SecretStore,
    pub(crate) logs: LogGroups,
    pub(crate) alarms: Alarms,
    pub(crate) roles: Roles,
    /// By service and code.
    pub(crate) quotas: BTreeMap<(String, String), f64>,
}

/// What a service or a task sees of the account around it.
pub(crate) struct Surroundings<'a> {
    pub(crate) now: Duration,
    pub(crate) timing: &'a Timing,
    pub(crate) arns: &'a Arns,
    pub(crate) identifiers: &'a mut Identifiers,
    pub(crate) images: &'a Images,
    pub(crate) task_definitions: &'a TaskDefinitions,
    pub(crate) listeners: &'a mut Listeners,
    pub(crate) secrets: &'a SecretStore,
    pub(crate) logs: &'a mut LogGroups,
    pub(crate) alarms: &'a Alarms,
}

impl State {
    pub(crate) fn new(timing: Timing) -> Self {
        Self {
            now: Duration::ZERO,
            timing,
            arns: Arns { account: "000000000000".to_owned(), region: "ap-northeast-2".to_owned() },
            identifiers: Identifiers::default(),
            images: Images::default(),
            clusters: BTreeSet::new(),
            target_groups: BTreeMap::new(),
            listeners: Listeners::default(),
            security_groups: SecurityGroups::default(),
            task_definitions: TaskDefinitions::default(),
            services: BTreeMap::new(),
            standalone_tasks: Vec::new(),
            scaling: BTreeMap::new(),
            schedules: ScheduleGroups::default(),
            scenarios: ScenarioBehaviours::default(),
            secrets: SecretStore::default(),
            logs: LogGroups::default(),
            alarms: Alarms::default(),
            roles: Roles::default(),
            quotas: BTreeMap::new(),
        }
    }

    /// Runs ahead to a moment, event by event; never back.
    pub(crate) fn advance(&mut self, to: Duration) {
        while let Some(due) = self.next_due()
            && due <= to
        {
            self.now = self.now.max(due);
            let now = self.now;
            self.act_on(
                |service| service.next_due().is_some_and(|due| due <= now),
                |service, surroundings| service.settle(surroundings),
            );
            self.act_on_tasks(|one, surroundings| one.settle(surroundings));
        }
        self.now = self.now.max(to);
    }

    fn next_due(&self) -> Option<Duration> {
        let services = self.services.values().filter_map(Service::next_due);
        services.chain(self.standalone_tasks.iter().filter_map(StandaloneTask::next_due)).min()
    }

    /// Lets a service react to a change that was made to it.
    pub(crate) fn settle(&mut self, cluster: &str, name: &str) {
        self.with_surroundings(cluster, name, |service, surroundings| service.settle(surroundings));
    }

    /// Lets every service react to a change around them.
    pub(crate) fn settle_all(&mut self) {
        self.act_on_every_service(|service, surroundings| service.settle(surroundings));
    }

    pub(crate) fn act_on_every_service(&mut self, act: impl FnMut(&mut Service, &mut Surroundings<'_>)) {
        self.act_on(|_| true, act);
    }

    pub(crate) fn with_surroundings(
        &mut self,
        cluster: &str,
        name: &str,
        act: impl FnMut(&mut Service, &mut Surroundings<'_>),
    ) {
        self.act_on(|service| service.cluster == cluster && service.name == name, act);
    }

    fn act_on(
        &mut self,
        concerned: impl Fn(&Service) -> bool,
        mut act: impl FnMut(&mut Service, &mut Surroundings<'_>),
    ) {
        let mut services = std::mem::take(&mut self.services);
        let mut surroundings = self.surroundings();
        for service in services.values_mut().filter(|service| concerned(service)) {
            act(service, &mut surroundings);
        }
        services.retain(|_, service| !service.is_gone());
        self.services = services;
    }

    pub(crate) fn act_on_tasks(&mut self, mut act: impl FnMut(&mut StandaloneTask, &mut Surroundings<'_>)) {
        let mut tasks = std::mem::take(&mut self.standalone_tasks);
        let mut surroundings = self.surroundings();
        for task in &mut tasks {
            act(task, &mut surroundings);
        }
        let now = self.now;
        tasks.retain(|one| !one.task.is_forgotten(now));
        self.standalone_tasks = tasks;
    }

    /// What is around services and tasks.
    pub(crate) fn surroundings(&mut self) -> Surroundings<'_> {
        Surroundings {
            now: self.now,
            timing: &self.timing,
            arns: &self.arns,
            identifiers: &mut self.identifiers,
            images: &self.images,
            task_definitions: &self.task_definitions,
            listeners: &mut self.listeners,
            secrets: &self.secrets,
            logs: &mut self.logs,
            alarms: &self.alarms,
        }
    }
}
