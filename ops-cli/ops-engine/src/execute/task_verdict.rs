//! What became of a task that is to run to its end.

use ops_model::observation::{ObservedContainer, ObservedTask};
use ops_model::task_definition::TaskDefinition;

use super::evidence;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TaskVerdict {
    /// Not yet at its end.
    Running,
    Succeeded,
    /// And why.
    Failed(String),
}

/// A task has succeeded when it ended by itself and every essential container with exit code 0. Without the content of its
/// task definition every container is held to be essential.
pub(super) fn judge(task: &ObservedTask, content: Option<&TaskDefinition>) -> TaskVerdict {
    if task.last_status != "STOPPED" {
        return TaskVerdict::Running;
    }
    // A container that obeyed SIGTERM may well have exited with 0.
    let by_itself = task.stop_code.as_deref().is_none_or(|code| code == "EssentialContainerExited");
    let essential: Vec<_> = task.containers.iter().filter(|container| is_essential(container, content)).collect();
    let all_ended_well = essential.iter().all(|container| container.exit_code == Some(0));
    if by_itself && all_ended_well && !essential.is_empty() {
        return TaskVerdict::Succeeded;
    }
    let exits: Vec<_> = essential.iter().filter_map(|container| exit(container)).collect();
    let mut sentences = Vec::new();
    // Which exit code it was says more than that a container exited.
    if exits.is_empty() || !by_itself {
        sentences.push(evidence::cause(task).unwrap_or_else(|| "it ended without an exit code".to_owned()));
    }
    sentences.extend(exits);
    TaskVerdict::Failed(sentences.join("; "))
}

fn is_essential(container: &ObservedContainer, content: Option<&TaskDefinition>) -> bool {
    let definition = content.and_then(|content| content.containers().find(|it| it.name() == container.name));
    definition.is_none_or(|definition| definition.essential())
}

fn exit(container: &ObservedContainer) -> Option<String> {
    let code = container.exit_code.filter(|code| *code != 0)?;
    let reason = container.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    Some(format!("container {} exited with {code}{reason}", container.name))
}

/// What to do about a task that may have been started before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Start {
    /// The task with this ARN is the run that is wanted: it runs, or has ended well.
    Adopt(String),
    /// Run it. These attempts have failed, sorted.
    Anew { failed: Vec<String> },
}

/// Looks through the tasks that were started for the same purpose.
pub(super) fn start(earlier: &[ObservedTask], task_definition: &str, content: Option<&TaskDefinition>) -> Start {
    let ours: Vec<_> = earlier.iter().filter(|task| task.task_definition == task_definition).collect();
    let with = |wanted: &TaskVerdict| ours.iter().find(|task| judge(task, content) == *wanted);
    match with(&TaskVerdict::Succeeded).or_else(|| with(&TaskVerdict::Running)) {
        Some(task) => Start::Adopt(task.arn.clone()),
        None => {
            let mut failed: Vec<_> = ours.into_iter().map(|task| task.arn.clone()).collect();
            failed.sort();
            Start::Anew { failed }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn content() -> TaskDefinition {
        let json = json!({"containerDefinitions": [
            {"name": "migrate"}, {"name": "proxy", "essential": true}, {"name": "helper", "essential": false},
        ]});
        serde_json::from_value(json).expect("a task definition")
    }

    fn task(arn: &str, status: &str, stop_code: Option<&str>, exits: &[(&str, Option<i32>)]) -> ObservedTask {
        let container = |(name, exit_code): &(&str, Option<i32>)| ObservedContainer {
            name: (*name).to_owned(),
            image_digest: None,
            exit_code: *exit_code,
            reason: None,
        };
        ObservedTask {
            arn: arn.to_owned(),
            task_definition: "td:1".to_owned(),
            last_status: status.to_owned(),
            stop_code: stop_code.map(str::to_owned),
            stopped_reason: stop_code.map(|_| "Essential container in task exited".to_owned()),
            containers: exits.iter().map(container).collect(),
        }
    }

    const EXITED: Option<&str> = Some("EssentialContainerExited");

    #[test]
    fn every_essential_container_has_to_end_with_0() {
        let judged = |migrate, proxy, helper| {
            let exits = [("migrate", migrate), ("proxy", proxy), ("helper", helper)];
            judge(&task("t", "STOPPED", EXITED, &exits), Some(&content()))
        };
        assert_eq!(judged(Some(0), Some(0), Some(9)), TaskVerdict::Succeeded);
        assert_eq!(judged(Some(0), Some(3), None), TaskVerdict::Failed("container proxy exited with 3".to_owned()));
        assert_eq!(judged(Some(1), Some(0), None), TaskVerdict::Failed("container migrate exited with 1".to_owned()));
        assert!(matches!(judged(Some(0), None, None), TaskVerdict::Failed(_)), "the proxy never ran");
        assert!(matches!(judged(None, None, Some(0)), TaskVerdict::Failed(_)), "nothing essential ran");
    }

    #[test]
    fn a_task_that_somebody_stopped_has_not_succeeded_whatever_its_exit_code() {
        let stopped = task("t", "STOPPED", Some("UserInitiated"), &[("migrate", Some(0))]);
        assert!(matches!(judge(&stopped, None), TaskVerdict::Failed(_)));
        let empty = task("t", "STOPPED", Some("TaskFailedToStart"), &[]);
        assert!(matches!(judge(&empty, None), TaskVerdict::Failed(_)));
    }

    #[test]
    fn a_run_of_before_is_adopted_unless_it_failed_or_ran_something_else() {
        let failed = task("failed", "STOPPED", EXITED, &[("migrate", Some(1))]);
        let running = task("running", "RUNNING", None, &[("migrate", None)]);
        let succeeded = task("succeeded", "STOPPED", EXITED, &[("migrate", Some(0))]);
        let other = ObservedTask { task_definition: "td:0".to_owned(), ..succeeded.clone() };
        let decided = |tasks: &[&ObservedTask]| {
            let tasks: Vec<_> = tasks.iter().map(|task| (*task).clone()).collect();
            start(&tasks, "td:1", Some(&content()))
        };
        assert_eq!(decided(&[&failed, &running]), Start::Adopt("running".to_owned()));
        assert_eq!(decided(&[&running, &succeeded]), Start::Adopt("succeeded".to_owned()));
        assert_eq!(decided(&[&failed, &other]), Start::Anew { failed: vec!["failed".to_owned()] });
        assert_eq!(decided(&[]), Start::Anew { failed: Vec::new() });
    }
}
