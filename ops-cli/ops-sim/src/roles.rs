use std::collections::{BTreeMap, BTreeSet};

use ops_engine::cloud::Role;

/// IAM roles by ARN, and what they may not do.
#[derive(Debug, Clone, Default)]
pub(crate) struct Roles {
    roles: BTreeMap<String, Role>,
    /// Role and action.
    denied: BTreeSet<(String, String)>,
}

impl Roles {
    pub(crate) fn create(&mut self, arn: &str, trusted_services: &[&str]) {
        let trusted_services = trusted_services.iter().map(|service| (*service).to_owned()).collect();
        self.roles.insert(arn.to_owned(), Role { trusted_services });
    }

    /// Whether it was there.
    pub(crate) fn delete(&mut self, arn: &str) -> bool {
        self.roles.remove(arn).is_some()
    }

    pub(crate) fn deny(&mut self, arn: &str, action: &str) {
        self.denied.insert((arn.to_owned(), action.to_owned()));
    }

    pub(crate) fn get(&self, arn: &str) -> Option<&Role> {
        self.roles.get(arn)
    }

    pub(crate) fn contains(&self, arn: &str) -> bool {
        self.roles.contains_key(arn)
    }

    /// Whether a role may do something, on whatever resource.
    pub(crate) fn allows(&self, arn: &str, action: &str) -> bool {
        !self.denied.contains(&(arn.to_owned(), action.to_owned()))
    }
}
