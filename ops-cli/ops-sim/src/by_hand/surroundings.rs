//! Changes of what is around services: scaling, schedules, listener rules, secrets, alarms, roles.

use ops_engine::cloud::{AlarmState, CloudError};
use ops_model::observation::{ListenerRule, ObservedSchedule, ScalingSettings};

use super::{ByHand, found};
use crate::answers::not_found;
use crate::operations::Operation;

impl ByHand<'_> {
    /// Edits the scaling of a service, as it was given; makes it if there is none.
    pub fn change_scaling(&self, service: &str, change: impl FnOnce(&mut ScalingSettings)) -> Result<(), CloudError> {
        self.on_service(Operation::RegisterScalableTarget, service, |state| {
            change(state.scaling.entry((self.cluster.clone(), service.to_owned())).or_default());
            Ok(())
        })
    }

    pub fn remove_scaling(&self, service: &str) -> Result<(), CloudError> {
        let operation = Operation::DeregisterScalableTarget;
        let key = (self.cluster.clone(), service.to_owned());
        let removed = self.account.change(|state| state.scaling.remove(&key));
        removed.map(drop).ok_or_else(|| not_found(operation, "No scalable target found for the service."))
    }

    /// Edits a schedule, as it was given.
    pub fn change_schedule(
        &self,
        group: &str,
        name: &str,
        change: impl FnOnce(&mut ObservedSchedule),
    ) -> Result<(), CloudError> {
        self.account.change(|state| state.schedules.get_mut(Operation::UpdateSchedule, group, name).map(change))
    }

    pub fn delete_schedule(&self, group: &str, name: &str) -> Result<(), CloudError> {
        let deleted = self.account.change(|state| state.schedules.delete(group, name));
        found(deleted, Operation::DeleteSchedule, "Schedule does not exist.")
    }

    /// Edits a listener rule: weights, conditions, or a target group that is none of ours.
    pub fn change_listener_rule(
        &self,
        rule_arn: &str,
        change: impl FnOnce(&mut ListenerRule),
    ) -> Result<(), CloudError> {
        let changed = self.account.change(|state| state.listeners.rule_mut(rule_arn).map(change));
        found(changed.is_some(), Operation::ModifyRule, "One or more rules not found")
    }

    pub fn delete_listener_rule(&self, rule_arn: &str) -> Result<(), CloudError> {
        let deleted = self.account.change(|state| state.listeners.delete_rule(rule_arn));
        found(deleted, Operation::DeleteRule, "One or more rules not found")
    }

    /// Puts a new value into a secret that has to be there.
    pub fn rotate_secret(&self, place: &str) -> Result<(), CloudError> {
        let rotated = self.account.change(|state| {
            let arn = state.arns.secret(place);
            let there = state.secrets.contains(&arn);
            if there {
                state.secrets.put(&arn);
            }
            there
        });
        found(rotated, Operation::DescribeSecret, "The secret was not found.")
    }

    pub fn delete_secret(&self, place: &str) -> Result<(), CloudError> {
        let deleted = self.account.change(|state| state.secrets.delete(&state.arns.secret(place)));
        found(deleted, Operation::DescribeSecret, "The secret was not found.")
    }

    /// From now on nobody but the tasks may look at a secret.
    pub fn hide_secret(&self, place: &str, why: &str) -> Result<(), CloudError> {
        let hidden = self.account.change(|state| state.secrets.hide(&state.arns.secret(place), why));
        found(hidden, Operation::DescribeSecret, "The secret was not found.")
    }

    /// Sets an alarm off, or calms it; makes it if need be.
    pub fn set_alarm(&self, name: &str, alarm: AlarmState) {
        self.account.change(|state| {
            state.alarms.set(name, alarm);
            state.settle_all();
        });
    }

    pub fn delete_role(&self, arn: &str) -> Result<(), CloudError> {
        let deleted = self.account.change(|state| state.roles.delete(arn));
        found(deleted, Operation::GetRole, "The role cannot be found.")
    }

    /// From now on IAM denies an action to a role, on whatever resource.
    pub fn deny(&self, role_arn: &str, action: &str) {
        self.account.change(|state| state.roles.deny(role_arn, action));
    }

    pub fn set_quota(&self, service: &str, code: &str, value: f64) {
        self.account.change(|state| state.quotas.insert((service.to_owned(), code.to_owned()), value));
    }
}
