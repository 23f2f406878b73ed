use std::collections::BTreeMap;

use async_trait::async_trait;
use ops_engine::cloud::{CloudError, Scaling};
use ops_model::observation::ScalingSettings;
use serde_json::{Map, Value};

use crate::account::SimulatedAccount;
use crate::answers::{not_found, refused};
use crate::described;
use crate::operations::Operation;
use crate::state::State;
use crate::writes::Write;

impl State {
    /// Changes what is sent and leaves the rest.
    fn put_scalable_target(
        &mut self,
        cluster: &str,
        service: &str,
        target: &Map<String, Value>,
    ) -> Result<(), CloudError> {
        let operation = Operation::RegisterScalableTarget;
        let key = (cluster.to_owned(), service.to_owned());
        if !self.services.contains_key(&key) {
            let message = format!("ECS service doesn't exist: service/{cluster}/{service}");
            return Err(refused(operation, "ValidationException", message));
        }
        let mut changed = self.scaling.get(&key).map(|scaling| scaling.target.clone()).unwrap_or_default();
        changed.extend(target.clone());
        let bound = |name: &str| changed.get(name).and_then(Value::as_u64);
        if bound("MinCapacity").zip(bound("MaxCapacity")).is_none_or(|(minimum, maximum)| minimum > maximum) {
            let message = "Both minimum and maximum capacity are required, and the maximum must not be the smaller one";
            return Err(refused(operation, "ValidationException", message));
        }
        self.scaling.entry(key).or_default().target = changed;
        Ok(())
    }

    pub(crate) fn scaling_of(
        &mut self,
        operation: Operation,
        cluster: &str,
        service: &str,
    ) -> Result<&mut ScalingSettings, CloudError> {
        let scaling = self.scaling.get_mut(&(cluster.to_owned(), service.to_owned()));
        scaling.ok_or_else(|| not_found(operation, "No scalable target found for the service."))
    }
}

fn observed(scaling: &ScalingSettings) -> ScalingSettings {
    let policies = scaling.policies.iter().map(|(name, policy)| (name.clone(), described::scaling_policy(policy)));
    ScalingSettings {
        target: described::scalable_target(&scaling.target),
        policies: policies.collect(),
        scheduled_actions: scaling.scheduled_actions.clone(),
    }
}

#[async_trait]
impl Scaling for SimulatedAccount {
    async fn scaling(&self, cluster: &str) -> Result<BTreeMap<String, ScalingSettings>, CloudError> {
        self.call(Operation::DescribeScalableTargets, |inside| {
            let of_cluster = inside.state.scaling.iter().filter(|((of, _), _)| of == cluster);
            Ok(of_cluster.map(|((_, service), scaling)| (service.clone(), observed(scaling))).collect())
        })
        .await
    }

    async fn put_target(&self, cluster: &str, service: &str, target: &Map<String, Value>) -> Result<(), CloudError> {
        self.call(Operation::RegisterScalableTarget, |inside| {
            inside.write(
                |state| state.put_scalable_target(cluster, service, target),
                |()| Write::PutScalableTarget { service: service.to_owned(), target: target.clone() },
            )
        })
        .await
    }

    async fn put_policy(
        &self,
        cluster: &str,
        service: &str,
        name: &str,
        policy: &Map<String, Value>,
    ) -> Result<String, CloudError> {
        let operation = Operation::PutScalingPolicy;
        self.call(operation, |inside| {
            inside.write(
                |state| {
                    state.scaling_of(operation, cluster, service)?.policies.insert(name.to_owned(), policy.clone());
                    let id = state.identifiers.scaling_policy();
                    Ok(state.arns.scaling_policy(cluster, service, name, &id))
                },
                |_| Write::PutScalingPolicy {
                    service: service.to_owned(),
                    name: name.to_owned(),
                    policy: policy.clone(),
                },
            )
        })
        .await
    }

    async fn put_scheduled_action(
        &self,
        cluster: &str,
        service: &str,
        name: &str,
        action: &Map<String, Value>,
    ) -> Result<(), CloudError> {
        let operation = Operation::PutScheduledAction;
        self.call(operation, |inside| {
            inside.write(
                |state| {
                    let scaling = state.scaling_of(operation, cluster, service)?;
                    scaling.scheduled_actions.insert(name.to_owned(), action.clone());
                    Ok(())
                },
                |()| Write::PutScheduledAction {
                    service: service.to_owned(),
                    name: name.to_owned(),
                    action: action.clone(),
                },
            )
        })
        .await
    }

    async fn delete_policy(&self, cluster: &str, service: &str, name: &str) -> Result<(), CloudError> {
        let operation = Operation::DeleteScalingPolicy;
        self.call(operation, |inside| {
            inside.write_if(
                |state| {
                    let scaling = state.scaling_of(operation, cluster, service);
                    Ok(scaling.is_ok_and(|scaling| scaling.policies.remove(name).is_some()))
                },
                || Write::DeleteScalingPolicy { service: service.to_owned(), name: name.to_owned() },
            )
        })
        .await
    }

    async fn delete_scheduled_action(&self, cluster: &str, service: &str, name: &str) -> Result<(), CloudError> {
        let operation = Operation::DeleteScheduledAction;
        self.call(operation, |inside| {
            inside.write_if(
                |state| {
                    let scaling = state.scaling_of(operation, cluster, service);
                    Ok(scaling.is_ok_and(|scaling| scaling.scheduled_actions.remove(name).is_some()))
                },
                || Write::DeleteScheduledAction { service: service.to_owned(), name: name.to_owned() },
            )
        })
        .await
    }

    async fn remove_target(&self, cluster: &str, service: &str) -> Result<(), CloudError> {
        self.call(Operation::DeregisterScalableTarget, |inside| {
            inside.write_if(
                |state| Ok(state.scaling.remove(&(cluster.to_owned(), service.to_owned())).is_some()),
                || Write::RemoveScalableTarget { service: service.to_owned() },
            )
        })
        .await
    }
}
