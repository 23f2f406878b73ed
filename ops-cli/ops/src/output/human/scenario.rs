use ops_model::outcome::{ChangeOutcome, Outcome};
use ops_model::plan::Kind;
use ops_model::record::Record;
use ops_model::scenario::{ScenarioFailure, ScenarioRequest, ScenarioRun};
use owo_colors::OwoColorize as _;

use super::record::verdict;
use super::words::{counted, outcome, subject};

/// How each scenario went, and one line for the environment.
pub(crate) fn verification(environment: &str, outcomes: &[ChangeOutcome], overall: Outcome) -> String {
    let width = outcomes.iter().map(|it| subject(it.kind, &it.name).chars().count()).max().unwrap_or(0);
    let mut text: String = outcomes.iter().map(|outcome| verdict(environment, outcome, width)).collect();
    text.push_str(&format!("{}: {}\n", environment.bold(), outcome(overall)));
    text
}

/// What is left to do after scenarios have taken back what git still says.
pub(super) fn after_rollback(record: &Record) -> Option<String> {
    let failed = |it: &ChangeOutcome| it.kind == Kind::Scenario && it.outcome == Outcome::NotVerified;
    let by_scenario = record.outcome == Outcome::RolledBack && record.outcomes.iter().any(failed);
    by_scenario.then(|| {
        format!(
            "git still says what was rolled back: take it back there with `ops rollback {}`, or correct it. Until then a gate holds it.\n",
            record.environment
        )
    })
}

/// How a scenario went: a line for each request, and what was wrong in the end.
pub(super) fn scenario(run: &ScenarioRun) -> String {
    let ScenarioRun { file, url: base, attempts, milliseconds, requests, failures } = run;
    let attempts = if *attempts == 1 { String::new() } else { format!(", attempt {attempts}") };
    let count = counted(requests.len(), "request");
    let mut text = format!("  {count} to {base} in {milliseconds} ms{attempts}\n");
    for ScenarioRequest { method, url, status, milliseconds } in requests {
        // Most begin with the one above.
        let path = url.strip_prefix(base.as_str()).filter(|path| path.starts_with('/')).unwrap_or(url);
        text.push_str(&format!("  {method} {path} {status} in {milliseconds} ms\n"));
    }
    for failure in failures {
        text.push_str(&self::failure(file, failure));
    }
    text
}

fn failure(file: &str, failure: &ScenarioFailure) -> String {
    let ScenarioFailure { line, column: _, what, text, details, request, status, body } = failure;
    let mut shown = format!("  {} {file}:{line}: {}\n", "✗".red(), what.to_lowercase());
    if let Some(request) = request {
        shown.push_str(&format!("      request   {request}\n"));
    }
    shown.push_str(&format!("      line {line:<4} {text}\n"));
    for detail in details {
        shown.push_str(&format!("                {detail}\n"));
    }
    let body = body.as_deref().map(|body| format!(": {body}")).unwrap_or_default();
    if let Some(status) = status {
        shown.push_str(&format!("      answer    {status}{body}\n"));
    }
    shown
}
