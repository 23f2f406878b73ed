use std::collections::{BTreeMap, BTreeSet};

use ops_engine::cloud::{CloudError, CreateListenerRule, ModifyListenerRule};
use ops_model::observation::ListenerRule;

use crate::answers::{not_found, refused};
use crate::arns::Arns;
use crate::operations::Operation;

/// Listeners of load balancers and their rules.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listeners {
    listeners: BTreeSet<String>,
    /// By ARN, with the listener that a rule belongs to.
    rules: BTreeMap<String, (String, ListenerRule)>,
}

impl Listeners {
    pub(crate) fn create(&mut self, listener_arn: &str) {
        self.listeners.insert(listener_arn.to_owned());
    }

    pub(crate) fn rule(&self, arn: &str) -> Option<&ListenerRule> {
        self.rules.get(arn).map(|(_, rule)| rule)
    }

    pub(crate) fn rule_mut(&mut self, arn: &str) -> Option<&mut ListenerRule> {
        self.rules.get_mut(arn).map(|(_, rule)| rule)
    }

    /// In order of priority, as rules are tried; tags are asked for only of those that could move traffic.
    pub(crate) fn rules(&self, operation: Operation, listener_arn: &str) -> Result<Vec<ListenerRule>, CloudError> {
        self.check_listener(operation, listener_arn)?;
        let of_listener = self.rules.values().filter(|(of, _)| of == listener_arn).map(|(_, rule)| rule.clone());
        let mut rules: Vec<_> = of_listener.collect();
        for rule in rules.iter_mut().filter(|rule| rule.weights.len() < 2) {
            rule.tags.clear();
        }
        rules.sort_by_key(|rule| rule.priority);
        Ok(rules)
    }

    pub(crate) fn create_rule(&mut self, request: &CreateListenerRule, id: &str) -> Result<String, CloudError> {
        let operation = Operation::CreateRule;
        let CreateListenerRule { listener_arn, priority, path, host, weights, tags } = request;
        self.check_listener(operation, listener_arn)?;
        self.check_priority(operation, listener_arn, *priority, None)?;
        check_weights(operation, weights)?;
        let arn = Arns::listener_rule(listener_arn, id);
        let rule = ListenerRule {
            arn: arn.clone(),
            priority: *priority,
            path: path.clone(),
            host: host.clone(),
            weights: weights.clone(),
            foreign: false,
            tags: tags.clone(),
        };
        self.rules.insert(arn.clone(), (listener_arn.clone(), rule));
        Ok(arn)
    }

    /// What differs from before is set, and with conditions or weights nothing else of their sort is left.
    pub(crate) fn modify_rule(&mut self, request: &ModifyListenerRule) -> Result<(), CloudError> {
        let operation = Operation::ModifyRule;
        let ModifyListenerRule { arn, priority, conditions, weights } = request;
        let missing = || not_found(operation, "One or more rules not found");
        let (listener, _) = self.rules.get(arn).ok_or_else(missing)?;
        if let Some(priority) = priority {
            self.check_priority(operation, listener, *priority, Some(arn))?;
        }
        if let Some(weights) = weights {
            check_weights(operation, weights)?;
        }
        let rule = self.rule_mut(arn).ok_or_else(missing)?;
        rule.priority = priority.unwrap_or(rule.priority);
        if let Some((path, host)) = conditions {
            (rule.path, rule.host) = (path.clone(), host.clone());
        }
        if let Some(weights) = weights {
            rule.weights = weights.clone();
        }
        if conditions.is_some() && weights.is_some() {
            rule.foreign = false;
        }
        Ok(())
    }

    /// Whether it was there.
    pub(crate) fn delete_rule(&mut self, arn: &str) -> bool {
        self.rules.remove(arn).is_some()
    }

    /// Whether there is such a rule.
    pub(crate) fn set_weights(&mut self, arn: &str, weights: BTreeMap<String, u32>) -> bool {
        self.rule_mut(arn).map(|rule| rule.weights = weights).is_some()
    }

    fn check_listener(&self, operation: Operation, listener_arn: &str) -> Result<(), CloudError> {
        let known = self.listeners.contains(listener_arn);
        if known { Ok(()) } else { Err(not_found(operation, "One or more listeners not found")) }
    }

    fn check_priority(
        &self,
        operation: Operation,
        listener_arn: &str,
        priority: u32,
        of: Option<&str>,
    ) -> Result<(), CloudError> {
        let mut others =
            self.rules.iter().filter(|(arn, (listener, _))| listener == listener_arn && of != Some(arn.as_str()));
        if others.any(|(_, (_, rule))| rule.priority == priority) {
            let message = format!("Priority '{priority}' is currently in use");
            return Err(refused(operation, "PriorityInUse", message));
        }
        Ok(())
    }
}

/// Source of the bounds: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ForwardActionConfig.html>
fn check_weights(operation: Operation, weights: &BTreeMap<String, u32>) -> Result<(), CloudError> {
    let fine = (1..=5).contains(&weights.len()) && weights.values().all(|weight| *weight <= 999);
    let message = "A forward action takes one to five target groups with weights from 0 to 999";
    if fine { Ok(()) } else { Err(refused(operation, "InvalidConfigurationRequest", message)) }
}
