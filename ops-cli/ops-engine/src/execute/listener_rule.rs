//! The listener rule that ECS moves a service's traffic by. ops makes it; its weights are ECS's own from then on.

use std::collections::BTreeMap;

use ops_model::outcome::{ChangeOutcome, Outcome};
use ops_model::ownership::SERVICE_TAG;
use ops_model::plan::{Change, Kind, LISTENER_RULE_TO_COME, ListenerRuleAct};
use serde_json::{Map, Value};

use super::placeholder::{filled_in, waits_for};
use super::{Execution, verdict};
use crate::cloud::{CloudError, CreateListenerRule, ModifyListenerRule};

pub(super) async fn carry_out(
    execution: &Execution<'_>,
    change: &Change,
    act: &ListenerRuleAct,
) -> Result<ChangeOutcome, CloudError> {
    let targets = &execution.cloud.targets;
    match act {
        ListenerRuleAct::Create { listener_arn, priority, path, host, target_group_arns: [all, none] } => {
            let request = CreateListenerRule {
                listener_arn: listener_arn.clone(),
                priority: *priority,
                path: path.clone(),
                host: host.clone(),
                weights: BTreeMap::from([(all.clone(), 100), (none.clone(), 0)]),
                tags: tags(execution, &change.name),
            };
            let arn = create(execution, &request).await?;
            remember(execution, &change.name, arn);
        }
        ListenerRuleAct::Modify { arn, priority, conditions, weights } => {
            let request = ModifyListenerRule {
                arn: arn.clone(),
                priority: *priority,
                conditions: conditions.clone(),
                weights: weights.clone(),
            };
            targets.modify_listener_rule(&request).await?;
            remember(execution, &change.name, arn.clone());
        }
        ListenerRuleAct::Delete { arn } => targets.delete_listener_rule(arn).await?,
    }
    Ok(verdict(Kind::ListenerRule, &change.name, Outcome::Succeeded, None))
}

/// ELB has no idempotency token for this: a rule whose answer was lost is looked for.
async fn create(execution: &Execution<'_>, request: &CreateListenerRule) -> Result<String, CloudError> {
    let targets = &execution.cloud.targets;
    match targets.create_listener_rule(request).await {
        Err(error) if error.is_passing() => {
            let rules = targets.listener_rules(&request.listener_arn).await?;
            let ours =
                |weights: &BTreeMap<String, u32>| request.weights.keys().all(|group| weights.contains_key(group));
            let made = rules.into_iter().find(|rule| rule.priority == request.priority && ours(&rule.weights));
            made.map(|rule| rule.arn).ok_or(error)
        }
        created => created,
    }
}

fn tags(execution: &Execution<'_>, service: &str) -> BTreeMap<String, String> {
    let mut tags = execution.tags.clone();
    tags.insert(SERVICE_TAG.to_owned(), service.to_owned());
    tags
}

fn remember(execution: &Execution<'_>, service: &str, arn: String) {
    if let Ok(mut made) = execution.listener_rules.lock() {
        made.insert(service.to_owned(), arn);
    }
}

/// Settings with the ARN of the service's rule where the plan could not know it; `None` when no rule is there.
pub(super) fn in_settings(
    execution: &Execution<'_>,
    service: &str,
    settings: &Map<String, Value>,
) -> Option<Map<String, Value>> {
    if !waits_for(settings, LISTENER_RULE_TO_COME) {
        return Some(settings.clone());
    }
    let made = execution.listener_rules.lock().ok().and_then(|made| made.get(service).cloned());
    let live = || execution.observation.listener_rules.get(service).map(|rule| rule.arn.clone());
    made.or_else(live).map(|arn| filled_in(settings, LISTENER_RULE_TO_COME, &arn))
}
