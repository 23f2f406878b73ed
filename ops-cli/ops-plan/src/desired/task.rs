use std::collections::BTreeMap;

use ops_model::declaration::Task;
use ops_model::plan::RunSettings;
use ops_model::task_definition::TaskDefinition;
use serde_json::{Map, json};

use super::capacity::capacity;
use super::container::{Surroundings, put};
use super::secret::Secrets;
use super::service::{Given, network_configuration};
use super::task_definition::{Roles, Subject, render};
use super::{Waits, family, main_container};

/// A task as it should be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredTask {
    pub task_definition: TaskDefinition,
    pub main_container: String,
    pub settings: RunSettings,
    pub tags: BTreeMap<String, String>,
    pub timeout_seconds: u32,
}

/// Renders a declared task.
///
/// # Errors
///
/// What it still waits for.
pub fn desired_task(given: Given<'_>, name: &str, declared: &Task) -> Result<DesiredTask, Waits> {
    // Destructured without `..`, so that a new field has to be decided on here.
    let Task {
        workload,
        // The order of the plan, and the schedule's own change.
        before: _,
        schedule: _,
        timeout_seconds,
        overrides,
    } = declared;
    let surroundings = given.platform.tasks.get(name).ok_or(Waits::ForTerraform)?;
    let task_definition = render(&Subject {
        main_container: main_container(name, workload),
        family: family(given.platform, name, workload),
        workload,
        connect: None,
        builds: given.builds,
        roles: Roles { execution: &surroundings.execution_role_arn, task: &surroundings.task_role_arn },
        surroundings: Surroundings {
            secrets: Secrets { environment: given.environment, platform: given.platform, observed: given.secrets },
            log_group: &surroundings.log_group,
            region: &given.environment.region,
            workload: name,
        },
        overrides: &overrides.task_definition,
    })?;
    let mut settings: Map<_, _> = capacity(workload.capacity.as_ref());
    settings.insert(
        "networkConfiguration".to_owned(),
        network_configuration(
            &surroundings.subnet_ids,
            &surroundings.security_group_ids,
            surroundings.assign_public_ip,
        ),
    );
    settings.insert("enableECSManagedTags".to_owned(), json!(true));
    put(&mut settings, "platformVersion", &workload.platform_version);
    Ok(DesiredTask {
        task_definition,
        main_container: main_container(name, workload).to_owned(),
        settings: RunSettings(settings),
        tags: workload.tags.clone(),
        timeout_seconds: *timeout_seconds,
    })
}
