//! Task definitions of one reconcile: each family is registered once, whoever asks for it.

use std::collections::BTreeMap;

use ops_model::observation::Observation;
use ops_model::plan::TaskDefinitionAct;
use ops_model::task_definition::TaskDefinition;
use tokio::sync::Mutex;

use super::Execution;
use crate::cloud::CloudError;
use crate::event::Event;

/// A revision that a change brings.
#[derive(Debug, Clone)]
pub(crate) struct Revision {
    pub(crate) arn: String,
    /// `None` when the plan did not look into it.
    pub(crate) content: Option<TaskDefinition>,
}

/// What has been registered so far, by family.
#[derive(Debug, Default)]
pub(crate) struct TaskDefinitions(Mutex<BTreeMap<String, (TaskDefinition, String)>>);

impl TaskDefinitions {
    /// The revision to use, registered if need be.
    pub(crate) async fn provide(
        &self,
        execution: &Execution<'_>,
        name: &str,
        act: &TaskDefinitionAct,
    ) -> Result<Revision, CloudError> {
        let content = match act {
            TaskDefinitionAct::Registered { arn } => {
                return Ok(Revision { arn: arn.clone(), content: known(execution.observation, arn).cloned() });
            }
            TaskDefinitionAct::Register { content } => content,
        };
        // Held across the call: a task and its schedule, in one wave, want the same revision.
        let mut registered = self.0.lock().await;
        if let Some((same, arn)) = registered.get(content.family())
            && same == content
        {
            return Ok(Revision { arn: arn.clone(), content: Some(content.clone()) });
        }
        let arn = execution.cloud.containers.register_task_definition(content, &execution.tags).await?;
        registered.insert(content.family().to_owned(), (content.clone(), arn.clone()));
        execution.events.send(Event::TaskDefinitionRegistered { name: name.to_owned(), arn: arn.clone() });
        Ok(Revision { arn, content: Some(content.clone()) })
    }

    /// What a revision that was registered or observed consists of.
    pub(crate) async fn content(&self, observation: &Observation, arn: &str) -> Option<TaskDefinition> {
        let registered = self.0.lock().await;
        let ours = registered.values().find(|(_, registered)| registered == arn).map(|(content, _)| content);
        ours.or_else(|| known(observation, arn)).cloned()
    }
}

/// What a revision that was observed consists of.
pub(crate) fn known<'a>(observation: &'a Observation, arn: &str) -> Option<&'a TaskDefinition> {
    let live = observation.services.values().map(|service| &service.task_definition);
    let mut known = observation.newest_task_definitions.values().chain(live);
    known.find(|known| known.arn == arn).map(|known| &known.content)
}
