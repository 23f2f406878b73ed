//! Task definitions compared, and where the revision of a rollout comes from.

use ops_model::observation::Observation;
use ops_model::plan::{ChangeClass, Difference, TaskDefinitionAct};
use ops_model::task_definition::TaskDefinition;

use crate::comparison::{TASK_DEFINITION, canonical_task_definition, differences as found, task_definition_path};

/// Every field in which the live task definition is not the wanted one. Empty: they are the same to us.
pub(crate) fn differences(live: &TaskDefinition, wanted: &TaskDefinition, main_container: &str) -> Vec<Difference> {
    let (live, wanted) = (canonical_task_definition(live), canonical_task_definition(wanted));
    let differences = found(&live, &wanted, &TASK_DEFINITION).into_iter().map(|found| Difference {
        path: task_definition_path(&found, main_container),
        live: found.live,
        declared: found.declared,
        class: ChangeClass::NewDeployment,
    });
    differences.collect()
}

/// ECS has no idempotency token for registering, so the newest revision is used when it is the wanted one.
pub(crate) fn provide(wanted: &TaskDefinition, observation: &Observation) -> TaskDefinitionAct {
    match observation.newest_task_definitions.get(wanted.family()) {
        Some(newest) if canonical_task_definition(&newest.content) == canonical_task_definition(wanted) => {
            TaskDefinitionAct::Registered { arn: newest.arn.clone() }
        }
        _ => TaskDefinitionAct::Register { content: wanted.clone() },
    }
}
