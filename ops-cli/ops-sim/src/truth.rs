//! What is so in the account, whatever its calls show: without faults, without delay, and without being counted.

use std::collections::BTreeMap;

use ops_model::observation::{ObservedService, ObservedTask};
use ops_model::rollout::Rollout;
use tokio::sync::watch;

use crate::account::SimulatedAccount;
use crate::rollouts::count;
use crate::tasks::Task;

/// A service as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrueService {
    pub observed: ObservedService,
    /// Whether a rollout may go back to its task definition: nobody has deregistered it.
    pub returnable: bool,
    /// Tasks that are healthy and that nobody has begun to stop.
    pub healthy: u32,
    /// Of the count, during a rollout.
    pub minimum_healthy_percent: u32,
    /// Newest first.
    pub rollouts: Vec<Rollout>,
}

impl SimulatedAccount {
    /// Services of a cluster by name, those that are being deleted among them.
    #[must_use]
    pub fn true_services(&self, cluster: &str) -> BTreeMap<String, TrueService> {
        let inside = self.lock();
        let state = &inside.state;
        let of_cluster = state.services.values().filter(|service| service.cluster == cluster);
        let there = of_cluster.filter_map(|service| {
            let healthy = service.tasks.iter().filter(|task| task.is_healthy()).count();
            let observed = service.observed(&state.task_definitions)?;
            let of = TrueService {
                returnable: state.task_definitions.is_active(&observed.task_definition.arn),
                observed,
                healthy: count(healthy),
                minimum_healthy_percent: service.deployment.minimum_healthy_percent,
                rollouts: service.rollouts.iter().rev().map(|rollout| service.observed_rollout(rollout)).collect(),
            };
            Some((service.name.clone(), of))
        });
        there.collect()
    }

    /// A task that ECS still knows.
    #[must_use]
    pub fn true_task(&self, cluster: &str, arn: &str) -> Option<ObservedTask> {
        let inside = self.lock();
        let task: Option<&Task> = inside.state.find_task(cluster, arn);
        task.and_then(|task| task.observed(inside.state.now))
    }

    /// Bodies of the objects of a bucket by key; none where there is no such bucket.
    #[must_use]
    pub fn true_objects(&self, bucket: &str) -> BTreeMap<String, Vec<u8>> {
        let inside = self.lock();
        let objects = inside.buckets.get(bucket).map(|bucket| &bucket.objects);
        objects.into_iter().flatten().map(|(key, object)| (key.clone(), object.body.clone())).collect()
    }

    /// Which process made each of [`Self::writes`]; 0 unless [`Self::as_process`] said otherwise.
    #[must_use]
    pub fn writers(&self) -> Vec<u32> {
        self.lock().writers.clone()
    }

    /// How many writes were made. Whoever waits for a change of it sees the account right after every write, before the
    /// process that made it has its answer.
    #[must_use]
    pub fn writes_made(&self) -> watch::Receiver<usize> {
        self.lock().writes_made.subscribe()
    }
}
