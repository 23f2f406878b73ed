//! After a failed scenario: services go back to the task definition that ran before this reconcile, sites to the build that
//! they served.

mod left_behind;
mod service;
mod site;

use std::collections::BTreeMap;

use ops_model::declaration::Declaration;
use ops_model::outcome::{ChangeOutcome, Outcome};
use ops_model::plan::{Act, Change, Plan};
use ops_model::platform::Platform;

use crate::execute::Execution;

/// What is taken back, and why.
pub(crate) struct RollBack<'a> {
    pub(crate) execution: &'a Execution<'a>,
    pub(crate) declaration: &'a Declaration,
    pub(crate) platform: &'a Platform,
    /// What this reconcile has carried out.
    pub(crate) plan: &'a Plan,
    /// Scenarios.
    pub(crate) failed: &'a [&'a str],
}

/// How a change is taken back.
enum WayBack {
    By(Box<Change>),
    /// There is none, and why.
    None(String),
    /// Nobody can tell, and why.
    Unknown(String),
    /// The change brought nothing that could be bad.
    NotAsked,
}

impl RollBack<'_> {
    /// Takes back what the plan has brought to services and sites, latest wave first, and says in their outcomes what
    /// became of it. What cannot be taken back is said there, too.
    pub(crate) async fn run(&self, outcomes: &mut Vec<ChangeOutcome>) {
        let Self { execution, plan, failed, .. } = self;
        let failed = in_words(failed);
        let mut waves = Vec::new();
        for wave in plan.waves.iter().rev() {
            let mut back = Vec::new();
            for change in wave {
                let Some(outcome) = outcome_of(outcomes, change) else { continue };
                match self.way_back(change).await {
                    WayBack::By(change) => back.push(*change),
                    WayBack::None(why) => {
                        outcome.reason = Some(format!("left as it is, although {failed} failed: {why}"))
                    }
                    WayBack::Unknown(why) => {
                        outcome.outcome = Outcome::Failed;
                        outcome.reason = Some(format!("{failed} failed, and going back failed too: {why}"));
                    }
                    WayBack::NotAsked => {}
                }
            }
            if !back.is_empty() {
                waves.push(back);
            }
        }
        if waves.is_empty() {
            return;
        }
        let back = Plan {
            environment: plan.environment.clone(),
            services: BTreeMap::new(),
            tasks: BTreeMap::new(),
            firewall: BTreeMap::new(),
            holes: Vec::new(),
            sites: BTreeMap::new(),
            waves,
            gates: Vec::new(),
            terraform_behind: Vec::new(),
            unread: BTreeMap::new(),
            left_out: Vec::new(),
        };
        for done in execution.run(&back).await {
            let brought = outcomes.iter_mut().find(|outcome| outcome.kind == done.kind && outcome.name == done.name);
            let Some(outcome) = brought else { continue };
            let detail = done.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
            (outcome.outcome, outcome.reason) = match done.outcome {
                Outcome::Succeeded => (Outcome::RolledBack, Some(format!("rolled back, because {failed} failed"))),
                // It serves what the scenario refused, or nobody knows what.
                Outcome::RolledBack | Outcome::Failed => {
                    (Outcome::Failed, Some(format!("{failed} failed, and going back failed too{detail}")))
                }
                // It serves what the scenario refused, still.
                Outcome::NotStarted => {
                    (Outcome::NotVerified, Some(format!("{failed} failed, and going back has not ended{detail}")))
                }
                other => (other, Some(format!("{failed} failed, and going back has not ended{detail}"))),
            };
            outcome.rollout = done.rollout;
            outcome.task_definition = done.task_definition.or_else(|| outcome.task_definition.clone());
            outcome.evidence = done.evidence;
        }
        let left = self.left_behind(outcomes).await;
        outcomes.extend(left);
    }

    async fn way_back(&self, change: &Change) -> WayBack {
        match &change.act {
            Act::Service(act) => service::way_back(change, act, self.execution.observation),
            Act::Site(_) => self.site_way_back(&change.name).await,
            Act::Task(_) => WayBack::None("a task that has run cannot be taken back".to_owned()),
            Act::Scaling(_) | Act::Schedule(_) | Act::ListenerRule(_) | Act::Firewall(_) | Act::SiteAccess(_) => {
                WayBack::NotAsked
            }
        }
    }
}

fn outcome_of<'a>(outcomes: &'a mut [ChangeOutcome], change: &Change) -> Option<&'a mut ChangeOutcome> {
    outcomes
        .iter_mut()
        .find(|outcome| outcome.kind == change.kind() && outcome.name == change.name && outcome.outcome.is_success())
}

fn in_words(scenarios: &[&str]) -> String {
    match scenarios {
        [one] => format!("scenario {one}"),
        several => format!("scenarios {}", several.join(", ")),
    }
}
