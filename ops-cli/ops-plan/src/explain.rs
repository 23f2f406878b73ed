//! Why something did not succeed: what was seen, read as somebody would who has seen it before. The most likely cause comes
//! first, with what says so and what to do about it.
//!
//! Sources of AWS's words:
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html>,
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html>

mod exit;
mod health;
mod image;
mod placement;
mod refusal;
mod resource;
mod rollout;
mod scenario;
mod task;

use ops_model::outcome::{ChangeOutcome, Evidence, Outcome};
use ops_model::plan::Kind;
use serde::Serialize;

/// What is to be explained, and what was seen of it.
#[derive(Debug, Clone, Copy)]
pub struct Failure<'a> {
    pub environment: &'a str,
    pub kind: Kind,
    pub name: &'a str,
    /// `None`: there is no verdict, for nobody waits for one.
    pub outcome: Option<Outcome>,
    pub reason: Option<&'a str>,
    pub evidence: &'a Evidence,
}

impl<'a> Failure<'a> {
    /// What a verdict is about.
    #[must_use]
    pub fn of(environment: &'a str, verdict: &'a ChangeOutcome) -> Self {
        let ChangeOutcome { kind, name, outcome, reason, evidence, .. } = verdict;
        Self { environment, kind: *kind, name, outcome: Some(*outcome), reason: reason.as_deref(), evidence }
    }
}

/// A cause that explains what was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// What sort of cause, for programs.
    pub class: CauseClass,
    /// In one sentence, without a full stop.
    pub what: String,
    /// Stopped tasks that it explains; 0 where it is not about tasks.
    pub tasks: usize,
    /// What says so, in the words of AWS or of the program, most telling first.
    pub seen: Vec<String>,
    /// What to do about it, best first.
    pub remedies: Vec<String>,
}

impl Cause {
    fn new(class: CauseClass, what: impl Into<String>) -> Self {
        Self { class, what: what.into(), tasks: 0, seen: Vec::new(), remedies: Vec::new() }
    }

    fn seen(mut self, seen: impl Into<String>) -> Self {
        self.seen.push(seen.into());
        self
    }

    fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedies.push(remedy.into());
        self
    }
}

/// Sorts of causes, in the order in which they are believed: what kept a task from starting explains more than what it did
/// afterwards, and that explains more than what the load balancer thought of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CauseClass {
    ImageMissing,
    ImagePlatform,
    ImageNotAllowed,
    RegistryLimit,
    RegistryUnreachable,
    ImageUnreadable,
    SecretMissing,
    SecretMalformed,
    SecretNotAllowed,
    LogGroup,
    Volume,
    Network,
    Resources,
    OutOfMemory,
    WrongProcessor,
    ProgramNotFound,
    Crashed,
    Ended,
    Dependency,
    HealthCheck,
    Scenario,
    Alarm,
    Hook,
    Capacity,
    Quota,
    Role,
    Interrupted,
    StoppedByPerson,
    Superseded,
    StillRunning,
    NotAllowed,
    Throttled,
    Unreachable,
}

/// What explains a failure, most likely cause first; empty when nothing needs explaining, or nothing that was seen says more than
/// the verdict's own reason.
#[must_use]
pub fn causes(failure: Failure<'_>) -> Vec<Cause> {
    if failure.outcome.is_some_and(|outcome| outcome.is_success() || outcome == Outcome::NotStarted) {
        return Vec::new();
    }
    let mut causes = task::causes(failure);
    if !causes.iter().any(|cause| cause.class < CauseClass::HealthCheck) {
        merge(&mut causes, health::cause(failure));
    }
    for cause in placement::causes(failure).into_iter().chain(rollout::causes(failure)) {
        merge(&mut causes, Some(cause));
    }
    merge(&mut causes, scenario::cause(failure));
    if causes.is_empty() {
        merge(&mut causes, failure.reason.and_then(|reason| refusal::cause(failure, reason)));
    }
    causes.sort_by_key(|cause| (cause.class, std::cmp::Reverse(cause.tasks)));
    causes
}

/// One cause for all that says the same.
fn merge(causes: &mut Vec<Cause>, cause: Option<Cause>) {
    let Some(cause) = cause else { return };
    match causes.iter_mut().find(|known| known.class == cause.class && known.what == cause.what) {
        Some(known) => {
            known.tasks += cause.tasks;
            for seen in cause.seen {
                if !known.seen.contains(&seen) {
                    known.seen.push(seen);
                }
            }
        }
        None => causes.push(cause),
    }
}

/// Whether a text holds any of these, whatever the case.
fn says(text: &str, any: &[&str]) -> bool {
    let text = text.to_lowercase();
    any.iter().any(|words| text.contains(words))
}

/// The last line that a container wrote.
fn last_line(evidence: &Evidence, container: &str) -> Option<String> {
    let of = evidence.log.iter().rev().find(|line| line.container == container && !line.text.trim().is_empty());
    of.map(|line| format!("{container} wrote: {}", line.text.trim_end()))
}

/// Builds of before are the way out where the new one is at fault.
fn back_out(failure: Failure<'_>) -> String {
    format!("or go back to the builds of the last good deployment: `ops rollback {}`", failure.environment)
}
