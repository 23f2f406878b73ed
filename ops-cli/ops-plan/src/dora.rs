//! The four DORA figures of one environment, from its records. What each of them counts is in `docs/records.md`.

mod spread;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use ops_model::declaration::Builds;
use ops_model::outcome::Outcome;
use ops_model::plan::Kind;
use ops_model::record::{Operation, Record};

pub use spread::Spread;

/// Records of fewer days say nothing about how often something is done.
const DAYS_FOR_A_FREQUENCY: i64 = 7;
/// Of fewer deployments each single one would be a large part.
const DEPLOYMENTS_FOR_A_RATE: u32 = 5;

/// The time that is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub since: Timestamp,
    pub until: Timestamp,
}

/// How an environment was delivered to.
#[derive(Debug, Clone, PartialEq)]
pub struct Dora {
    /// The time that the records cover: it begins with the first of them when there was none before the period.
    pub period: Period,
    pub succeeded: u32,
    pub failed: u32,
    /// Superseded, interrupted, timed out or paused: neither a success nor a failure, as far as is known.
    pub without_verdict: u32,
    /// Deployments that succeeded, a week.
    pub a_week: Option<f64>,
    /// From a commit to the record that brought it.
    pub lead_times: Spread,
    /// Commits that came, and whose time is not known.
    pub lead_times_unknown: u32,
    /// Failed deployments, as a part of all that have a verdict.
    pub failure_rate: Option<f64>,
    /// From a failed deployment until git and AWS agree again.
    pub restore_times: Spread,
    /// When the deployment failed after which nothing has succeeded yet.
    pub failing_since: Option<Timestamp>,
}

/// Whether no older record than this one is needed for a period: what git said then was reached.
#[must_use]
pub fn is_enough(record: &Record, since: Timestamp) -> bool {
    record.finished_at < since && reached(record)
}

/// Commits whose time is asked for: those that the builds of the records were made from.
#[must_use]
pub fn commits(records: &[Record]) -> BTreeSet<String> {
    let builds = records.iter().flat_map(|record| record.builds.artifacts.values());
    builds.filter_map(|build| build.commit.clone()).collect()
}

/// The figures of a period. The records are those of the period and those before it back to one that [`is_enough`], in any
/// order; `commit_times` knows as many commits as git does.
#[must_use]
pub fn dora(records: &[Record], commit_times: &BTreeMap<String, Timestamp>, period: Period) -> Dora {
    let mut records: Vec<&Record> = records.iter().collect();
    // A run by hand may begin before a reconcile and end after it: what counts is when there was an outcome.
    records.sort_by_key(|record| record.finished_at);
    let began = records.iter().map(|record| record.started_at).min().unwrap_or(period.until);
    let period = Period { since: period.since.max(began).min(period.until), until: period.until };
    let mut story = Story::new(period, commit_times);
    for record in records.iter().filter(|record| record.finished_at <= period.until) {
        story.goes_on(record);
    }
    story.end()
}

/// A reconcile of everything that ended with git and AWS in agreement.
fn reached(record: &Record) -> bool {
    record.operation == Operation::Reconcile && record.only.is_empty() && record.outcome.is_success()
}

/// Whether it began to change what runs or is served.
fn began_to_deploy(record: &Record) -> bool {
    let deploys = |kind: Kind| matches!(kind, Kind::Service | Kind::Task | Kind::Site);
    let is_planned = record.changes.iter().any(|change| deploys(change.kind));
    let is_begun = |outcome: Outcome| !matches!(outcome, Outcome::InSync | Outcome::NotStarted | Outcome::Held);
    is_planned && record.outcomes.iter().any(|it| deploys(it.kind) && is_begun(it.outcome))
}

/// What a deployment came to; `None` without a verdict.
fn verdict(outcome: Outcome) -> Option<bool> {
    match outcome {
        Outcome::InSync | Outcome::Succeeded => Some(true),
        // A person who stops a rollout or takes it back has seen that it is not good.
        Outcome::Stopped | Outcome::NotVerified | Outcome::RolledBack | Outcome::Failed => Some(false),
        Outcome::NotStarted
        | Outcome::Held
        | Outcome::Paused
        | Outcome::Interrupted
        | Outcome::TimedOut
        | Outcome::Superseded => None,
    }
}

