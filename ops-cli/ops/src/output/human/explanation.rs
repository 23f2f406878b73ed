//! Why something failed, for somebody who has just been woken up: one screen, most likely cause first.

use jiff::Timestamp;
use ops_engine::explain::{Findings, Now, Subject};
use ops_model::outcome::{ChangeOutcome, Evidence, LogLine};
use ops_model::record::Record;
use ops_plan::explain::{Cause, Failure, causes};
use owo_colors::OwoColorize as _;

use super::plan::{differences, gate_text, summary};
use super::scenario::scenario;
use super::words::{ago, counted, outcome, rollout, shorten_arns, shorten_digests, subject};

const SHOWN_CAUSES: usize = 3;
const SHOWN_SEEN: usize = 2;
const SHOWN_LINES: usize = 8;

/// Everything that does not go well, or all that is to be said of what was asked for.
pub(crate) fn explanation(environment: &str, findings: &Findings, now: Timestamp) -> String {
    let mut text = last_record(environment, findings, now);
    for subject in &findings.subjects {
        text.push_str(&one(environment, subject, now));
        text.push('\n');
    }
    if findings.subjects.is_empty() && text.is_empty() {
        let services = counted(findings.plan.services.len(), "service");
        text.push_str(&format!("Nothing to explain in {environment}: {services}, and nothing has failed.\n"));
    }
    if !findings.plan.in_sync() {
        text.push_str(&format!("{} `ops plan {environment}` shows it.\n", summary(&findings.plan)));
    }
    text
}

/// What kept the newest record from having a verdict on anything.
fn last_record(environment: &str, findings: &Findings, now: Timestamp) -> String {
    let Some(last) = &findings.last else { return String::new() };
    let mut text = String::new();
    for gate in &last.gates {
        text.push_str(&format!("{} {}\n", "held:".yellow().bold(), gate_text(gate, environment)));
    }
    if let Some(error) = &last.error {
        text.push_str(&format!("{} {error}\n", "error:".red().bold()));
    }
    if !text.is_empty() {
        text.push_str(&format!("      so it was {} ({})\n\n", ago(now.duration_since(last.finished_at)), from(last)));
    }
    text
}

fn one(environment: &str, of: &Subject, now: Timestamp) -> String {
    let mut text = subject(of.kind, &of.name).bold().to_string();
    match &of.verdict {
        Some((record, verdict)) => {
            let age = ago(now.duration_since(record.finished_at));
            text.push_str(&format!(": {} {age} ({})\n", outcome(verdict.outcome), from(record)));
            let explained = Failure::of(environment, verdict);
            if let (true, Some(reason)) = (causes(explained).is_empty(), &verdict.reason) {
                text.push_str(&format!("  {}  {}\n", label("why"), shorten_arns(reason)));
            }
            text.push_str(&failure(explained));
            text.push_str(&change(record, verdict));
        }
        None if of.trouble.is_some() => text.push_str(": not as it should be, now\n"),
        None => text.push_str(": nothing has failed\n"),
    }
    if let Some(evidence) = &of.trouble {
        if of.verdict.is_some() {
            text.push_str("  since then\n");
        }
        text.push_str(&failure(of.live_failure(environment, evidence)));
    }
    if let Some(now) = &of.now {
        text.push_str(&format!("  {}  {}\n", label("now"), standing(now)));
    }
    text
}

/// Causes with what says so and what to do, then the last lines of what failed.
pub(super) fn failure(failure: Failure<'_>) -> String {
    let mut text = String::new();
    let causes = causes(failure);
    for (index, cause) in causes.iter().take(SHOWN_CAUSES).enumerate() {
        // The account of a scenario's run says better what was seen.
        let seen = if failure.evidence.scenario.is_some() { 0 } else { SHOWN_SEEN };
        text.push_str(&self::cause(cause, if index == 0 { "likely" } else { "also" }, seen));
    }
    let Evidence { circuit_breaker, log, unread, scenario: run, .. } = failure.evidence;
    if let Some(breaker) = circuit_breaker.filter(|breaker| breaker.failures > 0) {
        let failures = counted(usize::try_from(breaker.failures).unwrap_or(usize::MAX), "task");
        text.push_str(&format!(
            "  {}  {failures} failed; the rollout is given up at {}\n",
            label("breaker"),
            breaker.threshold
        ));
    }
    let mut lines = told_once(log);
    let seen: Vec<_> = causes.iter().take(SHOWN_CAUSES).flat_map(|cause| &cause.seen).collect();
    lines.retain(|(container, text)| !seen.contains(&&format!("{container} wrote: {text}")));
    for (container, line) in lines.iter().skip(lines.len().saturating_sub(SHOWN_LINES)) {
        text.push_str(&format!("  {}  {container}: {line}\n", label("log")));
    }
    if let Some(run) = run {
        text.push_str(&scenario(run));
    }
    for unread in unread {
        text.push_str(&format!("  {}  {unread}\n", label("unread")));
    }
    text
}

/// Lines of a log, each where it was first written: tasks that die of the same write the same.
fn told_once(log: &[LogLine]) -> Vec<(&str, &str)> {
    let mut lines = Vec::new();
    for line in log {
        let line = (line.container.as_str(), line.text.trim_end());
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

fn cause(cause: &Cause, rank: &str, shown: usize) -> String {
    let tasks = match cause.tasks {
        0 => String::new(),
        tasks => format!(" ({})", counted(tasks, "stopped task")),
    };
    let what = shorten_digests(&cause.what);
    let mut text =
        format!("  {}  {}{tasks}\n", label(rank), if rank == "likely" { what.red().to_string() } else { what });
    for seen in cause.seen.iter().take(shown) {
        text.push_str(&format!("  {}  {}\n", label("seen"), shorten_digests(&shorten_arns(seen.trim()))));
    }
    for (index, remedy) in cause.remedies.iter().enumerate() {
        text.push_str(&format!("  {}  {remedy}\n", label(if index == 0 { "do" } else { "" })));
    }
    text
}

/// The change that it came with, and whose.
fn change(record: &Record, verdict: &ChangeOutcome) -> String {
    let is_it = |it: &&ops_model::record::RecordedChange| it.kind == verdict.kind && it.name == verdict.name;
    let Some(change) = record.changes.iter().find(is_it).filter(|change| !change.differences.is_empty()) else {
        return String::new();
    };
    format!("  {}  by {}\n{}", label("changed"), shorten_arns(&record.actor.arn), differences(&change.differences))
}

fn from(record: &Record) -> String {
    format!("commit {}, record {}", record.commit.get(..12).unwrap_or(&record.commit), record.id)
}

fn standing(now: &Now) -> String {
    let Now { desired, running, healthy, rollout: live, image } = now;
    let healthy = healthy.map(|healthy| format!(", {healthy} healthy behind the load balancer")).unwrap_or_default();
    let image = image.as_deref().map(|image| format!(", of {}", shorten_digests(image))).unwrap_or_default();
    let rollout =
        live.as_ref().map(|live| format!("; the newest rollout is {}", rollout(live.status))).unwrap_or_default();
    format!("{running} of {desired} tasks run{healthy}{image}{rollout}")
}

/// Labels of one width, so that what they label is one column.
fn label(text: &str) -> String {
    format!("{text:7}").dimmed().to_string()
}
