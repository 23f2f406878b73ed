use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ops_engine::cloud::{CallCounter, Cloud, CloudError, TargetGroup};
use ops_engine::scenarios::{HttpScenarios, ScenarioAttempt};
use ops_model::observation::RegisteredTaskDefinition;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::by_hand::ByHand;
use crate::clock::{SimulatedClock, timestamp};
use crate::distributions::DistributionStates;
use crate::faults::{Arrival, FaultPlan, Faults, unreachable};
use crate::images::ImageBehaviour;
use crate::objects::Buckets;
use crate::operations::Operation;
use crate::scenarios::ScenarioBehaviour;
use crate::state::State;
use crate::task_definitions::Revision;
use crate::timing::Timing;
use crate::writes::Write;

/// One AWS account in one region. Clones are the same account.
#[derive(Debug, Clone)]
pub struct SimulatedAccount {
    clock: SimulatedClock,
    latency: Duration,
    /// Who calls, where several do at once.
    process: u32,
    inside: Arc<Mutex<Inside>>,
}

#[derive(Debug)]
pub(crate) struct Inside {
    pub(crate) state: State,
    pub(crate) buckets: Buckets,
    pub(crate) distributions: DistributionStates,
    pub(crate) faults: FaultPlan,
    pub(crate) writes: Vec<Write>,
    /// The process that made each write.
    pub(crate) writers: Vec<u32>,
    pub(crate) writes_made: watch::Sender<usize>,
    /// At scenarios.
    pub(crate) attempts: Vec<ScenarioAttempt>,
    calls: BTreeMap<String, u32>,
    visibility_delay: Duration,
    /// When a change was made, and the state without it. Oldest first; only while changes are slow to show.
    past: Vec<(Duration, State)>,
}

impl Default for SimulatedAccount {
    fn default() -> Self {
        Self::new()
    }
}

impl SimulatedAccount {
    /// An empty account 000000000000 in ap-northeast-2, opened now.
    #[must_use]
    pub fn new() -> Self {
        Self::with_timing(Timing::default())
    }

    #[must_use]
    pub fn with_timing(timing: Timing) -> Self {
        let inside = Inside {
            state: State::new(timing),
            buckets: Buckets::default(),
            distributions: DistributionStates::default(),
            faults: FaultPlan::default(),
            writes: Vec::new(),
            writers: Vec::new(),
            writes_made: watch::Sender::new(0),
            attempts: Vec::new(),
            calls: BTreeMap::new(),
            visibility_delay: Duration::ZERO,
            past: Vec::new(),
        };
        Self {
            clock: SimulatedClock::start(),
            latency: timing.latency,
            process: 0,
            inside: Arc::new(Mutex::new(inside)),
        }
    }

    /// The account as the engine sees it.
    #[must_use]
    pub fn cloud(&self) -> Cloud {
        Cloud {
            containers: Arc::new(self.clone()),
            targets: Arc::new(self.clone()),
            firewalls: Arc::new(self.clone()),
            objects: Arc::new(self.clone()),
            identity: Arc::new(self.clone()),
            scaling: Arc::new(self.clone()),
            schedules: Arc::new(self.clone()),
            secrets: Arc::new(self.clone()),
            logs: Arc::new(self.clone()),
            preflight: Arc::new(self.clone()),
            site_objects: Arc::new(self.clone()),
            distributions: Arc::new(self.clone()),
            calls: Arc::new(self.clone()),
        }
    }

    /// The same account as another process calls it: its writes are told apart in [`Self::writers`].
    #[must_use]
    pub fn as_process(&self, process: u32) -> Self {
        Self { process, ..self.clone() }
    }

    #[must_use]
    pub fn clock(&self) -> SimulatedClock {
        self.clock
    }

    pub fn create_cluster(&self, cluster: &str) {
        self.change(|state| state.clusters.insert(cluster.to_owned()));
    }

