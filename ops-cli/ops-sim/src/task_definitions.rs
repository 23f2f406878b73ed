use std::collections::BTreeMap;

use ops_model::observation::RegisteredTaskDefinition;
use ops_model::task_definition::TaskDefinition;

use crate::arns::Arns;
use crate::container_fates::dependencies;
use crate::described;

/// Every revision that was ever registered. A revision never changes; it can only be deregistered.
#[derive(Debug, Clone, Default)]
pub(crate) struct TaskDefinitions {
    /// Revisions by family; revision 1 comes first.
    families: BTreeMap<String, Vec<Revision>>,
}

/// One revision.
#[derive(Debug, Clone)]
pub(crate) struct Revision {
    pub(crate) arn: String,
    /// As it was given.
    pub(crate) content: TaskDefinition,
    pub(crate) tags: BTreeMap<String, String>,
    active: bool,
}

impl TaskDefinitions {
    /// Registers a new revision, also when the content is that of the one before.
    pub(crate) fn register(
        &mut self,
        arns: &Arns,
        content: &TaskDefinition,
        tags: &BTreeMap<String, String>,
    ) -> Result<String, String> {
        check(content)?;
        let revisions = self.families.entry(content.family().to_owned()).or_default();
        let arn = arns.task_definition(content.family(), revisions.len() + 1);
        revisions.push(Revision { arn: arn.clone(), content: content.clone(), tags: tags.clone(), active: true });
        Ok(arn)
    }

    pub(crate) fn newest(&self, family: &str) -> Option<&Revision> {
        self.families.get(family)?.iter().rev().find(|revision| revision.active)
    }

    /// A revision, active or not.
    pub(crate) fn get(&self, arn: &str) -> Option<&Revision> {
        self.families.values().flatten().find(|revision| revision.arn == arn)
    }

    pub(crate) fn is_active(&self, arn: &str) -> bool {
        self.get(arn).is_some_and(|revision| revision.active)
    }

    /// Whether there was such a revision.
    pub(crate) fn deregister(&mut self, arn: &str) -> bool {
        self.get_mut(arn).map(|revision| revision.active = false).is_some()
    }

    pub(crate) fn get_mut(&mut self, arn: &str) -> Option<&mut Revision> {
        self.families.values_mut().flatten().find(|revision| revision.arn == arn)
    }

    /// Every revision, by family and number.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Revision> {
        self.families.values().flatten()
    }
}

impl Revision {
    /// As `DescribeTaskDefinition` shows it.
    pub(crate) fn observed(&self) -> RegisteredTaskDefinition {
        RegisteredTaskDefinition { tags: self.tags.clone(), ..self.untagged() }
    }

    /// The same without asking for tags.
    pub(crate) fn untagged(&self) -> RegisteredTaskDefinition {
        let content = TaskDefinition(described::task_definition(&self.content.0, &self.arn));
        RegisteredTaskDefinition { arn: self.arn.clone(), content, tags: BTreeMap::new() }
    }

    /// Whether its tasks have a network interface of their own.
    pub(crate) fn has_own_interface(&self) -> bool {
        self.content.0.get("networkMode").is_some_and(|mode| mode == "awsvpc")
    }
}

/// Why ECS does not take it.
fn check(content: &TaskDefinition) -> Result<(), String> {
    if content.family().is_empty() {
        return Err("Family should not be null or empty.".to_owned());
    }
    let names: Vec<_> = content.containers().map(|container| container.name()).collect();
    if names.is_empty() {
        return Err("Task definition must contain at least one container.".to_owned());
    }
    if content.containers().any(|container| container.name().is_empty() || container.image().is_empty()) {
        return Err("Container.name and Container.image should not be null or empty.".to_owned());
    }
    if names.iter().enumerate().any(|(index, name)| names[..index].contains(name)) {
        return Err("Container names must be unique.".to_owned());
    }
    if !content.containers().any(|container| container.essential()) {
        return Err("Invalid setting for container: at least one container must be essential.".to_owned());
    }
    // Containers whose dependencies are all in order come before them; in a circle none comes first.
    let mut ordered: Vec<&str> = Vec::new();
    while ordered.len() < names.len() {
        let ready = content
            .containers()
            .filter(|container| !ordered.contains(&container.name()))
            .find(|container| dependencies(*container).all(|(name, _)| ordered.contains(&name)));
        match ready {
            Some(container) => ordered.push(container.name()),
            None => return Err("Container dependencies are unknown or form a cycle.".to_owned()),
        }
    }
    Ok(())
}
