//! Scenarios as a JUnit report, which most CI systems show: a test case for each.
//!
//! Source: <https://github.com/testmoapp/junitxml>

use std::fmt::Write as _;

use ops_model::outcome::{ChangeOutcome, Outcome};

/// The whole document.
pub(crate) fn report(environment: &str, outcomes: &[ChangeOutcome]) -> String {
    let count = |outcome: Outcome| outcomes.iter().filter(|it| it.outcome == outcome).count();
    let failures = count(Outcome::NotVerified);
    let skipped = outcomes.len() - count(Outcome::Succeeded) - failures;
    let milliseconds: u64 = outcomes.iter().map(milliseconds).sum();
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "<testsuites>\n  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\" time=\"{}\">",
        escaped(environment),
        outcomes.len(),
        seconds(milliseconds),
    );
    for outcome in outcomes {
        let run = outcome.evidence.scenario.as_ref();
        let file = run.map(|run| format!(" file=\"{}\"", escaped(&run.file))).unwrap_or_default();
        let _ = write!(
            text,
            "    <testcase classname=\"{}\" name=\"{}\"{file} time=\"{}\"",
            escaped(environment),
            escaped(&outcome.name),
            seconds(self::milliseconds(outcome)),
        );
        let why = escaped(outcome.reason.as_deref().unwrap_or_default());
        let _ = match outcome.outcome {
            Outcome::Succeeded => writeln!(text, "/>"),
            Outcome::NotVerified => {
                writeln!(text, ">\n      <failure message=\"{why}\">{}</failure>\n    </testcase>", details(outcome))
            }
            _ => writeln!(text, ">\n      <skipped message=\"{why}\"/>\n    </testcase>"),
        };
    }
    text.push_str("  </testsuite>\n</testsuites>\n");
    text
}

fn details(outcome: &ChangeOutcome) -> String {
    let Some(run) = &outcome.evidence.scenario else { return String::new() };
    let lines = run.failures.iter().flat_map(|failure| {
        let head = format!("{}:{}: {}", run.file, failure.line, failure.what);
        let answer = failure.status.map(|status| {
            format!("answer: {status} {}", failure.body.as_deref().unwrap_or_default()).trim_end().to_owned()
        });
        let request = failure.request.as_ref().map(|request| format!("request: {request}"));
        [Some(head), request, Some(failure.text.clone())]
            .into_iter()
            .flatten()
            .chain(failure.details.clone())
            .chain(answer)
    });
    escaped(&lines.collect::<Vec<_>>().join("\n"))
}

fn milliseconds(outcome: &ChangeOutcome) -> u64 {
    outcome.evidence.scenario.as_ref().map_or(0, |run| run.milliseconds)
}

fn seconds(milliseconds: u64) -> String {
    format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000)
}

/// Text that XML takes, in an attribute too. Other control characters have no place in it at all.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(character),
            _ if character.is_control() || matches!(character, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use ops_model::outcome::Evidence;
    use ops_model::plan::Kind;
    use ops_model::scenario::{ScenarioFailure, ScenarioRun};

    use super::*;

    fn outcome(name: &str, outcome: Outcome, reason: Option<&str>, scenario: Option<ScenarioRun>) -> ChangeOutcome {
        ChangeOutcome {
            kind: Kind::Scenario,
            name: name.to_owned(),
            outcome,
            rollout: None,
            task_definition: None,
            reason: reason.map(str::to_owned),
            evidence: Evidence { scenario, ..Evidence::default() },
        }
    }

    #[test]
    fn a_case_for_each_scenario_and_no_text_that_xml_would_take_for_its_own() {
        let run =
            ScenarioRun { file: "infra/scenarios/api.hurl".to_owned(), milliseconds: 1234, ..ScenarioRun::default() };
        let failure = ScenarioFailure {
            line: 4,
            column: 1,
            what: "Assert failure".to_owned(),
            text: "jsonpath \"$.version\" == \"<2>\"".to_owned(),
            details: vec!["actual:   string <1.0.0>".to_owned()],
            request: Some("GET http://a/version?a=1&b=2".to_owned()),
            status: Some(200),
            body: Some("]]>\u{1b}[31m".to_owned()),
        };
        let failed = ScenarioRun { failures: vec![failure], ..run.clone() };
        let outcomes = [
            outcome("api", Outcome::Succeeded, None, Some(run)),
            outcome("web", Outcome::NotVerified, Some("GET <x> & \"y\""), Some(failed)),
            outcome("late", Outcome::NotStarted, Some("interrupted"), None),
        ];
        insta::assert_snapshot!(report("dev", &outcomes));
    }
}
