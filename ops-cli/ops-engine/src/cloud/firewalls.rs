use std::collections::BTreeMap;

use async_trait::async_trait;
use ops_model::security_group::{Direction, Permission, SecurityGroupRule};

use super::CloudError;

/// EC2 security groups.
#[async_trait]
pub trait Firewalls: Send + Sync {
    /// Every rule of these groups, by group id. A group that does not exist is not in the answer.
    async fn rules(&self, group_ids: &[String]) -> Result<BTreeMap<String, Vec<SecurityGroupRule>>, CloudError>;

    /// Adds a rule and returns its id.
    ///
    /// # Errors
    ///
    /// Also one that says [`CloudError::is_already_there`] when the group has a rule with that permission.
    async fn authorize(&self, group_id: &str, rule: &AuthorizeRule) -> Result<String, CloudError>;

    /// Makes a rule another one in one go; its id and its tags stay. EC2 changes neither the direction nor the sort of the
    /// peer.
    ///
    /// # Errors
    ///
    /// As [`Self::authorize`].
    async fn modify(
        &self,
        group_id: &str,
        rule_id: &str,
        permission: &Permission,
        description: &str,
    ) -> Result<(), CloudError>;

    /// Removes a rule; one that is already gone is no error.
    async fn revoke(&self, group_id: &str, direction: Direction, rule_id: &str) -> Result<(), CloudError>;
}

/// A rule to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizeRule {
    pub permission: Permission,
    pub description: String,
    pub tags: BTreeMap<String, String>,
}