    /// Makes a target group, or sets it otherwise.
    pub fn create_target_group(&self, arn: &str, target_group: TargetGroup) {
        self.change(|state| state.target_groups.insert(arn.to_owned(), target_group));
    }

    pub fn create_listener(&self, arn: &str) {
        self.change(|state| state.listeners.create(arn));
    }

    pub fn create_log_group(&self, name: &str) {
        self.change(|state| state.logs.create(name));
    }

    pub fn create_schedule_group(&self, name: &str) {
        self.change(|state| state.schedules.create_group(name));
    }

    /// Makes a role that these services may take, such as `ecs-tasks.amazonaws.com`.
    pub fn create_role(&self, arn: &str, trusted_services: &[&str]) {
        self.change(|state| state.roles.create(arn, trusted_services));
    }

    /// Puts a first or a new value into the place of a secret, `ssm:/path` or `secretsmanager:name`.
    pub fn put_secret(&self, place: &str) {
        self.change(|state| state.secrets.put(&state.arns.secret(place)));
    }

    /// The same with a value, for who reads it.
    pub fn put_secret_value(&self, place: &str, value: &str) {
        self.change(|state| state.secrets.put_value(&state.arns.secret(place), value));
    }

    /// Makes a place without a value, as Terraform does.
    pub fn create_empty_secret(&self, place: &str) {
        self.change(|state| state.secrets.create_empty(&state.arns.secret(place)));
    }

    /// ARN of the secret at a place.
    #[must_use]
    pub fn secret_arn(&self, place: &str) -> String {
        self.lock().state.arns.secret(place)
    }

    /// Runs scenarios against what runs in the account.
    #[must_use]
    pub fn scenarios(&self) -> Arc<dyn HttpScenarios> {
        Arc::new(self.clone())
    }

    /// From now on a scenario goes like this while any container of a service runs the build, an image, or a site serves
    /// it, the digest of a bundle.
    pub fn set_scenario(&self, scenario: &str, build: &str, behaviour: ScenarioBehaviour) {
        self.change(|state| state.scenarios.set(scenario, build, behaviour));
    }

    /// Every attempt at a scenario that was begun, by the scenario's name, with what it was given.
    #[must_use]
    pub fn scenario_attempts(&self) -> Vec<ScenarioAttempt> {
        self.lock().attempts.clone()
    }

    pub fn create_bucket(&self, bucket: &str) {
        self.lock().buckets.create(bucket);
    }

    /// From now on the bucket takes locked objects; makes it if need be.
    pub fn enable_object_lock(&self, bucket: &str) {
        self.lock().buckets.enable_object_lock(bucket);
    }

    /// Writes an object whatever is there, as Terraform does; makes the bucket if need be.
    pub fn put_object(&self, bucket: &str, key: &str, body: Vec<u8>) {
        let mut inside = self.lock();
        let now = timestamp(inside.state.now);
        inside.buckets.overwrite(bucket, key, body, now);
    }

    /// Decides what tasks do that are started from now on and run this image. An image that was never
    /// pushed cannot be pulled.
    pub fn push_image(&self, image: &str, behaviour: ImageBehaviour) {
        self.change(|state| state.images.push(image, behaviour));
    }

    /// Every container that is started from now on and runs this image writes this line so long after its start, if it
    /// has a log group.
    pub fn write_log(&self, image: &str, after: Duration, text: &str) {
        self.change(|state| state.images.write(image, after, text));
    }

    /// Says which platforms an image is built for; `linux/amd64` otherwise.
    pub fn set_platforms(&self, image: &str, platforms: &[&str]) {
        let platforms = platforms.iter().map(|platform| (*platform).to_owned()).collect();
        self.change(|state| state.images.set_platforms(image, platforms));
    }

