//! Containers that ended by themselves.

use ops_model::observation::{ObservedContainer, ObservedTask};
use ops_model::plan::Kind;

use super::resource::{out_of_memory, program};
use super::{Cause, CauseClass, Failure, back_out, last_line, says};

/// The kernel's SIGKILL: of a container that nobody stopped, for want of memory.
const KILLED: i32 = 137;
const NOT_EXECUTABLE: i32 = 126;
const NOT_FOUND: i32 = 127;
const SEGMENTATION_FAULT: i32 = 139;

pub(super) fn cause(failure: Failure<'_>, task: &ObservedTask, stopped: &str) -> Option<Cause> {
    let ended = |container: &&ObservedContainer| container.exit_code.is_some_and(|code| code != 0);
    // One that was told to end because another had failed exits with what SIGTERM makes of it.
    let told_to = |container: &&ObservedContainer| matches!(container.exit_code, Some(143 | KILLED));
    let failed: Vec<_> = task.containers.iter().filter(ended).collect();
    let first = failed.iter().copied().find(|container| !told_to(container)).or_else(|| failed.first().copied());
    match first {
        Some(container) => Some(failed_with(failure, container)),
        None if says(stopped, &["essential container"]) && failure.kind != Kind::Task => {
            let cause = Cause::new(CauseClass::Ended, "the program ended by itself, with exit code 0");
            Some(cause.seen(stopped).remedy(
                "the main program of a service runs on in the foreground; one that ends is a task: declare it under `tasks`",
            ))
        }
        None => None,
    }
}

fn failed_with(failure: Failure<'_>, container: &ObservedContainer) -> Cause {
    let name = container.name.as_str();
    let code = container.exit_code.unwrap_or_default();
    let line = last_line(failure.evidence, name);
    let wrote = |words: &[&str]| line.as_deref().is_some_and(|line| says(line, words));
    let cause = match code {
        NOT_EXECUTABLE | NOT_FOUND => program(failure, name, "executable file not found"),
        _ if wrote(&["exec format error"]) => program(failure, name, "exec format error"),
        KILLED => out_of_memory(name),
        SEGMENTATION_FAULT => crashed(failure, name, "crashed with a segmentation fault"),
        code => crashed(failure, name, &format!("exited with {code}")),
    };
    let mut cause = cause.seen(format!("container {name} exited with {code}"));
    cause.seen.extend(line);
    cause
}

fn crashed(failure: Failure<'_>, container: &str, how: &str) -> Cause {
    let Failure { environment, name, kind, .. } = failure;
    let cause = match kind {
        Kind::Task => Cause::new(CauseClass::Crashed, format!("the run of {name} failed: {container} {how}")),
        _ => Cause::new(CauseClass::Crashed, format!("{container} {how}")),
    };
    cause.remedy(format!("read what it wrote: `ops logs {environment} {name} --since 1h`")).remedy(back_out(failure))
}
