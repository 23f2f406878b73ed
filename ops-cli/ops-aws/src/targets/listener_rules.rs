//! Rules that forward by path, host and weight, in the load balancer's words and ours.

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, ForwardActionConfig, HostHeaderConditionConfig, PathPatternConditionConfig, Rule,
    RuleCondition, Tag, TargetGroupTuple,
};
use ops_model::observation::ListenerRule;

const PATH: &str = "path-pattern";
const HOST: &str = "host-header";

/// A rule that is not the default one, without its tags. What ops would not make of it is told by `foreign`.
pub(super) fn from_sdk(rule: &Rule) -> Result<ListenerRule, String> {
    let arn = rule.rule_arn().ok_or("a rule has no ARN")?.to_owned();
    let priority = rule.priority().and_then(|priority| priority.parse().ok());
    let priority = priority.ok_or_else(|| format!("{arn} has no priority"))?;
    let path = only_value(rule.conditions(), PATH);
    let host = only_value(rule.conditions(), HOST);
    let all_read = path.is_some() && rule.conditions().len() == 1 + usize::from(host.is_some());
    Ok(ListenerRule {
        arn,
        priority,
        foreign: !all_read || !rule.transforms().is_empty() || !forwards_only(rule.actions()),
        path: path.unwrap_or_default(),
        host,
        weights: weights(rule.actions()),
        tags: BTreeMap::new(),
    })
}

/// Of the only condition on that field, if it has one value and nothing else.
fn only_value(conditions: &[RuleCondition], field: &str) -> Option<String> {
    let mut of_field = conditions.iter().filter(|condition| condition.field() == Some(field));
    let (condition, None) = (of_field.next()?, of_field.next()) else { return None };
    let path = condition.path_pattern_config();
    let host = condition.host_header_config();
    let regular_expressions = condition.regex_values().len()
        + path.map_or(0, |path| path.regex_values().len())
        + host.map_or(0, |host| host.regex_values().len());
    let values = match (path, host) {
        (Some(path), _) => path.values(),
        (None, Some(host)) => host.values(),
        (None, None) => condition.values(),
    };
    match values {
        [value] if regular_expressions == 0 => Some(value.clone()),
        _ => None,
    }
}

/// By target group, of the actions that forward.
fn weights(actions: &[Action]) -> BTreeMap<String, u32> {
    let forwards = actions.iter().filter(|action| action.r#type() == Some(&ActionTypeEnum::Forward));
    forwards
        .flat_map(|action| match action.forward_config() {
            Some(forward) => forward
                .target_groups()
                .iter()
                // A single group may come without weight: it gets everything.
                .filter_map(|group| Some((group.target_group_arn()?.to_owned(), group.weight().unwrap_or(1))))
                .collect::<Vec<_>>(),
            None => action.target_group_arn().map(|arn| (arn.to_owned(), 1)).into_iter().collect(),
        })
        .map(|(arn, weight)| (arn, weight.try_into().unwrap_or_default()))
        .collect()
}

/// Whether it does no more than forward, and to whichever group comes next.
fn forwards_only(actions: &[Action]) -> bool {
    let [action] = actions else { return false };
    let sticky = action.forward_config().and_then(|forward| forward.target_group_stickiness_config()?.enabled());
    action.r#type() == Some(&ActionTypeEnum::Forward) && sticky != Some(true)
}

pub(super) fn conditions(path: &str, host: Option<&str>) -> Vec<RuleCondition> {
    let path = PathPatternConditionConfig::builder().values(path).build();
    let path = RuleCondition::builder().field(PATH).path_pattern_config(path).build();
    let host = host.map(|host| {
        let host = HostHeaderConditionConfig::builder().values(host).build();
        RuleCondition::builder().field(HOST).host_header_config(host).build()
    });
    [path].into_iter().chain(host).collect()
}

pub(super) fn forward(weights: &BTreeMap<String, u32>) -> Action {
    let groups = weights.iter().map(|(arn, weight)| {
        // AWS refuses more than 999.
        let weight = i32::try_from(*weight).unwrap_or(i32::MAX);
        TargetGroupTuple::builder().target_group_arn(arn).weight(weight).build()
    });
    let forward = ForwardActionConfig::builder().set_target_groups(Some(groups.collect())).build();
    Action::builder().r#type(ActionTypeEnum::Forward).forward_config(forward).build()
}

pub(super) fn tags(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

#[cfg(test)]
mod tests;
