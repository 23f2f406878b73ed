//! One task that runs before services: whether its newest version has succeeded yet.

use std::collections::BTreeMap;

use ops_model::observation::Observation;
use ops_model::ownership::SUCCEEDED_TAG;
use ops_model::plan::{Act, Change, ChangeClass, RunSettings, TaskAct, TaskDefinitionAct};

use crate::change::change;
use crate::desired::DesiredTask;
use crate::task_definition;

/// How a task is run, whoever asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRun {
    pub task_definition: TaskDefinitionAct,
    pub settings: RunSettings,
    pub tags: BTreeMap<String, String>,
    pub timeout_seconds: u32,
}

impl TaskRun {
    pub(crate) fn of(desired: DesiredTask, observation: &Observation) -> Self {
        let DesiredTask { task_definition: wanted, main_container: _, settings, tags, timeout_seconds } = desired;
        let task_definition = task_definition::provide(&wanted, observation);
        Self { task_definition, settings, tags, timeout_seconds }
    }
}

/// `None`: there is nothing to run. A revision is run once: what it came to stands in its tags.
pub(crate) fn compare(name: &str, desired: &DesiredTask, observation: &Observation) -> Option<Change> {
    let provided = task_definition::provide(&desired.task_definition, observation);
    let newest = observation.newest_task_definitions.get(desired.task_definition.family());
    let succeeded = newest.is_some_and(|newest| newest.tags.contains_key(SUCCEEDED_TAG));
    if succeeded && matches!(provided, TaskDefinitionAct::Registered { .. }) {
        return None;
    }
    let differences = newest
        .map(|newest| task_definition::differences(&newest.content, &desired.task_definition, &desired.main_container))
        .unwrap_or_default();
    let act =
        TaskAct::Run { task_definition: provided, settings: desired.settings.clone(), tags: desired.tags.clone() };
    Some(Change { differences, ..change(name, ChangeClass::Run, Act::Task(act), desired.timeout_seconds) })
}
