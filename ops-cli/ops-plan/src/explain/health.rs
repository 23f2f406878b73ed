//! Tasks that ran and did not pass their health checks.
//!
//! Source: <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html>

use super::{Cause, CauseClass, Failure, back_out, says};

pub(super) fn cause(failure: Failure<'_>) -> Option<Cause> {
    let evidence = failure.evidence;
    let stopped: Vec<_> = evidence.tasks.iter().filter_map(|task| task.stopped_reason.as_deref()).collect();
    let unhealthy = |text: &&str| says(text, &["health check", "is unhealthy"]);
    let tasks = stopped.iter().filter(|text| unhealthy(text)).count();
    let events = evidence.events.iter().map(|event| event.message.as_str()).filter(unhealthy);
    let targets = evidence.targets.iter().map(|target| {
        let reason = target.reason.as_deref().unwrap_or("no reason given");
        format!("target {}: {reason}", target.target)
    });
    // What the load balancer says is most exact, then ECS's events, then what the tasks were stopped for.
    let mut seen: Vec<String> = Vec::new();
    for text in targets
        .chain(events.map(str::to_owned))
        .chain(stopped.iter().filter(|it| unhealthy(it)).map(|it| (*it).to_owned()))
    {
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    if seen.is_empty() {
        return None;
    }
    let all = seen.join("\n");
    seen.truncate(3);
    Some(Cause { tasks, seen, ..of(failure, &all) })
}

fn of(failure: Failure<'_>, said: &str) -> Cause {
    let Failure { environment, name, .. } = failure;
    if says(said, &["these codes", "responsecodemismatch"]) {
        let codes = codes(said).map(|codes| format!(" {codes}")).unwrap_or_default();
        Cause::new(CauseClass::HealthCheck, format!("{name} answers its health check{codes}, not 200"))
            .remedy(format!("read what it wrote meanwhile: `ops logs {environment} {name} --since 1h`"))
            .remedy("or declare the path that answers 200 when the task can serve: `public.health.path`")
            .remedy(back_out(failure))
    } else if says(said, &["timed out", "target.timeout"]) {
        Cause::new(CauseClass::HealthCheck, format!("{name} does not answer its health check in time"))
            .remedy("is it listening on the declared `port`, on 0.0.0.0 and not on 127.0.0.1?")
            .remedy(format!("is it let in? `ops firewall {environment} --can load_balancer {name} PORT`"))
            .remedy("if it only starts slowly: raise `deployment.grace_seconds`, or give it more `cpu`")
    } else if says(said, &["container health check"]) {
        Cause::new(CauseClass::HealthCheck, format!("{name} fails the health check that runs inside its container"))
            .remedy("run its `health_check.command` in the image by hand: is the program in it, and how does it exit?")
            .remedy("if it only starts slowly: raise `health_check.start_seconds`")
            .remedy(back_out(failure))
    } else {
        Cause::new(CauseClass::HealthCheck, format!("{name} runs, and does not pass the load balancer's health check"))
            .remedy("is it listening on the declared `port`, on 0.0.0.0 and not on 127.0.0.1?")
            .remedy(format!("is it let in? `ops firewall {environment} --can load_balancer {name} PORT`"))
            .remedy(format!("read what it wrote: `ops logs {environment} {name} --since 1h`"))
            .remedy(back_out(failure))
    }
}

/// The numbers in `with these codes: [500, 503]`.
fn codes(said: &str) -> Option<&str> {
    let (_, rest) = said.split_once("codes: [")?;
    rest.split(']').next()
}
