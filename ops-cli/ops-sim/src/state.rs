use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::arns::Arns;
use crate::identifiers::Identifiers;
use crate::images::Images;
use crate::services::Service;
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
    pub(crate) target_groups: BTreeSet<String>,
    pub(crate) task_definitions: TaskDefinitions,
    /// By cluster and name.
    pub(crate) services: BTreeMap<(String, String), Service>,
}

/// What a service sees of the account around it.
pub(crate) struct Surroundings<'a> {
    pub(crate) now: Duration,
    pub(crate) timing: &'a Timing,
    pub(crate) arns: &'a Arns,
    pub(crate) identifiers: &'a mut Identifiers,
    pub(crate) images: &'a Images,
    pub(crate) task_definitions: &'a TaskDefinitions,
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
            target_groups: BTreeSet::new(),
            task_definitions: TaskDefinitions::default(),
            services: BTreeMap::new(),
        }
    }

    /// Runs ahead to a moment, event by event; never back.
    pub(crate) fn advance(&mut self, to: Duration) {
        while let Some(due) = self.services.values().filter_map(Service::next_due).min()
            && due <= to
        {
            self.now = self.now.max(due);
            let now = self.now;
            self.settle_where(|service| service.next_due().is_some_and(|due| due <= now));
        }
        self.now = self.now.max(to);
    }

    /// Lets a service react to a change that was made to it.
    pub(crate) fn settle(&mut self, cluster: &str, name: &str) {
        self.settle_where(|service| service.cluster == cluster && service.name == name);
    }

    fn settle_where(&mut self, concerned: impl Fn(&Service) -> bool) {
        let Self { now, timing, arns, identifiers, images, task_definitions, services, .. } = self;
        let mut surroundings = Surroundings { now: *now, timing, arns, identifiers, images, task_definitions };
        for service in services.values_mut().filter(|service| concerned(service)) {
            service.settle(&mut surroundings);
        }
        services.retain(|_, service| !service.is_gone());
    }
}
