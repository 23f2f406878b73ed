//! Carries a plan out, wave by wave. It decides nothing: what to do is in the plan, what became of it comes
//! from AWS.

mod deletion;
pub(crate) mod evidence;
mod firewall;
mod listener_rule;
mod placeholder;
mod rollout;
mod scaling;
mod schedule;
mod service;
mod site;
mod site_access;
mod task;
mod task_definitions;
mod task_follower;
mod task_verdict;

use std::collections::BTreeMap;
use std::sync::Mutex;

use futures::future::join_all;
use ops_model::observation::Observation;
use ops_model::outcome::{ChangeOutcome, Evidence, Outcome};
use ops_model::plan::{Act, Change, Kind, Plan};
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;

pub(crate) use rollout::Follower;
pub(crate) use task_definitions::{TaskDefinitions, known};
pub(crate) use task_follower::{OnInterrupt, TaskFollower};

use crate::clock::Clock;
use crate::cloud::{Cloud, CloudError};
use crate::error_chain::error_chain;
use crate::event::{Event, EventSink};
use crate::permission::Permits;

/// What every act needs.
pub(crate) struct Execution<'a> {
    pub(crate) cloud: &'a Cloud,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) environment: &'a str,
    pub(crate) cluster: &'a str,
    /// Group of the environment's schedules, once Terraform has made it.
    pub(crate) schedule_group: Option<String>,
    /// What the plan was made from.
    pub(crate) observation: &'a Observation,
    pub(crate) permits: Permits,
    /// Tags of what is created or changed.
    pub(crate) tags: BTreeMap<String, String>,
    /// Id of the record: makes the client tokens of this reconcile its own.
    pub(crate) record_id: String,
    pub(crate) task_definitions: TaskDefinitions,
    /// ARNs of the listener rules made so far, by service.
    pub(crate) listener_rules: Mutex<BTreeMap<String, String>>,
    pub(crate) events: EventSink,
    /// Ctrl-C, or a lease that was lost.
    pub(crate) cancelled: CancellationToken,
}

impl Execution<'_> {
    /// Runs the waves in order; a wave that does not succeed whole stops the later ones, and what serves
    /// traffic goes on serving.
    pub(crate) async fn run(&self, plan: &Plan) -> Vec<ChangeOutcome> {
        let mut outcomes: Vec<ChangeOutcome> = Vec::new();
        let of = plan.waves.len();
        for (index, wave) in plan.waves.iter().enumerate() {
            let before = outcomes.iter().find(|outcome| !outcome.outcome.is_success());
            if let Some(reason) = self.why_not(before) {
                outcomes.extend(wave.iter().map(|change| not_started(change, &reason)));
                continue;
            }
            let changes = wave.iter().map(|change| (change.kind(), change.name.clone())).collect();
            self.events.send(Event::WaveStarted { number: index + 1, of, changes });
            outcomes.extend(join_all(wave.iter().map(|change| self.carry_out(change))).await);
        }
        outcomes
    }

    fn why_not(&self, before: Option<&ChangeOutcome>) -> Option<String> {
        match before {
            Some(before) if before.outcome == Outcome::Paused => Some(format!("the rollout of {} waits", before.name)),
            Some(before) => Some(format!("{} did not succeed", before.name)),
            None => self.cancelled.is_cancelled().then(|| "interrupted".to_owned()),
        }
    }

    async fn carry_out(&self, change: &Change) -> ChangeOutcome {
        let kind = change.kind();
        self.events.send(Event::ChangeStarted { kind, name: change.name.clone(), class: change.class });
        let done = match &change.act {
            Act::Service(act) => service::carry_out(self, change, act).await,
            Act::Task(act) => task::carry_out(self, change, act).await,
            Act::Scaling(act) => scaling::carry_out(self, change, act).await,
            Act::Schedule(act) => schedule::carry_out(self, change, act).await,
            Act::ListenerRule(act) => listener_rule::carry_out(self, change, act).await,
            Act::Firewall(act) => firewall::carry_out(self, change, act).await,
            Act::Site(act) => site::carry_out(self, change, act).await,
            Act::SiteAccess(act) => site_access::carry_out(self, change, act).await,
        };
        // Whatever goes wrong is a verdict.
        let outcome = done.unwrap_or_else(|error| refused(kind, &change.name, &error));
        self.events.send(Event::ChangeFinished { outcome: Box::new(outcome.clone()) });
        outcome
    }

    /// Tags of what a change creates: the declared ones, and those that say whose it is.
    pub(crate) fn tags_with(&self, declared: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let mut tags = declared.clone();
        tags.extend(self.tags.clone());
        tags
    }
}

fn not_started(change: &Change, reason: &str) -> ChangeOutcome {
    verdict(change.kind(), &change.name, Outcome::NotStarted, Some(reason.to_owned()))
}

/// A verdict about a call that failed.
pub(crate) fn refused(kind: Kind, name: &str, error: &CloudError) -> ChangeOutcome {
    verdict(kind, name, Outcome::Failed, Some(error_chain(error)))
}

/// A verdict without a rollout.
pub(crate) fn verdict(kind: Kind, name: &str, outcome: Outcome, reason: Option<String>) -> ChangeOutcome {
    ChangeOutcome {
        kind,
        name: name.to_owned(),
        outcome,
        rollout: None,
        task_definition: None,
        reason,
        evidence: Evidence::default(),
    }
}

/// 32 characters, the same for the same parts, so that a call sent twice does its work once.
pub(crate) fn client_token(parts: &[&str]) -> String {
    let hash = Sha256::digest(parts.join("\n"));
    hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
