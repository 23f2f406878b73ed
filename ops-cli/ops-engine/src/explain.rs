//! Looks for what does not go well in an environment: what the records say of it, and what AWS still knows.

use std::collections::BTreeSet;

use ops_model::declaration::{Declaration, Environment};
use ops_model::observation::{ObservedService, TargetHealth};
use ops_model::outcome::{ChangeOutcome, Evidence, Outcome};
use ops_model::plan::{Kind, Plan};
use ops_model::record::{Operation, Record};
use ops_model::rollout::{Rollout, RolloutStatus};
use ops_plan::explain::Failure;

use crate::clock::Clock;
use crate::cloud::{Cloud, CloudError};
use crate::execute::evidence::{Suspect, collect};
use crate::execute::known;
use crate::health;
use crate::history::{self, HistoryError};
use crate::observe::ObserveError;
use crate::reconcile::{Survey, survey};

/// How far back a verdict is looked for.
const RECORDS: usize = 20;

#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    #[error(transparent)]
    Observe(#[from] ObserveError),
    #[error(transparent)]
    History(#[from] HistoryError),
    #[error("cannot see whether the tasks of {service} are healthy")]
    Health {
        service: String,
        #[source]
        source: CloudError,
    },
    #[error("{environment} has no service, task, site or scenario {name}")]
    NoSuchName { environment: String, name: String },
}

/// What is to be said of an environment.
#[derive(Debug)]
pub struct Findings {
    pub plan: Plan,
    /// The newest record; `None` before the first.
    pub last: Option<Record>,
    /// What does not go well, or all that was asked for by name.
    pub subjects: Vec<Subject>,
}

/// One service, task, site or scenario.
#[derive(Debug)]
pub struct Subject {
    pub kind: Kind,
    pub name: String,
    /// How a service stands now; `None` for other kinds and for one that is not there.
    pub now: Option<Now>,
    /// The newest verdict on it, with the record that holds it, where that was no success.
    pub verdict: Option<(Record, ChangeOutcome)>,
    /// What AWS shows of trouble that no verdict is about.
    pub trouble: Option<Evidence>,
}

/// A live service.
#[derive(Debug)]
pub struct Now {
    pub desired: u32,
    pub running: u32,
    /// Healthy targets; `None` without a load balancer.
    pub healthy: Option<u32>,
    /// The newest rollout; `None` where the service is settled.
    pub rollout: Option<Rollout>,
    /// Image of the main container.
    pub image: Option<String>,
}

impl Subject {
    /// What is to be explained of what AWS shows now.
    #[must_use]
    pub fn live_failure<'a>(&'a self, environment: &'a str, evidence: &'a Evidence) -> Failure<'a> {
        let rollout = self.now.as_ref().and_then(|now| now.rollout.as_ref());
        let reason = rollout.and_then(|rollout| {
            let rollback = rollout.rollback.as_ref().and_then(|rollback| rollback.reason.as_deref());
            rollback.or(rollout.status_reason.as_deref())
        });
        Failure { environment, kind: self.kind, name: &self.name, outcome: None, reason, evidence }
    }

    fn is_worth_telling(&self) -> bool {
        self.verdict.is_some() || self.trouble.is_some()
    }
}

/// Looks at an environment, or at what has this name in it. Changes nothing and takes no lease.
///
/// # Errors
/// What cannot be read, or a name that nothing has.
pub async fn explain(
    cloud: &Cloud,
    clock: &dyn Clock,
    declaration: &Declaration,
    name: Option<&str>,
) -> Result<Findings, ExplainError> {
    let environment = &declaration.environment;
    let looked = async { survey(cloud, clock, declaration).await.map_err(ExplainError::from) };
    let read = async { Ok(history::newest(cloud.objects.as_ref(), &environment.ops_bucket, RECORDS).await?) };
    let (survey, records): (Survey, Vec<Record>) = futures::future::try_join(looked, read).await?;
    let mut names = subjects(environment, &survey, &records);
    if let Some(name) = name {
        names.retain(|(_, subject)| subject == name);
        if names.is_empty() {
            let (environment, name) = (environment.environment.clone(), name.to_owned());
            return Err(ExplainError::NoSuchName { environment, name });
        }
    }
    let mut found = Vec::new();
    for (kind, subject) in names {
        let subject = look(cloud, declaration, &survey, &records, kind, subject).await?;
        let asked_for = name.is_some() && matches!(kind, Kind::Service | Kind::Task | Kind::Site | Kind::Scenario);
        if asked_for || subject.is_worth_telling() {
            found.push(subject);
        }
    }
    Ok(Findings { plan: survey.plan, last: records.into_iter().next(), subjects: found })
}