    /// What people do in the console of a cluster.
    #[must_use]
    pub fn by_hand(&self, cluster: &str) -> ByHand<'_> {
        ByHand::new(self, cluster)
    }

    #[must_use]
    pub fn faults(&self) -> Faults<'_> {
        Faults::new(self)
    }

    /// Every change that was asked for through the cloud traits and accepted, oldest first.
    #[must_use]
    pub fn writes(&self) -> Vec<Write> {
        self.lock().writes.clone()
    }

    /// The same without those to objects and distributions.
    #[must_use]
    pub fn container_writes(&self) -> Vec<Write> {
        self.lock().writes.iter().filter(|write| !write.is_object()).cloned().collect()
    }

    /// Every task definition that was ever registered, by family and revision.
    #[must_use]
    pub fn task_definitions(&self) -> Vec<RegisteredTaskDefinition> {
        self.lock().state.task_definitions.all().map(Revision::observed).collect()
    }

    /// The account as it is now.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Inside> {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        inside.state.advance(self.clock.elapsed());
        inside
    }

    /// Makes a change that is no call.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut inside = self.lock();
        inside.remember();
        change(&mut inside.state)
    }

    /// One call: on its way, faults, the act, on its way back. A caller that is dropped on the way back
    /// has still changed what it changed.
    pub(crate) async fn call<T: Send>(
        &self,
        operation: Operation,
        act: impl FnOnce(&mut Inside) -> Result<T, CloudError> + Send,
    ) -> Result<T, CloudError> {
        sleep(self.latency / 2).await;
        let answer = self.arrive(operation, act);
        sleep(self.latency / 2).await;
        answer
    }

    fn arrive<T>(
        &self,
        operation: Operation,
        act: impl FnOnce(&mut Inside) -> Result<T, CloudError>,
    ) -> Result<T, CloudError> {
        let mut inside = self.lock();
        inside.faults.check_alive(operation)?;
        *inside.calls.entry(operation.to_string()).or_default() += 1;
        let arrival = inside.faults.arrive(operation)?;
        let answer = act(&mut inside);
        let made = inside.writes.len();
        if made > inside.writers.len() {
            inside.writers.resize(made, self.process);
            inside.writes_made.send_replace(made);
        }
        match arrival {
            Arrival::Answered => answer,
            Arrival::AnswerLost => Err(unreachable(operation)),
        }
    }
}

impl CallCounter for SimulatedAccount {
    fn calls(&self) -> BTreeMap<String, u32> {
        self.lock().calls.clone()
    }
}

impl Inside {
    /// Makes a change to what runs, and notes it if it was accepted.
    pub(crate) fn write<T>(
        &mut self,
        change: impl FnOnce(&mut State) -> Result<T, CloudError>,
        write: impl FnOnce(&T) -> Write,
    ) -> Result<T, CloudError> {
        self.remember();
        let made = change(&mut self.state)?;
        self.writes.push(write(&made));
        Ok(made)
    }

    /// The same for a change that may find nothing to do.
    pub(crate) fn write_if(
        &mut self,
        change: impl FnOnce(&mut State) -> Result<bool, CloudError>,
        write: impl FnOnce() -> Write,
    ) -> Result<(), CloudError> {
        self.remember();
        if change(&mut self.state)? {
            self.writes.push(write());
        }
        Ok(())
    }

    pub(crate) fn delay_visibility(&mut self, delay: Duration) {
        self.visibility_delay = delay;
        self.past.clear();
    }

    /// Keeps the state before a change, while changes are slow to show.
    fn remember(&mut self) {
        if !self.visibility_delay.is_zero() {
            self.past.push((self.state.now, self.state.clone()));
        }
    }

    /// The state as `DescribeServices` shows it: without the changes that are too young.
    pub(crate) fn visible(&mut self) -> State {
        let now = self.state.now;
        let delay = self.visibility_delay;
        self.past.retain(|(made_at, _)| now.saturating_sub(*made_at) < delay);
        match self.past.first() {
            None => self.state.clone(),
            Some((_, without)) => {
                let mut without = without.clone();
                without.advance(now);
                without
            }
        }
    }
}
