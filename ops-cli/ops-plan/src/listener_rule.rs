//! The listener rule that ECS moves a service's traffic by. ops makes it; its weights are ECS's own.

use std::collections::BTreeMap;

use ops_model::observation::ListenerRule;
use ops_model::plan::{Act, Change, ChangeClass, Difference, ListenerRuleAct};
use ops_model::platform::TrafficShift;

use crate::change::of_calls;

/// `None`: it is as it should be.
pub(crate) fn compare(
    service: &str,
    shift: &TrafficShift,
    target_group_arn: &str,
    live: Option<&ListenerRule>,
) -> Option<Change> {
    // Destructured without `..`, so that a new field has to be decided on here.
    let TrafficShift { alternate_target_group_arn, role_arn: _, listener_arn, rule_priority, path, host } = shift;
    let pair = [target_group_arn.to_owned(), alternate_target_group_arn.clone()];
    let Some(live) = live else {
        let act = ListenerRuleAct::Create {
            listener_arn: listener_arn.clone(),
            priority: *rule_priority,
            path: path.clone(),
            host: host.clone(),
            target_group_arns: pair,
        };
        return Some(change(service, ChangeClass::Create, act, Vec::new()));
    };
    let ListenerRule { arn, priority, path: live_path, host: live_host, weights, foreign, tags: _ } = live;
    let mut differences = Vec::new();
    note(&mut differences, "public.priority", Some(priority), Some(rule_priority));
    note(&mut differences, "public.path", Some(live_path), Some(path));
    note(&mut differences, "load_balancer.host", live_host.as_ref(), host.as_ref());
    // ECS moves traffic between the pair as it likes; a group outside of it is somebody else's doing.
    let strangers =
        weights.keys().any(|group| !pair.contains(group)) || pair.iter().any(|group| !weights.contains_key(group));
    if strangers || *foreign {
        note(
            &mut differences,
            "public.traffic",
            Some(&weights_text(weights)),
            Some(&"the service's two target groups".to_owned()),
        );
    }
    if differences.is_empty() {
        return None;
    }
    let conditions = live_path != path || live_host != host || *foreign;
    let act = ListenerRuleAct::Modify {
        arn: arn.clone(),
        priority: (priority != rule_priority).then_some(*rule_priority),
        conditions: conditions.then(|| (path.clone(), host.clone())),
        weights: (strangers || *foreign).then(|| restored(&pair, weights)),
    };
    Some(change(service, ChangeClass::InPlace, act, differences))
}

/// A rule of a service that no longer needs one.
pub(crate) fn removal(service: &str, rule: &ListenerRule) -> Change {
    change(service, ChangeClass::Delete, ListenerRuleAct::Delete { arn: rule.arn.clone() }, Vec::new())
}

/// The pair alone again, with all traffic for the one of it that had more: that is where ECS last left the tasks.
fn restored(pair: &[String; 2], weights: &BTreeMap<String, u32>) -> BTreeMap<String, u32> {
    let [primary, alternate] = pair;
    let weight = |group: &String| weights.get(group).copied().unwrap_or(0);
    let serving = if weight(alternate) > weight(primary) { alternate } else { primary };
    pair.iter().map(|group| (group.clone(), if group == serving { 100 } else { 0 })).collect()
}

fn weights_text(weights: &BTreeMap<String, u32>) -> String {
    weights.iter().map(|(group, weight)| format!("{weight} to {group}")).collect::<Vec<_>>().join(", ")
}

fn note<T: ToString + PartialEq>(
    differences: &mut Vec<Difference>,
    path: &str,
    live: Option<&T>,
    declared: Option<&T>,
) {
    if live != declared {
        differences.push(Difference {
            path: path.to_owned(),
            live: live.map(ToString::to_string),
            declared: declared.map(ToString::to_string),
            class: ChangeClass::InPlace,
        });
    }
}

fn change(name: &str, class: ChangeClass, act: ListenerRuleAct, differences: Vec<Difference>) -> Change {
    of_calls(name, class, Act::ListenerRule(act), differences)
}
