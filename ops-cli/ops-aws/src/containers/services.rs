use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::types::{DeploymentRolloutState, DeploymentStrategy, Service, ServiceEvent as SdkEvent, ServiceField};
use futures::stream::{self, Stream, StreamExt as _, TryStreamExt as _};
use ops_engine::cloud::CloudError;
use ops_model::observation::{ObservedService, RegisteredTaskDefinition, ServiceEvent};

use super::{CONCURRENT_READS, EcsContainers, service_settings, tags};
use crate::aws_document::Document;
use crate::time::timestamp;

const DESCRIBE: &str = "DescribeServices";

/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html>
const SERVICES_PER_CALL: usize = 10;

impl EcsContainers {
    /// Services of a page are described while the next page is listed.
    pub(super) async fn observe_all_services(&self, cluster: &str) -> Result<Vec<ObservedService>, CloudError> {
        let pages = self.sdk.list_services().cluster(cluster).max_results(100).into_paginator().send();
        let batches = stream::try_unfold(pages, |mut pages| async move {
            let page = pages.try_next().await.map_err(|error| self.errors.of("ListServices", error))?;
            Ok(page.map(|page| (batches(&names_in(page.service_arns())), pages)))
        });
        let batches = batches.map_ok(|batches| stream::iter(batches).map(Ok)).try_flatten().boxed();
        self.observed_services(self.active_services(cluster, batches).await?).await
    }

    pub(super) async fn observe_services(
        &self,
        cluster: &str,
        names: &[String],
    ) -> Result<Vec<ObservedService>, CloudError> {
        let names: Vec<_> = names.iter().collect::<BTreeSet<_>>().into_iter().cloned().collect();
        let batches = stream::iter(batches(&names)).map(Ok);
        self.observed_services(self.active_services(cluster, batches).await?).await
    }

    async fn observed_services(&self, services: Vec<Service>) -> Result<Vec<ObservedService>, CloudError> {
        let task_definition_arns: BTreeSet<_> = services.iter().filter_map(task_definition_arn).collect();
        let revision_arns: BTreeSet<_> = services.iter().filter_map(current_revision_arn).collect();
        let (task_definitions, revisions) = futures::try_join!(
            self.registered_task_definitions(task_definition_arns),
            self.service_revisions(revision_arns)
        )?;
        services.iter().map(|service| self.observed(service, &task_definitions, &revisions)).collect()
    }

    /// In the order of their names.
    async fn active_services(
        &self,
        cluster: &str,
        batches: impl Stream<Item = Result<Vec<String>, CloudError>>,
    ) -> Result<Vec<Service>, CloudError> {
        let mut services: Vec<_> = batches
            .map_ok(|batch| self.describe_batch(cluster, batch))
            .try_buffer_unordered(CONCURRENT_READS)
            .try_concat()
            .await?;
        services.retain(|service| service.status() != Some("INACTIVE"));
        services.sort_by(|one, other| one.service_name().cmp(&other.service_name()));
        Ok(services)
    }

    async fn describe_batch(&self, cluster: &str, names: Vec<String>) -> Result<Vec<Service>, CloudError> {
        let answer = self
            .sdk
            .describe_services()
            .cluster(cluster)
            .set_services(Some(names))
            .include(ServiceField::Tags)
            .send()
            .await
            .map_err(|error| self.errors.of(DESCRIBE, error))?;
        self.only_missing(DESCRIBE, answer.failures())?;
        Ok(answer.services.unwrap_or_default())
    }

    fn observed(
        &self,
        service: &Service,
        task_definitions: &BTreeMap<String, RegisteredTaskDefinition>,
        revisions: &BTreeMap<String, Document>,
    ) -> Result<ObservedService, CloudError> {
        let (Some(name), Some(arn)) = (service.service_name(), service.service_arn()) else {
            return Err(self.errors.unexpected(DESCRIBE, "a service has no name or no ARN"));
        };
        let task_definition = task_definition_arn(service)
            .and_then(|arn| task_definitions.get(&arn))
            .ok_or_else(|| self.errors.unexpected(DESCRIBE, format!("service {name} has no task definition")))?;
        let revision = current_revision_arn(service).and_then(|arn| revisions.get(&arn));
        let settings = service_settings::from_sdk(service, revision)
            .map_err(|why| self.errors.unexpected(DESCRIBE, format!("service {name} cannot be understood: {why}")))?;
        Ok(ObservedService {
            name: name.to_owned(),
            arn: arn.to_owned(),
            draining: is_draining(service),
            tags: tags::from_sdk(service.tags()),
            running_count: service.running_count().try_into().unwrap_or_default(),
            pending_count: service.pending_count().try_into().unwrap_or_default(),
            task_definition: task_definition.clone(),
            settings,
            settled: is_settled(service),
            rollout: None,
            events: events(service.events()),
        })
    }
}

/// A service whose tasks another controller starts (`EXTERNAL`, `CODE_DEPLOY`) may name its task definition in its
/// primary task set only.
/// The names in ARNs of services.
fn names_in(arns: &[String]) -> Vec<String> {
    arns.iter().filter_map(|arn| arn.rsplit('/').next()).map(str::to_owned).collect()
}

/// What one call each can describe.
fn batches(names: &[String]) -> Vec<Vec<String>> {
    names.chunks(SERVICES_PER_CALL).map(<[String]>::to_vec).collect()
}

fn task_definition_arn(service: &Service) -> Option<String> {
    service
        .task_definition()
        .or_else(|| {
            let primary = service.task_sets().iter().find(|task_set| task_set.status() == Some("PRIMARY"));
            primary.or(service.task_sets().first())?.task_definition()
        })
        .map(str::to_owned)
}

fn is_draining(service: &Service) -> bool {
    service.status() == Some("DRAINING")
}

/// Whether `DescribeServices` alone says that nothing is under way. A strategy that shifts traffic has stages in which there
/// is one deployment again, so there nothing but the absence of a service deployment will do.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html>
fn is_settled(service: &Service) -> bool {
    let [deployment] = service.deployments() else { return false };
    let strategy = service.deployment_configuration().and_then(|configuration| configuration.strategy());
    let shifts_traffic = strategy.is_some_and(|strategy| *strategy != DeploymentStrategy::Rolling);
    !is_draining(service)
        && deployment.status() == Some("PRIMARY")
        && deployment.rollout_state() == Some(&DeploymentRolloutState::Completed)
        && service.current_service_revisions().len() <= 1
        && !(shifts_traffic && service.current_service_deployment().is_some())
}

/// During a rollout there are two, the one that comes and the one that goes. A service that drains has none to rely on.
fn current_revision_arn(service: &Service) -> Option<String> {
    if is_draining(service) {
        return None;
    }
    let newest = service.current_service_revisions().iter().filter_map(|revision| revision.arn()).max_by_key(|arn| {
        // The last part of the ARN is a number that grows.
        let number = arn.rsplit('/').next().unwrap_or_default();
        (number.len(), number.to_owned())
    });
    newest.map(str::to_owned)
}

/// ECS tells the latest first; what happened within one second keeps its order.
fn events(events: &[SdkEvent]) -> Vec<ServiceEvent> {
    let mut events: Vec<_> = events
        .iter()
        .map(|event| ServiceEvent {
            id: event.id().unwrap_or_default().to_owned(),
            at: event.created_at().and_then(timestamp),
            message: event.message().unwrap_or_default().to_owned(),
        })
        .collect();
    events.sort_by_key(|event| Reverse(event.at));
    events
}
