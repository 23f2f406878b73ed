//! Application Auto Scaling of ECS services. Its SDK does not write its structures as JSON, so documents go over the wire
//! as they are.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_applicationautoscaling::types::{ScalableDimension, ServiceNamespace};
use ops_engine::cloud::{CloudError, Scaling};
use ops_model::observation::ScalingSettings;
use serde_json::{Map, Value};

use crate::aws_document::{self, Document};
use crate::error::Errors;
use crate::json_body::{self, AnswerBody};

const RESOURCE: &str = "ResourceId";
const POLICY: &str = "PolicyName";
const ACTION: &str = "ScheduledActionName";

/// Members that nobody sets, or that say of what a thing is the scaling.
const OF_TARGET_NO_SETTINGS: &[&str] = &[
    "ServiceNamespace",
    RESOURCE,
    "ScalableDimension",
    // The service-linked role, always.
    "RoleARN",
    "CreationTime",
    "ScalableTargetARN",
    "PredictedCapacity",
];
const OF_POLICY_NO_SETTINGS: &[&str] =
    &["PolicyARN", POLICY, "ServiceNamespace", RESOURCE, "ScalableDimension", "Alarms", "CreationTime"];
const OF_ACTION_NO_SETTINGS: &[&str] =
    &[ACTION, "ScheduledActionARN", "ServiceNamespace", RESOURCE, "ScalableDimension", "CreationTime"];

pub(crate) struct ApplicationAutoScaling {
    pub(crate) sdk: aws_sdk_applicationautoscaling::Client,
    pub(crate) errors: Errors,
}

/// Every item of a list of the namespace, as AWS writes it.
macro_rules! all {
    ($self:ident, $call:ident, $operation:literal, $list:literal) => {{
        let mut items = Vec::new();
        let mut page = None;
        loop {
            let body = AnswerBody::default();
            // AWS takes no dimension without a resource; ECS has only one.
            let request = $self.sdk.$call().service_namespace(ServiceNamespace::Ecs).set_next_token(page);
            let answer = request.customize().interceptor(body.clone()).send().await;
            let answer = answer.map_err(|error| $self.errors.of($operation, error))?;
            items.extend(body.items($list).map_err(|why| $self.errors.unexpected($operation, why))?);
            page = answer.next_token.filter(|token| !token.is_empty());
            if page.is_none() {
                break Ok::<_, CloudError>(items);
            }
        }
    }};
}

/// Done when what was to be deleted is already gone.
macro_rules! delete {
    ($self:ident, $request:expr, $operation:literal) => {
        match $request.send().await.map_err(|error| $self.errors.of($operation, error)) {
            Ok(_) => Ok(()),
            Err(error) if error.is_not_found() => Ok(()),
            Err(error) => Err(error),
        }
    };
}

#[async_trait]
impl Scaling for ApplicationAutoScaling {
    async fn scaling(&self, cluster: &str) -> Result<BTreeMap<String, ScalingSettings>, CloudError> {
        let (targets, policies, actions) = futures::try_join!(
            async { all!(self, describe_scalable_targets, "DescribeScalableTargets", "ScalableTargets") },
            async { all!(self, describe_scaling_policies, "DescribeScalingPolicies", "ScalingPolicies") },
            async { all!(self, describe_scheduled_actions, "DescribeScheduledActions", "ScheduledActions") }
        )?;
        let mut scaling: BTreeMap<_, ScalingSettings> = BTreeMap::new();
        for (service, target) in of_cluster(cluster, targets) {
            let target = aws_document::without(target, OF_TARGET_NO_SETTINGS);
            scaling.entry(service).or_default().target = target;
        }
        for (service, policy) in of_cluster(cluster, policies) {
            let name = text(&policy, POLICY);
            let policy = aws_document::without(policy, OF_POLICY_NO_SETTINGS);
            scaling.entry(service).or_default().policies.insert(name, policy);
        }
        for (service, action) in of_cluster(cluster, actions) {
            let name = text(&action, ACTION);
            let action = aws_document::without(action, OF_ACTION_NO_SETTINGS);
            scaling.entry(service).or_default().scheduled_actions.insert(name, action);
        }
        Ok(scaling)
    }

