//! Changes of services, their task definitions and their tags.

use std::collections::BTreeMap;

use ops_engine::cloud::{CloudError, CreateService, ServiceUpdate};
use ops_model::observation::ServiceSettings;
use ops_model::plan::SettingsUpdate;
use ops_model::task_definition::TaskDefinition;
use serde_json::{Map, Value, json};

use super::ByHand;
use crate::answers::not_found;
use crate::operations::Operation;
use crate::services::Service;
use crate::settings;

impl ByHand<'_> {
    pub fn set_desired_count(&self, service: &str, desired_count: u32) -> Result<(), CloudError> {
        let update = Map::from_iter([("desiredCount".to_owned(), json!(desired_count))]);
        self.update(service, None, SettingsUpdate(update))
    }

    /// Any `UpdateService`.
    pub fn update(
        &self,
        service: &str,
        task_definition: Option<String>,
        update: SettingsUpdate,
    ) -> Result<(), CloudError> {
        let request =
            ServiceUpdate { cluster: self.cluster.clone(), service: service.to_owned(), task_definition, update };
        self.account.change(|state| state.update_service(&request))
    }

    /// Edits what the service is set to, as it was given, not as AWS shows it. Begins a rollout where AWS does.
    pub fn change_settings(
        &self,
        service: &str,
        change: impl FnOnce(&mut Map<String, Value>),
    ) -> Result<(), CloudError> {
        let operation = Operation::UpdateService;
        self.on_service(operation, service, |state| {
            let mut changed = state.active_service(operation, &self.cluster, service)?.clone();
            let mut wanted = changed.settings();
            change(&mut wanted);
            settings::without_removed(&mut wanted);
            let task_definition = changed.revisions[changed.primary].content.task_definition.clone();
            state.apply(operation, &mut changed, task_definition, wanted, false)?;
            state.services.insert((self.cluster.clone(), service.to_owned()), changed);
            Ok(())
        })
    }

    /// Registers the task definition that the service runs, changed, and rolls it out. Returns its ARN.
    pub fn change_task_definition(
        &self,
        service: &str,
        change: impl FnOnce(&mut TaskDefinition),
    ) -> Result<String, CloudError> {
        let arn = self.account.change(|state| {
            let operation = Operation::RegisterTaskDefinition;
            let live = state.active_service(operation, &self.cluster, service)?;
            let arn = live.revisions[live.primary].content.task_definition.clone();
            let registered = state.task_definitions.get(&arn);
            let mut content = registered.ok_or_else(|| not_found(operation, arn.clone()))?.content.clone();
            change(&mut content);
            state.register_task_definition(&content, &BTreeMap::new())
        })?;
        self.update(service, Some(arn.clone()), SettingsUpdate::default())?;
        Ok(arn)
    }

    /// Sets a variable in every container and rolls that out. Returns the new task definition's ARN.
    pub fn set_environment_variable(&self, service: &str, name: &str, value: &str) -> Result<String, CloudError> {
        self.change_task_definition(service, |content| {
            let containers = content.0.get_mut("containerDefinitions").and_then(Value::as_array_mut);
            for container in containers.into_iter().flatten().filter_map(Value::as_object_mut) {
                let variables = container.entry("environment").or_insert_with(|| json!([]));
                if let Some(variables) = variables.as_array_mut() {
                    variables.retain(|variable| variable.get("name") != Some(&json!(name)));
                    variables.push(json!({"name": name, "value": value}));
                }
            }
        })
    }

    pub fn tag(&self, service: &str, key: &str, value: &str) -> Result<(), CloudError> {
        self.with_service(Operation::TagResource, service, |service| {
            service.tags.insert(key.to_owned(), value.to_owned());
        })
    }

    pub fn untag(&self, service: &str, key: &str) -> Result<(), CloudError> {
        self.with_service(Operation::TagResource, service, |service| {
            service.tags.remove(key);
        })
    }

    /// Changes the tags of a task definition.
    pub fn change_task_definition_tags(
        &self,
        arn: &str,
        change: impl FnOnce(&mut BTreeMap<String, String>),
    ) -> Result<(), CloudError> {
        self.account.change(|state| state.tags_of(arn).map(change))
    }

    pub fn delete_service(&self, service: &str) -> Result<(), CloudError> {
        self.account.change(|state| state.delete_service(&self.cluster, service))
    }

    /// Creates a service that is not ours, with its task definition.
    pub fn create_service(
        &self,
        service: &str,
        content: &TaskDefinition,
        settings: ServiceSettings,
        tags: BTreeMap<String, String>,
    ) -> Result<(), CloudError> {
        self.account.change(|state| {
            let task_definition = state.register_task_definition(content, &BTreeMap::new())?;
            state.create_service(&CreateService {
                cluster: self.cluster.clone(),
                service: service.to_owned(),
                task_definition,
                settings,
                tags,
                client_token: format!("by-hand-{service}").chars().take(36).collect(),
            })
        })
    }

    /// Marks a task definition as inactive: what runs it goes on, but nothing new may be made of it.
    pub fn deregister_task_definition(&self, arn: &str) -> Result<(), CloudError> {
        let known = self.account.change(|state| state.task_definitions.deregister(arn));
        let unknown = || not_found(Operation::DescribeTaskDefinition, "Unable to describe task definition.");
        if known { Ok(()) } else { Err(unknown()) }
    }

    fn with_service(
        &self,
        operation: Operation,
        service: &str,
        change: impl FnOnce(&mut Service),
    ) -> Result<(), CloudError> {
        self.on_service(operation, service, |state| {
            change(state.active_service(operation, &self.cluster, service)?);
            Ok(())
        })
    }
}
