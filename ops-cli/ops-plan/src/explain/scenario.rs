//! A scenario that failed.

use ops_model::plan::Kind;
use ops_model::scenario::ScenarioFailure;

use super::{Cause, CauseClass, Failure, back_out};

pub(super) fn cause(failure: Failure<'_>) -> Option<Cause> {
    let run = failure.evidence.scenario.as_ref().filter(|_| failure.kind == Kind::Scenario)?;
    let first = run.failures.first()?;
    let Failure { environment, name, .. } = failure;
    let ScenarioFailure { line, what, text, details, request, status, body, .. } = first;
    let asked = request.as_ref().map(|request| format!(" to {request}")).unwrap_or_default();
    let sentence = match status {
        Some(status) => format!("the answer{asked} was {status}, and not as {name} wants it"),
        None => format!("{name} got no answer{asked}"),
    };
    let mut cause = Cause::new(CauseClass::Scenario, sentence).seen(format!("{}:{line}: {what}: {text}", run.file));
    cause.seen.extend(details.iter().cloned());
    cause.seen.extend(body.as_ref().map(|body| format!("the answer began: {body}")));
    Some(
        cause
            .remedy(format!("run it alone: `ops verify {environment}`"))
            .remedy(format!("read what the services wrote: `ops logs {environment} --since 1h`"))
            .remedy(back_out(failure)),
    )
}
