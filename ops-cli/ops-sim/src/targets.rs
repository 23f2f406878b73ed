use async_trait::async_trait;
use ops_engine::cloud::{CloudError, CreateListenerRule, ModifyListenerRule, TargetGroup, Targets};
use ops_model::observation::{ListenerRule, TargetHealth};

use crate::account::SimulatedAccount;
use crate::answers::not_found;
use crate::operations::Operation;
use crate::state::State;
use crate::writes::Write;

#[async_trait]
impl Targets for SimulatedAccount {
    async fn target_health(&self, target_group_arn: &str) -> Result<Vec<TargetHealth>, CloudError> {
        let operation = Operation::DescribeTargetHealth;
        self.call(operation, |inside| {
            let state = &inside.state;
            state.check_target_groups(operation, [target_group_arn])?;
            let tasks = state.services.values().flat_map(|service| &service.tasks);
            Ok(tasks.filter_map(|task| task.target(state.now, target_group_arn)).collect())
        })
        .await
    }

    async fn target_group(&self, target_group_arn: &str) -> Result<Option<TargetGroup>, CloudError> {
        self.call(Operation::DescribeTargetGroups, |inside| {
            Ok(inside.state.target_groups.get(target_group_arn).cloned())
        })
        .await
    }

    async fn listener_rules(&self, listener_arn: &str) -> Result<Vec<ListenerRule>, CloudError> {
        let operation = Operation::DescribeRules;
        self.call(operation, |inside| inside.state.listeners.rules(operation, listener_arn)).await
    }

    async fn create_listener_rule(&self, request: &CreateListenerRule) -> Result<String, CloudError> {
        let operation = Operation::CreateRule;
        self.call(operation, |inside| {
            inside.write(
                |state| {
                    state.check_target_groups(operation, request.weights.keys().map(String::as_str))?;
                    let id = state.identifiers.listener_rule();
                    state.listeners.create_rule(request, &id)
                },
                |_| Write::CreateListenerRule(request.clone()),
            )
        })
        .await
    }

    async fn modify_listener_rule(&self, request: &ModifyListenerRule) -> Result<(), CloudError> {
        let operation = Operation::ModifyRule;
        self.call(operation, |inside| {
            inside.write(
                |state| {
                    let groups = request.weights.iter().flat_map(|weights| weights.keys());
                    state.check_target_groups(operation, groups.map(String::as_str))?;
                    state.listeners.modify_rule(request)
                },
                |()| Write::ModifyListenerRule(request.clone()),
            )
        })
        .await
    }

    async fn delete_listener_rule(&self, rule_arn: &str) -> Result<(), CloudError> {
        self.call(Operation::DeleteRule, |inside| {
            inside.write_if(
                |state| Ok(state.listeners.delete_rule(rule_arn)),
                || Write::DeleteListenerRule { arn: rule_arn.to_owned() },
            )
        })
        .await
    }
}

impl State {
    pub(crate) fn check_target_groups<'a>(
        &self,
        operation: Operation,
        arns: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), CloudError> {
        match arns.into_iter().find(|arn| !self.target_groups.contains_key(*arn)) {
            None => Ok(()),
            Some(_) => Err(not_found(operation, "One or more target groups not found")),
        }
    }
}
