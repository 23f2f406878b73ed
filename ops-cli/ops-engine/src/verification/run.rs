//! Runs the scenarios of an environment, several at once, each with its further attempts and its deadline.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::{StreamExt as _, stream};
use ops_model::declaration::{Environment, Scenario};
use ops_model::outcome::{ChangeOutcome, Evidence, Outcome};
use ops_model::plan::{ChangeClass, Kind};
use ops_model::platform::Platform;
use ops_model::scenario::ScenarioRun;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::cloud::{Cloud, SecretValue};
use crate::error_chain::error_chain;
use crate::event::{Event, EventSink};
use crate::execute::verdict;
use crate::scenarios::{Attempted, ScenarioAttempt, ScenarioError, Scenarios};

/// Scenarios that run side by side.
const AT_ONCE: usize = 4;

/// What every scenario needs.
pub(crate) struct Verification<'a> {
    pub(crate) cloud: &'a Cloud,
    pub(crate) environment: &'a Environment,
    pub(crate) platform: &'a Platform,
    pub(crate) commit: &'a str,
    pub(crate) scenarios: &'a Scenarios,
    pub(crate) events: &'a EventSink,
    pub(crate) cancelled: &'a CancellationToken,
}

/// Verdicts on scenarios that were not run, and why.
pub(crate) fn unverified(environment: &Environment, reason: &str) -> Vec<ChangeOutcome> {
    let names = environment.scenarios.keys();
    names.map(|name| verdict(Kind::Scenario, name, Outcome::NotStarted, Some(reason.to_owned()))).collect()
}

impl Verification<'_> {
    /// Verdicts in the order of the names.
    pub(crate) async fn run<'n>(&self, names: impl Iterator<Item = &'n str>) -> Vec<ChangeOutcome> {
        let declared = names.filter_map(|name| Some((name, self.environment.scenarios.get(name)?)));
        let runs: Vec<_> = declared.map(|(name, scenario)| self.judge(name, scenario)).collect();
        stream::iter(runs).buffered(AT_ONCE).collect().await
    }

    async fn judge(&self, name: &str, scenario: &Scenario) -> ChangeOutcome {
        if self.cancelled.is_cancelled() {
            let reason = Some("interrupted before it began".to_owned());
            return verdict(Kind::Scenario, name, Outcome::NotStarted, reason);
        }
        let started = Event::ChangeStarted { kind: Kind::Scenario, name: name.to_owned(), class: ChangeClass::Run };
        self.events.send(started);
        let outcome = match self.prepare(name, scenario).await {
            Ok(attempt) => self.until_it_passes(scenario, attempt).await,
            Err(reason) => cannot_be_run(name, &reason),
        };
        self.events.send(Event::ChangeFinished { outcome: Box::new(outcome.clone()) });
        outcome
    }

    /// What the file is given; or why it cannot be run at all.
    async fn prepare(&self, name: &str, scenario: &Scenario) -> Result<ScenarioAttempt, String> {
        let text = self.scenarios.texts.get(name).ok_or_else(|| format!("{} was not read", scenario.file))?;
        let url = ops_plan::scenario_url(scenario, self.platform)
            .ok_or_else(|| format!("Terraform has not made {} yet, which it begins at", scenario.base))?;
        let mut secrets: BTreeMap<String, SecretValue> = BTreeMap::new();
        for (variable, reference) in &scenario.secrets {
            let value = self.cloud.secrets.value(reference).await;
            let value =
                value.map_err(|error| format!("{} cannot be read: {}", reference.place(), error_chain(&error)))?;
            secrets.insert(variable.clone(), value);
        }
        let mut variables = scenario.variables.clone();
        let environment = self.environment.environment.clone();
        let given = [("url", url), ("environment", environment), ("commit", self.commit.to_owned())];
        variables.extend(given.map(|(variable, value)| (variable.to_owned(), value)));
        let limit = Duration::from_secs(scenario.timeout_seconds.into());
        Ok(ScenarioAttempt { name: name.to_owned(), text: text.clone(), variables, secrets, limit })
    }

    /// The same file again, until it passes or there are no more attempts, or there is no more time.
    async fn until_it_passes(&self, scenario: &Scenario, mut attempt: ScenarioAttempt) -> ChangeOutcome {
        let began = Instant::now();
        let deadline = began + attempt.limit;
        let url = attempt.variables.get("url").cloned().unwrap_or_default();
        let mut run = ScenarioRun { file: scenario.file.clone(), url, ..ScenarioRun::default() };
        let (outcome, reason) = loop {
            run.attempts += 1;
            attempt.limit = deadline.saturating_duration_since(Instant::now());
            match self.scenarios.runner.attempt(&attempt, self.cancelled).await {
                Ok(Attempted { requests, failures }) => (run.requests, run.failures) = (requests, failures),
                // What the attempt before it found is worth more than nothing.
                Err(ScenarioError::TimedOut { .. }) => {
                    let reason = format!("it did not pass within {} s", scenario.timeout_seconds);
                    break (Outcome::NotVerified, Some(reason));
                }
                Err(ScenarioError::Stopped) => {
                    break (Outcome::Interrupted, Some("interrupted before it had ended".to_owned()));
                }
                Err(error) => return cannot_be_run(&attempt.name, &error_chain(&error)),
            }
            if run.failures.is_empty() {
                break (Outcome::Succeeded, None);
            }
            let pause = Duration::from_secs(scenario.retry_interval_seconds.into());
            if run.attempts > scenario.retries || Instant::now() + pause >= deadline {
                break (Outcome::NotVerified, Some(why(&run)));
            }
            self.events.send(Event::ScenarioAttemptFailed {
                scenario: attempt.name.clone(),
                attempt: run.attempts,
                of: scenario.retries + 1,
                why: why(&run),
            });
            tokio::select! {
                () = self.cancelled.cancelled() => {
                    break (Outcome::Interrupted, Some("interrupted between two attempts".to_owned()));
                }
                () = tokio::time::sleep(pause) => {}
            }
        };
        run.milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        ChangeOutcome {
            evidence: Evidence { scenario: Some(run), ..Evidence::default() },
            ..verdict(Kind::Scenario, &attempt.name, outcome, reason)
        }
    }
}

/// Without evidence: nothing of what was deployed has been found wrong.
fn cannot_be_run(name: &str, why: &str) -> ChangeOutcome {
    verdict(Kind::Scenario, name, Outcome::NotVerified, Some(format!("it cannot be run: {why}")))
}

/// The first failure in one sentence: which request, which line, and what was wrong.
fn why(run: &ScenarioRun) -> String {
    let Some(first) = run.failures.first() else { return "it did not pass".to_owned() };
    let request = first.request.as_deref().map(|request| format!("{request}: ")).unwrap_or_default();
    let details = if first.details.is_empty() { String::new() } else { format!(": {}", first.details.join(", ")) };
    let more = match run.failures.len() {
        1 => String::new(),
        several => format!(" (and {} more)", several - 1),
    };
    format!("{request}{} at {}:{}{details}{more}", first.what.to_lowercase(), run.file, first.line)
}
