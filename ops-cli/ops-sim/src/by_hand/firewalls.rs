//! Rules of security groups, changed in the console.

use std::collections::BTreeMap;

use ops_engine::cloud::{AuthorizeRule, CloudError};
use ops_model::security_group::{Direction, Permission, SecurityGroupRule};

use super::ByHand;

impl ByHand<'_> {
    /// Adds a rule and returns its id.
    pub fn open(&self, group_id: &str, permission: Permission, description: &str) -> Result<String, CloudError> {
        let rule = AuthorizeRule { permission, description: description.to_owned(), tags: BTreeMap::new() };
        self.account.change(|state| state.authorize_rule(group_id, &rule))
    }

    pub fn close(&self, group_id: &str, direction: Direction, rule_id: &str) -> Result<(), CloudError> {
        self.account.change(|state| state.revoke_rule(direction, group_id, rule_id))
    }

    /// Makes a rule another one, which keeps its id and its tags.
    pub fn change_rule(&self, group_id: &str, rule_id: &str, permission: &Permission) -> Result<(), CloudError> {
        self.account.change(|state| state.change_rule(group_id, rule_id, permission, "by hand"))
    }

    /// A group of somebody else.
    pub fn create_security_group(&self, group_id: &str) {
        self.account.change(|state| state.security_groups.create(group_id));
    }

    /// Rules of a group; none where there is no such group.
    #[must_use]
    pub fn rules(&self, group_id: &str) -> Vec<SecurityGroupRule> {
        self.account.change(|state| state.security_groups.rules(group_id).cloned().unwrap_or_default())
    }
}