    async fn put_target(&self, cluster: &str, service: &str, target: &Map<String, Value>) -> Result<(), CloudError> {
        let document = identified(target, cluster, service, None);
        let request = self.sdk.register_scalable_target().customize().mutate_request(json_body::sending(document));
        request.send().await.map_err(|error| self.errors.of("RegisterScalableTarget", error))?;
        Ok(())
    }

    async fn put_policy(
        &self,
        cluster: &str,
        service: &str,
        name: &str,
        policy: &Map<String, Value>,
    ) -> Result<String, CloudError> {
        const OPERATION: &str = "PutScalingPolicy";
        let document = identified(policy, cluster, service, Some((POLICY, name)));
        let request = self.sdk.put_scaling_policy().customize().mutate_request(json_body::sending(document));
        let answer = request.send().await.map_err(|error| self.errors.of(OPERATION, error))?;
        match answer.policy_arn {
            arn if arn.is_empty() => Err(self.errors.unexpected(OPERATION, "the policy has no ARN")),
            arn => Ok(arn),
        }
    }

    async fn put_scheduled_action(
        &self,
        cluster: &str,
        service: &str,
        name: &str,
        action: &Map<String, Value>,
    ) -> Result<(), CloudError> {
        let document = identified(action, cluster, service, Some((ACTION, name)));
        let request = self.sdk.put_scheduled_action().customize().mutate_request(json_body::sending(document));
        request.send().await.map_err(|error| self.errors.of("PutScheduledAction", error))?;
        Ok(())
    }

    async fn delete_policy(&self, cluster: &str, service: &str, name: &str) -> Result<(), CloudError> {
        let request = self.sdk.delete_scaling_policy().policy_name(name);
        let request = request.service_namespace(ServiceNamespace::Ecs).resource_id(resource_id(cluster, service));
        delete!(self, request.scalable_dimension(ScalableDimension::EcsServiceDesiredCount), "DeleteScalingPolicy")
    }

    async fn delete_scheduled_action(&self, cluster: &str, service: &str, name: &str) -> Result<(), CloudError> {
        let request = self.sdk.delete_scheduled_action().scheduled_action_name(name);
        let request = request.service_namespace(ServiceNamespace::Ecs).resource_id(resource_id(cluster, service));
        delete!(self, request.scalable_dimension(ScalableDimension::EcsServiceDesiredCount), "DeleteScheduledAction")
    }

    async fn remove_target(&self, cluster: &str, service: &str) -> Result<(), CloudError> {
        let request = self.sdk.deregister_scalable_target().resource_id(resource_id(cluster, service));
        let request = request.service_namespace(ServiceNamespace::Ecs);
        delete!(self, request.scalable_dimension(ScalableDimension::EcsServiceDesiredCount), "DeregisterScalableTarget")
    }
}

fn resource_id(cluster: &str, service: &str) -> String {
    format!("service/{cluster}/{service}")
}

/// Settings with what they are the settings of.
fn identified(settings: &Document, cluster: &str, service: &str, name: Option<(&str, &str)>) -> Document {
    let mut document = settings.clone();
    document.insert("ServiceNamespace".to_owned(), ServiceNamespace::Ecs.as_str().into());
    document.insert(RESOURCE.to_owned(), resource_id(cluster, service).into());
    document.insert("ScalableDimension".to_owned(), ScalableDimension::EcsServiceDesiredCount.as_str().into());
    document.extend(name.map(|(member, name)| (member.to_owned(), name.into())));
    document
}

/// Those of services of this cluster, with the service's name.
fn of_cluster(cluster: &str, items: Vec<Document>) -> impl Iterator<Item = (String, Document)> {
    let prefix = resource_id(cluster, "");
    items.into_iter().filter_map(move |item| {
        let service = item.get(RESOURCE)?.as_str()?.strip_prefix(&prefix)?.to_owned();
        Some((service, item))
    })
}

fn text(document: &Document, member: &str) -> String {
    document.get(member).and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests;
