//! Security groups of EC2, rule by rule.

mod rules;

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_ec2::types::{
    Filter, ResourceType, SecurityGroupRule as SdkRule, SecurityGroupRuleUpdate, TagSpecification,
};
use ops_engine::cloud::{AuthorizeRule, CloudError, Firewalls};
use ops_model::security_group::{Direction, Permission, SecurityGroupRule};

use crate::error::Errors;

/// Values that a filter takes: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html>
const GROUPS_PER_CALL: usize = 200;

pub(crate) struct Ec2Firewalls {
    pub(crate) sdk: aws_sdk_ec2::Client,
    pub(crate) errors: Errors,
}

#[async_trait]
impl Firewalls for Ec2Firewalls {
    async fn rules(&self, group_ids: &[String]) -> Result<BTreeMap<String, Vec<SecurityGroupRule>>, CloudError> {
        const OPERATION: &str = "DescribeSecurityGroupRules";
        let mut rules: BTreeMap<String, Vec<SecurityGroupRule>> = BTreeMap::new();
        for group_ids in group_ids.chunks(GROUPS_PER_CALL) {
            let asked = self.sdk.describe_security_group_rules().filters(by_id(group_ids));
            let mut found = asked.into_paginator().items().send();
            while let Some(rule) = found.next().await {
                let rule = rule.map_err(|error| self.errors.of(OPERATION, error))?;
                let (group_id, rule) =
                    rules::from_sdk(&rule).map_err(|message| self.errors.unexpected(OPERATION, message))?;
                rules.entry(group_id).or_default().push(rule);
            }
        }
        // A group without rules and one that does not exist look the same up to here.
        let silent: Vec<_> = group_ids.iter().filter(|id| !rules.contains_key(*id)).cloned().collect();
        for id in self.existing(&silent).await? {
            rules.insert(id, Vec::new());
        }
        Ok(rules)
    }

    async fn authorize(&self, group_id: &str, rule: &AuthorizeRule) -> Result<String, CloudError> {
        let AuthorizeRule { permission, description, tags } = rule;
        let permissions = rules::permission(permission, description);
        let tags = TagSpecification::builder()
            .resource_type(ResourceType::SecurityGroupRule)
            .set_tags(Some(rules::tags(tags)))
            .build();
        let (operation, made) = match permission.direction {
            Direction::Ingress => {
                let request = self.sdk.authorize_security_group_ingress().group_id(group_id);
                let request = request.ip_permissions(permissions).tag_specifications(tags).send();
                const OPERATION: &str = "AuthorizeSecurityGroupIngress";
                let answer = request.await.map_err(|error| self.errors.of(OPERATION, error))?;
                (OPERATION, answer.security_group_rules)
            }
            Direction::Egress => {
                let request = self.sdk.authorize_security_group_egress().group_id(group_id);
                let request = request.ip_permissions(permissions).tag_specifications(tags).send();
                const OPERATION: &str = "AuthorizeSecurityGroupEgress";
                let answer = request.await.map_err(|error| self.errors.of(OPERATION, error))?;
                (OPERATION, answer.security_group_rules)
            }
        };
        let id = |rule: SdkRule| rule.security_group_rule_id;
        let made = made.unwrap_or_default().into_iter().find_map(id);
        made.ok_or_else(|| self.errors.unexpected(operation, "the added rule has no id"))
    }

    async fn modify(
        &self,
        group_id: &str,
        rule_id: &str,
        permission: &Permission,
        description: &str,
    ) -> Result<(), CloudError> {
        let update = SecurityGroupRuleUpdate::builder()
            .security_group_rule_id(rule_id)
            .security_group_rule(rules::request(permission, description))
            .build();
        let request = self.sdk.modify_security_group_rules().group_id(group_id).security_group_rules(update);
        request.send().await.map_err(|error| self.errors.of("ModifySecurityGroupRules", error))?;
        Ok(())
    }

    async fn revoke(&self, group_id: &str, direction: Direction, rule_id: &str) -> Result<(), CloudError> {
        let revoked = match direction {
            Direction::Ingress => {
                let request = self.sdk.revoke_security_group_ingress().group_id(group_id);
                let answer = request.security_group_rule_ids(rule_id).send().await;
                answer.map(drop).map_err(|error| self.errors.of("RevokeSecurityGroupIngress", error))
            }
            Direction::Egress => {
                let request = self.sdk.revoke_security_group_egress().group_id(group_id);
                let answer = request.security_group_rule_ids(rule_id).send().await;
                answer.map(drop).map_err(|error| self.errors.of("RevokeSecurityGroupEgress", error))
            }
        };
        match revoked {
            Err(error) if error.is_not_found() => Ok(()),
            answered => answered,
        }
    }
}

impl Ec2Firewalls {
    /// Those of the groups that are there.
    async fn existing(&self, group_ids: &[String]) -> Result<Vec<String>, CloudError> {
        let mut existing = Vec::new();
        for group_ids in group_ids.chunks(GROUPS_PER_CALL) {
            // Named in a filter and not by their ids: of those one that is missing would be an error.
            let asked = self.sdk.describe_security_groups().filters(by_id(group_ids));
            let mut found = asked.into_paginator().items().send();
            while let Some(group) = found.next().await {
                let group = group.map_err(|error| self.errors.of("DescribeSecurityGroups", error))?;
                existing.extend(group.group_id.filter(|id| group_ids.contains(id)));
            }
        }
        Ok(existing)
    }
}

fn by_id(group_ids: &[String]) -> Filter {
    Filter::builder().name("group-id").set_values(Some(group_ids.to_vec())).build()
}

#[cfg(test)]
mod tests;
