//! What stopped tasks died of.

use ops_model::observation::ObservedTask;
use ops_model::plan::Kind;

use super::{Cause, CauseClass, Failure, exit, image, merge, resource, says};

/// Causes of all the stopped tasks, each told once.
pub(super) fn causes(failure: Failure<'_>) -> Vec<Cause> {
    let mut causes = Vec::new();
    for task in failure.evidence.tasks.iter().filter(|task| task.stopped_reason.is_some()) {
        merge(&mut causes, cause(failure, task).map(|cause| Cause { tasks: 1, ..cause }));
    }
    causes
}

fn cause(failure: Failure<'_>, task: &ObservedTask) -> Option<Cause> {
    let stopped = task.stopped_reason.as_deref().unwrap_or_default();
    let of_containers = task.containers.iter().filter_map(|one| Some((one.name.as_str(), one.reason.as_deref()?)));
    // A container's own words are more exact than those about the task.
    for (container, text) in of_containers.chain([(failure.name, stopped)]) {
        let read = image::cause(failure, text).or_else(|| resource::cause(failure, container, text));
        if read.is_some() {
            return read;
        }
    }
    // ECS said what it stopped it for; an exit code then only says that it obeyed.
    if task.was_stopped_by_ecs() {
        return None;
    }
    if let Some(cause) = of_stop_code(failure, task, stopped) {
        return Some(cause);
    }
    if says(stopped, &["what it depends on", "dependency"]) {
        let cause =
            Cause::new(CauseClass::Dependency, "a container never started, because one that it waits for failed");
        return Some(cause.seen(stopped).remedy(format!(
            "read what the other containers wrote: `ops logs {} {}`, and look at `depends_on`",
            failure.environment, failure.name
        )));
    }
    exit::cause(failure, task, stopped)
}

fn of_stop_code(failure: Failure<'_>, task: &ObservedTask, stopped: &str) -> Option<Cause> {
    match task.stop_code.as_deref()? {
        "SpotInterruption" | "TerminationNotice" => {
            let cause = Cause::new(CauseClass::Interrupted, "AWS took the machine back that the task ran on");
            Some(cause.seen(stopped).remedy(
                "nothing, if it is rare: ECS starts another task. Keep a part of them on Fargate itself: `capacity: \
                 {fargate: {base: 1}, fargate_spot: {weight: 1}}`",
            ))
        }
        "UserInitiated" => {
            let cause = Cause::new(CauseClass::StoppedByPerson, "somebody stopped the task");
            let again = match failure.kind {
                Kind::Task => format!("run it again: `ops reconcile {}`", failure.environment),
                _ => "nothing: ECS starts another task".to_owned(),
            };
            Some(cause.seen(stopped).remedy(again).remedy("CloudTrail knows who: event `StopTask`"))
        }
        _ => None,
    }
}