/// All that is declared, runs, or has a verdict.
fn subjects(environment: &Environment, survey: &Survey, records: &[Record]) -> BTreeSet<(Kind, String)> {
    let of =
        |kind, names: &mut dyn Iterator<Item = &String>| names.map(|name| (kind, name.clone())).collect::<Vec<_>>();
    let declared = [
        of(Kind::Service, &mut environment.services.keys()),
        of(Kind::Service, &mut survey.plan.services.keys()),
        of(Kind::Task, &mut environment.tasks.keys()),
        of(Kind::Site, &mut environment.sites.keys()),
        of(Kind::Scenario, &mut environment.scenarios.keys()),
    ];
    let judged = records.iter().flat_map(|record| &record.outcomes).map(|outcome| (outcome.kind, outcome.name.clone()));
    declared.into_iter().flatten().chain(judged).collect()
}

async fn look(
    cloud: &Cloud,
    declaration: &Declaration,
    survey: &Survey,
    records: &[Record],
    kind: Kind,
    name: String,
) -> Result<Subject, ExplainError> {
    let verdict = newest_verdict(records, kind, &name).filter(|(_, verdict)| !verdict.outcome.is_success());
    let verdict = verdict.map(|(record, verdict)| (record.clone(), verdict.clone()));
    let live = survey.observation.services.get(&name).filter(|_| kind == Kind::Service);
    let Some(live) = live else { return Ok(Subject { kind, name, now: None, verdict, trouble: None }) };
    let health = health::look(cloud, live).await;
    let health = health.map_err(|source| ExplainError::Health { service: name.clone(), source })?;
    let main = declaration.environment.services.get(&name);
    let main = main.map_or(name.as_str(), |service| ops_plan::main_container(&name, &service.workload));
    let containers = &mut live.task_definition.content.containers();
    let now = Now {
        desired: live.settings.desired_count().unwrap_or_default(),
        running: live.running_count,
        healthy: health.healthy,
        rollout: live.rollout.clone(),
        image: containers.find(|it| it.name() == main).map(|it| it.image().to_owned()),
    };
    let is_told = live.rollout.as_ref().is_some_and(|rollout| {
        let told = verdict.as_ref().filter(|(_, verdict)| verdict.rollout.as_ref() == Some(&rollout.id));
        // Of a rollout that went on when ops let go of it there is more to see now.
        told.is_some_and(|(_, verdict)| !matches!(verdict.outcome, Outcome::Interrupted | Outcome::TimedOut))
    });
    let trouble = match !is_told && is_in_trouble(&now, &health.unhealthy) {
        true => Some(trouble(cloud, survey, live, health.unhealthy).await),
        false => None,
    };
    Ok(Subject { kind, name, now: Some(now), verdict, trouble })
}

/// What became of it the last time that anything did.
fn newest_verdict<'a>(records: &'a [Record], kind: Kind, name: &str) -> Option<(&'a Record, &'a ChangeOutcome)> {
    let mut verdicts = records.iter().filter(|record| record.operation != Operation::Run).flat_map(|record| {
        let outcomes = record.outcomes.iter().filter(|it| it.kind == kind && it.name == name);
        outcomes.map(move |outcome| (record, outcome))
    });
    verdicts.find(|(_, verdict)| verdict.outcome != Outcome::NotStarted)
}

fn is_in_trouble(now: &Now, unhealthy: &[TargetHealth]) -> bool {
    let rollout_fails = now.rollout.as_ref().is_some_and(|rollout| match rollout.status {
        RolloutStatus::Successful => false,
        RolloutStatus::Pending | RolloutStatus::InProgress => {
            rollout.circuit_breaker.is_some_and(|breaker| breaker.failures > 0)
        }
        _ => true,
    });
    rollout_fails || now.running < now.desired || !unhealthy.is_empty()
}

/// What AWS still shows of the revision that is at fault: the one that was rolled out last, also where ECS has gone back.
async fn trouble(cloud: &Cloud, survey: &Survey, live: &ObservedService, unhealthy: Vec<TargetHealth>) -> Evidence {
    let rollout = live.rollout.as_ref().filter(|rollout| rollout.status != RolloutStatus::Successful);
    let task_definition = rollout.map_or(live.task_definition.arn.as_str(), |rollout| rollout.task_definition.as_str());
    let suspect = Suspect {
        cluster: &survey.platform.cluster.name,
        service: &live.name,
        task_definition,
        content: known(&survey.observation, task_definition),
        rollout,
    };
    Evidence { targets: unhealthy, ..collect(cloud, suspect).await }
}
