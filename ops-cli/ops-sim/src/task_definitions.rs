use std::collections::BTreeMap;

use ops_model::observation::RegisteredTaskDefinition;
use ops_model::task_definition::TaskDefinition;

use crate::arns::Arns;

/// Every revision that was ever registered. A revision never changes; it can only be deregistered.
#[derive(Debug, Clone, Default)]
pub(crate) struct TaskDefinitions {
    /// Revisions by family; revision 1 comes first.
    families: BTreeMap<String, Vec<Revision>>,
}

#[derive(Debug, Clone)]
struct Revision {
    registered: RegisteredTaskDefinition,
    active: bool,
}

impl TaskDefinitions {
    /// Registers a new revision, also when the content is that of the one before.
    pub(crate) fn register(&mut self, arns: &Arns, content: &TaskDefinition) -> String {
        let revisions = self.families.entry(content.family.clone()).or_default();
        let arn = arns.task_definition(&content.family, revisions.len() + 1);
        let registered = RegisteredTaskDefinition { arn: arn.clone(), content: content.clone() };
        revisions.push(Revision { registered, active: true });
        arn
    }

    pub(crate) fn newest(&self, family: &str) -> Option<&RegisteredTaskDefinition> {
        self.families.get(family)?.iter().rev().find(|revision| revision.active).map(|revision| &revision.registered)
    }

    /// A revision, active or not.
    pub(crate) fn get(&self, arn: &str) -> Option<&RegisteredTaskDefinition> {
        self.find(arn).map(|revision| &revision.registered)
    }

    pub(crate) fn is_active(&self, arn: &str) -> bool {
        self.find(arn).is_some_and(|revision| revision.active)
    }

    /// Whether there was such a revision.
    pub(crate) fn deregister(&mut self, arn: &str) -> bool {
        let mut revisions = self.families.values_mut().flatten();
        match revisions.find(|revision| revision.registered.arn == arn) {
            Some(revision) => {
                revision.active = false;
                true
            }
            None => false,
        }
    }

    /// Every revision, by family and number.
    pub(crate) fn all(&self) -> impl Iterator<Item = &RegisteredTaskDefinition> {
        self.families.values().flatten().map(|revision| &revision.registered)
    }

    fn find(&self, arn: &str) -> Option<&Revision> {
        self.families.values().flatten().find(|revision| revision.registered.arn == arn)
    }
}
