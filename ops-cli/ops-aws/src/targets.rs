//! Elastic Load Balancing, version 2.

mod health;
mod listener_rules;

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_elasticloadbalancingv2::error::ProvideErrorMetadata as _;
use aws_sdk_elasticloadbalancingv2::types::{
    ProtocolEnum, RulePriorityPair, Tag, TargetGroup as SdkTargetGroup, TargetTypeEnum,
};
use ops_engine::cloud::{CloudError, CreateListenerRule, ModifyListenerRule, TargetGroup, Targets};
use ops_model::observation::{ListenerRule, TargetHealth};

use self::health::target_health;
use crate::error::Errors;

/// Source: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTags.html>
const RESOURCES_PER_CALL: usize = 20;

pub(crate) struct LoadBalancerTargets {
    pub(crate) sdk: aws_sdk_elasticloadbalancingv2::Client,
    pub(crate) errors: Errors,
}

#[async_trait]
impl Targets for LoadBalancerTargets {
    async fn target_health(&self, target_group_arn: &str) -> Result<Vec<TargetHealth>, CloudError> {
        const OPERATION: &str = "DescribeTargetHealth";
        // The API has no pages here: one answer holds every target.
        let request = self.sdk.describe_target_health().target_group_arn(target_group_arn);
        let answer = request.send().await.map_err(|error| self.errors.of(OPERATION, error))?;
        let mut targets = answer
            .target_health_descriptions()
            .iter()
            .map(|description| target_health(description).map_err(|message| self.errors.unexpected(OPERATION, message)))
            .collect::<Result<Vec<_>, _>>()?;
        targets.sort_by(|one, other| one.target.cmp(&other.target));
        Ok(targets)
    }

    async fn target_group(&self, target_group_arn: &str) -> Result<Option<TargetGroup>, CloudError> {
        const OPERATION: &str = "DescribeTargetGroups";
        let request = self.sdk.describe_target_groups().target_group_arns(target_group_arn);
        match request.send().await.map_err(|error| self.errors.of(OPERATION, error)) {
            Ok(answer) => Ok(answer.target_groups().first().map(target_group)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn listener_rules(&self, listener_arn: &str) -> Result<Vec<ListenerRule>, CloudError> {
        const OPERATION: &str = "DescribeRules";
        let mut found = self.sdk.describe_rules().listener_arn(listener_arn).into_paginator().items().send();
        let mut rules = Vec::new();
        while let Some(rule) = found.next().await {
            let rule = rule.map_err(|error| self.errors.of(OPERATION, error))?;
            if rule.is_default() != Some(true) {
                let rule = listener_rules::from_sdk(&rule).map_err(|why| self.errors.unexpected(OPERATION, why))?;
                rules.push(rule);
            }
        }
        // Those that ops may have made.
        let mut moving: Vec<_> = rules.iter_mut().filter(|rule| rule.weights.len() > 1).collect();
        for rules in moving.chunks_mut(RESOURCES_PER_CALL) {
            let arns = rules.iter().map(|rule| rule.arn.clone()).collect();
            let mut tags = self.tags(arns).await?;
            for rule in rules {
                rule.tags = tags.remove(&rule.arn).unwrap_or_default();
            }
        }
        Ok(rules)
    }

    async fn create_listener_rule(&self, request: &CreateListenerRule) -> Result<String, CloudError> {
        const OPERATION: &str = "CreateRule";
        let CreateListenerRule { listener_arn, priority, path, host, weights, tags } = request;
        let answer = self
            .sdk
            .create_rule()
            .listener_arn(listener_arn)
            .priority(self.priority(OPERATION, *priority)?)
            .set_conditions(Some(listener_rules::conditions(path, host.as_deref())))
            .actions(listener_rules::forward(weights))
            .set_tags((!tags.is_empty()).then(|| listener_rules::tags(tags)))
            .send()
            .await
            .map_err(|error| self.errors.of(OPERATION, error))?;
        let created = answer.rules.unwrap_or_default().into_iter().find_map(|rule| rule.rule_arn);
        created.ok_or_else(|| self.errors.unexpected(OPERATION, "the created rule has no ARN"))
    }

    async fn modify_listener_rule(&self, request: &ModifyListenerRule) -> Result<(), CloudError> {
        let ModifyListenerRule { arn, priority, conditions, weights } = request;
        if conditions.is_some() || weights.is_some() {
            let conditions = conditions.as_ref().map(|(path, host)| listener_rules::conditions(path, host.as_deref()));
            let actions = weights.as_ref().map(|weights| vec![listener_rules::forward(weights)]);
            let request = self.sdk.modify_rule().rule_arn(arn).set_conditions(conditions).set_actions(actions);
            request.send().await.map_err(|error| self.errors.of("ModifyRule", error))?;
        }
        if let Some(priority) = priority {
            const OPERATION: &str = "SetRulePriorities";
            let pair = RulePriorityPair::builder().rule_arn(arn).priority(self.priority(OPERATION, *priority)?).build();
            let request = self.sdk.set_rule_priorities().rule_priorities(pair);
            request.send().await.map_err(|error| self.errors.of(OPERATION, error))?;
        }
        Ok(())
    }

    async fn delete_listener_rule(&self, rule_arn: &str) -> Result<(), CloudError> {
        match self.sdk.delete_rule().rule_arn(rule_arn).send().await {
            Ok(_) => Ok(()),
            Err(error) if matches!(error.code(), Some("RuleNotFound" | "RuleNotFoundException")) => Ok(()),
            Err(error) => Err(self.errors.of("DeleteRule", error)),
        }
    }
}

impl LoadBalancerTargets {
    /// By ARN.
    async fn tags(&self, arns: Vec<String>) -> Result<BTreeMap<String, BTreeMap<String, String>>, CloudError> {
        let request = self.sdk.describe_tags().set_resource_arns(Some(arns));
        let answer = request.send().await.map_err(|error| self.errors.of("DescribeTags", error))?;
        let tags = |tags: &[Tag]| {
            let pair = |tag: &Tag| Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned()));
            tags.iter().filter_map(pair).collect()
        };
        let described = answer.tag_descriptions().iter();
        Ok(described.filter_map(|of| Some((of.resource_arn()?.to_owned(), tags(of.tags())))).collect())
    }

    fn priority(&self, operation: &str, priority: u32) -> Result<i32, CloudError> {
        let too_high = || format!("the priority {priority} is higher than any");
        i32::try_from(priority).map_err(|_| self.errors.refused(operation, too_high()))
    }
}

fn target_group(group: &SdkTargetGroup) -> TargetGroup {
    let by_path = matches!(group.health_check_protocol(), Some(ProtocolEnum::Http | ProtocolEnum::Https));
    TargetGroup {
        port: group.port().and_then(|port| port.try_into().ok()).unwrap_or_default(),
        health_path: group.health_check_path().filter(|_| by_path).map(str::to_owned),
        by_address: group.target_type() == Some(&TargetTypeEnum::Ip),
        vpc_id: group.vpc_id().map(str::to_owned),
    }
}
