//! Carries a plan out, wave by wave. It decides nothing: what to do is in the plan, what became of it comes
//! from AWS.

mod deletion;
mod evidence;
mod rollout;
mod service;

use std::collections::BTreeMap;

use futures::future::join_all;
use ops_model::outcome::{Evidence, Outcome, ServiceOutcome};
use ops_model::plan::{Plan, ServiceChange};
use tokio_util::sync::CancellationToken;

use crate::cloud::Cloud;
use crate::event::{Event, EventSink};

/// What every act needs.
pub(crate) struct Execution<'a> {
    pub(crate) cloud: &'a Cloud,
    pub(crate) cluster: &'a str,
    /// Tags of what is created or changed.
    pub(crate) tags: BTreeMap<String, String>,
    /// Id of the record: makes the client tokens of this reconcile its own.
    pub(crate) record_id: String,
    pub(crate) events: EventSink,
    /// Ctrl-C, or a lease that was lost.
    pub(crate) cancelled: CancellationToken,
}

impl Execution<'_> {
    /// Runs the waves in order; a wave that does not succeed whole stops the later ones, and what serves
    /// traffic goes on serving.
    pub(crate) async fn run(&self, plan: &Plan) -> Vec<ServiceOutcome> {
        let mut outcomes: Vec<ServiceOutcome> = Vec::new();
        let of = plan.waves.len();
        for (index, wave) in plan.waves.iter().enumerate() {
            let before = outcomes.iter().find(|outcome| !outcome.outcome.is_success());
            if let Some(reason) = self.why_not(before) {
                outcomes.extend(wave.iter().map(|change| not_started(change, &reason)));
                continue;
            }
            let services = wave.iter().map(|change| change.service.clone()).collect();
            self.events.send(Event::WaveStarted { number: index + 1, of, services });
            outcomes.extend(join_all(wave.iter().map(|change| self.carry_out(change))).await);
        }
        outcomes
    }

    fn why_not(&self, before: Option<&ServiceOutcome>) -> Option<String> {
        if let Some(before) = before {
            Some(format!("{} did not succeed", before.service))
        } else {
            self.cancelled.is_cancelled().then(|| "interrupted".to_owned())
        }
    }

    async fn carry_out(&self, change: &ServiceChange) -> ServiceOutcome {
        self.events.send(Event::ServiceStarted { service: change.service.clone(), class: change.class });
        let outcome = service::carry_out(self, change).await;
        self.events.send(Event::ServiceFinished { outcome: outcome.clone() });
        outcome
    }
}

fn not_started(change: &ServiceChange, reason: &str) -> ServiceOutcome {
    verdict(&change.service, Outcome::NotStarted, Some(reason.to_owned()))
}

/// A verdict without a rollout.
fn verdict(service: &str, outcome: Outcome, reason: Option<String>) -> ServiceOutcome {
    ServiceOutcome {
        service: service.to_owned(),
        outcome,
        rollout: None,
        task_definition: None,
        reason,
        evidence: Evidence::default(),
    }
}