/// The records one after the other.
struct Story<'a> {
    period: Period,
    commit_times: &'a BTreeMap<String, Timestamp>,
    /// What git said when it was last reached.
    good: Option<&'a Record>,
    /// What was brought last.
    brought: Option<&'a Builds>,
    /// A deployment was begun, and its end has not been seen.
    is_open: bool,
    failing_since: Option<Timestamp>,
    succeeded: u32,
    failed: u32,
    without_verdict: u32,
    lead_times: Vec<SignedDuration>,
    lead_times_unknown: u32,
    restore_times: Vec<SignedDuration>,
}

impl<'a> Story<'a> {
    fn new(period: Period, commit_times: &'a BTreeMap<String, Timestamp>) -> Self {
        Self {
            period,
            commit_times,
            good: None,
            brought: None,
            is_open: false,
            failing_since: None,
            succeeded: 0,
            failed: 0,
            without_verdict: 0,
            lead_times: Vec::new(),
            lead_times_unknown: 0,
            restore_times: Vec::new(),
        }
    }

    fn goes_on(&mut self, record: &'a Record) {
        if matches!(record.operation, Operation::Run | Operation::Approve) {
            return;
        }
        let counts = u32::from(record.finished_at >= self.period.since);
        let is_new = self.good.is_none_or(|good| !says_the_same(good, record));
        let is_begun = began_to_deploy(record);
        match verdict(record.outcome) {
            Some(true) => {
                // One that was interrupted has ended by itself, and this record is the first that saw it.
                if is_new && (is_begun || self.is_open) {
                    self.succeeded += counts;
                }
                self.is_open = false;
                if reached(record) || record.operation == Operation::Continue {
                    self.is_brought(record, counts == 1);
                }
            }
            Some(false) if is_new && is_begun => {
                self.failed += counts;
                self.is_open = false;
                self.failing_since.get_or_insert(record.finished_at);
            }
            None if is_new && is_begun => {
                self.without_verdict += counts;
                self.is_open = true;
            }
            Some(false) | None => {}
        }
        if reached(record) {
            self.good = Some(record);
            if let Some(failed_at) = self.failing_since.take().filter(|_| counts == 1) {
                self.restore_times.push(record.finished_at.duration_since(failed_at));
            }
        }
    }

    /// One lead time for each commit that is new.
    fn is_brought(&mut self, record: &'a Record, counts: bool) {
        let before = self.brought.replace(&record.builds);
        if !counts {
            return;
        }
        let mut seen = BTreeSet::new();
        for (artifact, build) in &record.builds.artifacts {
            let replaced = before.and_then(|before| before.artifacts.get(artifact));
            if replaced.is_some_and(|replaced| replaced.is_same_as(build)) {
                continue;
            }
            let Some(commit) = &build.commit else {
                self.lead_times_unknown += 1;
                continue;
            };
            if !seen.insert(commit) {
                continue;
            }
            let time = |commit: Option<&String>| commit.and_then(|commit| self.commit_times.get(commit)).copied();
            let replaced = time(replaced.and_then(|replaced| replaced.commit.as_ref()));
            match time(Some(commit)) {
                // Back to an older one: nothing new came.
                Some(committed) if replaced.is_some_and(|replaced| committed < replaced) => {}
                Some(committed) if committed <= record.finished_at => {
                    self.lead_times.push(record.finished_at.duration_since(committed));
                }
                _ => self.lead_times_unknown += 1,
            }
        }
    }

    fn end(self) -> Dora {
        let Self { period, succeeded, failed, without_verdict, lead_times_unknown, failing_since, .. } = self;
        let seconds = period.until.duration_since(period.since).as_secs();
        let days = f64::from(u32::try_from(seconds).unwrap_or(u32::MAX)) / 86_400.0;
        let all = succeeded + failed;
        Dora {
            period,
            succeeded,
            failed,
            without_verdict,
            a_week: (seconds >= DAYS_FOR_A_FREQUENCY * 86_400).then(|| f64::from(succeeded) * 7.0 / days),
            lead_times: Spread::of(self.lead_times),
            lead_times_unknown,
            failure_rate: (all >= DEPLOYMENTS_FOR_A_RATE).then(|| f64::from(failed) / f64::from(all)),
            restore_times: Spread::of(self.restore_times),
            failing_since,
        }
    }
}

/// The same declaration and the same builds: what differs is what somebody did to AWS.
fn says_the_same(one: &Record, other: &Record) -> bool {
    let (builds, others) = (&one.builds.artifacts, &other.builds.artifacts);
    one.declaration_sha256 == other.declaration_sha256
        && builds.len() == others.len()
        && builds.iter().all(|(artifact, build)| others.get(artifact).is_some_and(|other| build.is_same_as(other)))
}

#[cfg(test)]
mod tests;
