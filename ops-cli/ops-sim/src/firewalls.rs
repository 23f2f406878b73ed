//! Security groups of EC2: rules by id, none twice, refusals as AWS's.

mod terraform;

use std::collections::BTreeMap;

use async_trait::async_trait;
use ops_engine::cloud::{AuthorizeRule, CloudError, CloudErrorKind, Firewalls};
use ops_model::security_group::{Direction, Peer, Permission, SecurityGroupRule};

use crate::account::SimulatedAccount;
use crate::answers::{not_found, refused};
use crate::operations::Operation;
use crate::state::State;
use crate::writes::Write;

/// Rules by group id, in the order of their making.
#[derive(Debug, Clone, Default)]
pub(crate) struct SecurityGroups {
    groups: BTreeMap<String, Vec<SecurityGroupRule>>,
}

impl SecurityGroups {
    /// Makes a group without rules, if there is none.
    pub(crate) fn create(&mut self, group_id: &str) {
        self.groups.entry(group_id.to_owned()).or_default();
    }

    pub(crate) fn rules(&self, group_id: &str) -> Option<&Vec<SecurityGroupRule>> {
        self.groups.get(group_id)
    }

    fn group(&mut self, operation: Operation, group_id: &str) -> Result<&mut Vec<SecurityGroupRule>, CloudError> {
        let missing = || not_found(operation, format!("The security group '{group_id}' does not exist"));
        self.groups.get_mut(group_id).ok_or_else(missing)
    }

    fn authorize(&mut self, group_id: &str, id: &str, rule: &AuthorizeRule) -> Result<(), CloudError> {
        let operation = authorizing(rule.permission.direction);
        let AuthorizeRule { permission, description, tags } = rule;
        self.check(operation, group_id, None, permission)?;
        self.group(operation, group_id)?.push(SecurityGroupRule {
            id: id.to_owned(),
            permission: permission.clone(),
            description: Some(description.clone()),
            tags: tags.clone(),
        });
        Ok(())
    }

    fn modify(
        &mut self,
        group_id: &str,
        rule_id: &str,
        permission: &Permission,
        description: &str,
    ) -> Result<(), CloudError> {
        let operation = Operation::ModifySecurityGroupRules;
        self.check(operation, group_id, Some(rule_id), permission)?;
        let rule = self.group(operation, group_id)?.iter_mut().find(|rule| rule.id == rule_id);
        let rule = rule.ok_or_else(|| no_rule(operation, rule_id))?;
        if rule.permission.direction != permission.direction || !rule.permission.peer.is_like(&permission.peer) {
            let message = "You may not change the direction or the source type of a security group rule";
            return Err(refused(operation, "InvalidParameterValue", message));
        }
        (rule.permission, rule.description) = (permission.clone(), Some(description.to_owned()));
        Ok(())
    }

    /// Whether it was there.
    fn revoke(&mut self, direction: Direction, group_id: &str, rule_id: &str) -> Result<bool, CloudError> {
        let rules = self.group(revoking(direction), group_id)?;
        let before = rules.len();
        rules.retain(|rule| rule.id != rule_id || rule.permission.direction != direction);
        Ok(rules.len() < before)
    }

    /// What AWS refuses of any rule.
    fn check(
        &mut self,
        operation: Operation,
        group_id: &str,
        of: Option<&str>,
        permission: &Permission,
    ) -> Result<(), CloudError> {
        if let Peer::Group(id) = &permission.peer
            && !self.groups.contains_key(id)
        {
            return Err(not_found(operation, format!("The security group '{id}' does not exist")));
        }
        let mut others = self.group(operation, group_id)?.iter().filter(|rule| of != Some(rule.id.as_str()));
        if others.any(|rule| rule.permission == *permission) {
            let message = format!("the specified rule \"peer: {}\" already exists", permission.peer);
            return Err(CloudError::new(operation.to_string(), CloudErrorKind::AlreadyThere, message));
        }
        Ok(())
    }
}

fn no_rule(operation: Operation, rule_id: &str) -> CloudError {
    not_found(operation, format!("The security group rule '{rule_id}' does not exist"))
}

fn authorizing(direction: Direction) -> Operation {
    match direction {
        Direction::Ingress => Operation::AuthorizeSecurityGroupIngress,
        Direction::Egress => Operation::AuthorizeSecurityGroupEgress,
    }
}

fn revoking(direction: Direction) -> Operation {
    match direction {
        Direction::Ingress => Operation::RevokeSecurityGroupIngress,
        Direction::Egress => Operation::RevokeSecurityGroupEgress,
    }
}

impl State {
    pub(crate) fn authorize_rule(&mut self, group_id: &str, rule: &AuthorizeRule) -> Result<String, CloudError> {
        let id = self.identifiers.security_group_rule();
        self.security_groups.authorize(group_id, &id, rule).map(|()| id)
    }

    pub(crate) fn change_rule(
        &mut self,
        group_id: &str,
        rule_id: &str,
        permission: &Permission,
        description: &str,
    ) -> Result<(), CloudError> {
        self.security_groups.modify(group_id, rule_id, permission, description)
    }

    /// Fails where it is not there, as AWS does.
    pub(crate) fn revoke_rule(
        &mut self,
        direction: Direction,
        group_id: &str,
        rule_id: &str,
    ) -> Result<(), CloudError> {
        let there = self.security_groups.revoke(direction, group_id, rule_id)?;
        if there { Ok(()) } else { Err(no_rule(revoking(direction), rule_id)) }
    }
}

#[async_trait]
impl Firewalls for SimulatedAccount {
    async fn rules(&self, group_ids: &[String]) -> Result<BTreeMap<String, Vec<SecurityGroupRule>>, CloudError> {
        self.call(Operation::DescribeSecurityGroupRules, |inside| {
            let groups = &inside.state.security_groups;
            let there = group_ids.iter().filter_map(|id| Some((id.clone(), groups.rules(id)?.clone())));
            Ok(there.collect())
        })
        .await
    }

    async fn authorize(&self, group_id: &str, rule: &AuthorizeRule) -> Result<String, CloudError> {
        self.call(authorizing(rule.permission.direction), |inside| {
            inside.write(
                |state| state.authorize_rule(group_id, rule),
                |id| Write::AuthorizeRule { group_id: group_id.to_owned(), id: id.clone(), rule: rule.clone() },
            )
        })
        .await
    }

    async fn modify(
        &self,
        group_id: &str,
        rule_id: &str,
        permission: &Permission,
        description: &str,
    ) -> Result<(), CloudError> {
        self.call(Operation::ModifySecurityGroupRules, |inside| {
            inside.write(
                |state| state.change_rule(group_id, rule_id, permission, description),
                |()| Write::ModifyRule {
                    group_id: group_id.to_owned(),
                    id: rule_id.to_owned(),
                    permission: permission.clone(),
                },
            )
        })
        .await
    }

    async fn revoke(&self, group_id: &str, direction: Direction, rule_id: &str) -> Result<(), CloudError> {
        self.call(revoking(direction), |inside| {
            inside.write_if(
                |state| match state.security_groups.revoke(direction, group_id, rule_id) {
                    Err(error) if error.is_not_found() => Ok(false),
                    revoked => revoked,
                },
                || Write::RevokeRule { group_id: group_id.to_owned(), id: rule_id.to_owned(), direction },
            )
        })
        .await
    }
}
