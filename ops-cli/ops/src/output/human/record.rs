use ops_model::observation::ObservedTask;
use ops_model::outcome::{ChangeOutcome, Evidence};
use ops_model::record::{Operation, Record};
use ops_plan::explain::Failure;
use owo_colors::OwoColorize as _;

use super::environment_gate::{approval, overrides};
use super::explanation::failure;
use super::plan::{differences, gate_text, sign};
use super::scenario::after_rollback;
use super::words::{class, counted, outcome, shorten_arns, shorten_digests, subject};

/// What became of it, and what is left to do.
pub(crate) fn record(record: &Record) -> String {
    verdicts(record) + &after_rollback(record).unwrap_or_default()
}

/// The verdict: a line for each service, why where it did not succeed, and one for the environment.
fn verdicts(record: &Record) -> String {
    let mut text = overrides(&record.overrides);
    for gate in &record.gates {
        text.push_str(&format!("{} {}\n", "held:".yellow().bold(), gate_text(gate, &record.environment)));
    }
    let width = record.outcomes.iter().map(|it| subject(it.kind, &it.name).chars().count()).max().unwrap_or(0);
    for outcome in &record.outcomes {
        text.push_str(&verdict(&record.environment, outcome, width));
    }
    if let Some(error) = &record.error {
        text.push_str(&format!("{} {error}\n", "error:".red().bold()));
    }
    text.push_str(&format!(
        "{}: {} after {} s (commit {}, record {})\n",
        record.environment.bold(),
        if record.operation == Operation::Approve { "approved".to_owned() } else { outcome(record.outcome) },
        record.finished_at.duration_since(record.started_at).as_secs(),
        record.commit.get(..12).unwrap_or(&record.commit),
        record.id,
    ));
    text
}

/// A record with everything in it, for looking back.
pub(crate) fn whole_record(whole: &Record) -> String {
    let mut text = format!(
        "record   {}\ncommit   {}\nactor    {} on {}\nstarted  {}\nfinished {}\n{}\n",
        whole.id,
        whole.commit,
        whole.actor.arn,
        whole.actor.host,
        whole.started_at,
        whole.finished_at,
        approval(whole)
    );
    for (artifact, build) in &whole.builds.artifacts {
        text.push_str(&format!("  {artifact} {} {}\n", build.version, shorten_digests(&build.pinned())));
    }
    let width = whole.changes.iter().map(|it| subject(it.kind, &it.name).chars().count()).max().unwrap_or(0);
    for change in &whole.changes {
        text.push_str(&format!(
            "  {} {:width$}  {}\n",
            sign(change.class),
            subject(change.kind, &change.name),
            class(change.class)
        ));
        text.push_str(&differences(&change.differences));
    }
    let calls: u32 = whole.calls.values().sum();
    text.push_str(&format!("  {} to AWS\n\n", counted(usize::try_from(calls).unwrap_or(usize::MAX), "call")));
    text.push_str(&verdicts(whole));
    for of in &whole.outcomes {
        let evidence = evidence(&of.evidence);
        if !evidence.is_empty() {
            text.push_str(&format!("\nseen of {}\n{evidence}", subject(of.kind, &of.name)));
        }
    }
    text
}

/// What became of a change, and why it did not succeed.
pub(super) fn verdict(environment: &str, of: &ChangeOutcome, width: usize) -> String {
    let mut text = format!("{:width$}  {}", subject(of.kind, &of.name), outcome(of.outcome));
    if let Some(task_definition) = &of.task_definition {
        let short = task_definition.rsplit('/').next().unwrap_or(task_definition);
        text.push_str(&format!("  {}", short.dimmed()));
    }
    text.push('\n');
    if let Some(reason) = &of.reason {
        text.push_str(&format!("  why: {}\n", shorten_arns(reason)));
    }
    text + &failure(Failure::of(environment, of))
}

/// All that was seen, beyond what explains it.
fn evidence(evidence: &Evidence) -> String {
    let mut text = String::new();
    for task in &evidence.tasks {
        text.push_str(&task_line(task));
    }
    for target in &evidence.targets {
        let reason = target.reason.as_deref().unwrap_or("no reason given");
        let state = format!("{:?}", target.state).to_lowercase();
        text.push_str(&format!("  target {}: {state}: {reason}\n", target.target));
    }
    for event in &evidence.events {
        text.push_str(&format!("  event {}\n", shorten_arns(&event.message)));
    }
    for line in &evidence.log {
        text.push_str(&format!("  log {}: {}\n", line.container, line.text));
    }
    text
}

fn task_line(task: &ObservedTask) -> String {
    let id = task.arn.rsplit('/').next().unwrap_or(&task.arn);
    let mut text = format!("  task {id}: {}", task.last_status.to_lowercase());
    if let Some(why) = &task.stopped_reason {
        text.push_str(&format!(": {}", shorten_arns(why)));
    }
    for container in &task.containers {
        if let Some(code) = container.exit_code.filter(|_| !task.was_stopped_by_ecs()) {
            text.push_str(&format!("; {} exited with {code}", container.name));
        }
        if let Some(reason) = &container.reason {
            text.push_str(&format!("; {}: {reason}", container.name));
        }
    }
    text.push('\n');
    text
}
