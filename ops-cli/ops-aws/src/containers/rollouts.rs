use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_sdk_ecs::types::{
    CreatedAt, Failure, Service, ServiceDeployment, ServiceDeploymentBrief, ServiceDeploymentRollbackMonitorsStatus,
    ServiceDeploymentStatus, ServiceRevision,
};
use aws_smithy_types::DateTime;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use ops_engine::cloud::CloudError;
use ops_model::rollout::{CircuitBreaker, Rollback, Rollout, RolloutStatus, TaskCounts};

use super::services::is_draining;
use super::{CONCURRENT_READS, EcsContainers};
use crate::time::timestamp;

const LIST: &str = "ListServiceDeployments";
const DESCRIBE: &str = "DescribeServiceDeployments";
const DESCRIBE_REVISIONS: &str = "DescribeServiceRevisions";

/// Of service deployments and of service revisions.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServiceDeployments.html>
const ARNS_PER_CALL: usize = 20;

/// A day, and an hour for clocks that disagree.
const RECENT: Duration = Duration::from_secs(25 * 60 * 60);

/// A service deployment is as old as the deployment that it begins with, give or take the making of both.
const BEFORE_ITS_DEPLOYMENT_SECONDS: i64 = 5 * 60;

impl EcsContainers {
    pub(super) async fn recent_rollouts(&self, cluster: &str, service: &str) -> Result<Vec<Rollout>, CloudError> {
        let since = DateTime::from(self.time.now() - RECENT);
        let mut listed = self.newest_listed(cluster, service, Some(since)).await?;
        let recent = |brief: &ServiceDeploymentBrief| brief.created_at().is_some_and(|created| *created >= since);
        let wanted = listed.iter().enumerate().take_while(|(place, brief)| *place == 0 || recent(brief)).count();
        listed.truncate(wanted);
        let arns: Vec<_> = listed.into_iter().filter_map(|brief| brief.service_deployment_arn).collect();
        let mut known = self.rollouts_by_arn(&arns).await?;
        Ok(arns.iter().filter_map(|arn| known.remove(arn)).collect())
    }

    pub(super) async fn rollout_by_arn(&self, arn: &str) -> Result<Option<Rollout>, CloudError> {
        match self.rollouts_by_arn(&[arn.to_owned()]).await {
            Ok(mut known) => Ok(known.remove(arn)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The newest rollout of each service, by service name. Not of one that drains: its service deployments and revisions
    /// go with it, at any moment.
    pub(super) async fn newest_rollouts(
        &self,
        cluster: &str,
        services: &[Service],
    ) -> Result<BTreeMap<String, Rollout>, CloudError> {
        let newest: Vec<_> =
            stream::iter(services.iter().filter(|service| !is_draining(service)).cloned().collect::<Vec<_>>())
                .map(|service| self.newest_of_service(cluster, service))
                .buffer_unordered(CONCURRENT_READS)
                .try_filter_map(async |newest| Ok(newest))
                .try_collect()
                .await?;
        let arns: Vec<_> = newest.iter().map(|newest| newest.rollout_arn.clone()).collect();
        let mut known = self.rollouts_by_arn(&arns).await?;
        newest
            .into_iter()
            .map(|NewestOfService { name, rollout_arn }| match known.remove(&rollout_arn) {
                Some(rollout) => Ok((name, rollout)),
                None => Err(self.errors.unexpected(DESCRIBE, format!("{rollout_arn} is listed and missing"))),
            })
            .collect()
    }

    async fn newest_of_service(&self, cluster: &str, service: Service) -> Result<Option<NewestOfService>, CloudError> {
        let Some(name) = service.service_name() else { return Ok(None) };
        let since = service.deployments().iter().filter_map(|deployment| deployment.created_at()).max();
        let since = since.map(|created| DateTime::from_secs(created.secs() - BEFORE_ITS_DEPLOYMENT_SECONDS));
        let listed = match self.newest_listed(cluster, name, since).await {
            Ok(listed) => listed,
            // Gone since it was described.
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error),
        };
        let newest = listed.into_iter().next().and_then(|brief| brief.service_deployment_arn);
        Ok(newest.map(|rollout_arn| NewestOfService { name: name.to_owned(), rollout_arn }))
    }

    /// Newest first: those since the given time, or all if there are none, so that the newest is always there. (ECS keeps
    /// ninety days, which can be many pages.)
    async fn newest_listed(
        &self,
        cluster: &str,
        service: &str,
        since: Option<DateTime>,
    ) -> Result<Vec<ServiceDeploymentBrief>, CloudError> {
        let mut listed = self.list(cluster, service, since).await?;
        if listed.is_empty() && since.is_some() {
            listed = self.list(cluster, service, None).await?;
        }
        listed.sort_by(|one, other| other.created_at().cmp(&one.created_at()));
        Ok(listed)
    }

    async fn list(
        &self,
        cluster: &str,
        service: &str,
        since: Option<DateTime>,
    ) -> Result<Vec<ServiceDeploymentBrief>, CloudError> {
        let mut listed = Vec::new();
        let mut next_page = None;
        loop {
            let answer = self
                .sdk
                .list_service_deployments()
                .cluster(cluster)
                .service(service)
                .set_created_at(since.map(|since| CreatedAt::builder().after(since).build()))
                .max_results(100)
                .set_next_token(next_page)
                .send()
                .await
                .map_err(|error| self.errors.of(LIST, error))?;
            listed.extend(answer.service_deployments.unwrap_or_default());
            next_page = answer.next_token.filter(|token| !token.is_empty());
            if next_page.is_none() {
                return Ok(listed);
            }
        }
    }

    /// By ARN; those that ECS no longer has are left out.
    async fn rollouts_by_arn(&self, arns: &[String]) -> Result<BTreeMap<String, Rollout>, CloudError> {
        let batches: Vec<_> = arns.chunks(ARNS_PER_CALL).map(<[String]>::to_vec).collect();
        let deployments: Vec<_> = stream::iter(batches)
            .map(|batch| self.describe(batch))
            .buffer_unordered(CONCURRENT_READS)
            .try_concat()
            .await?;
        let revision_arns = deployments.iter().filter_map(target_revision_arn).map(str::to_owned).collect();
        let revisions = self.service_revisions(revision_arns).await?;
        deployments
            .iter()
            .map(|deployment| {
                let rollout = rollout(deployment, &revisions).map_err(|why| self.errors.unexpected(DESCRIBE, why))?;
                Ok((rollout.id.clone(), rollout))
            })
            .collect()
    }

    async fn describe(&self, arns: Vec<String>) -> Result<Vec<ServiceDeployment>, CloudError> {
        let answer = self
            .sdk
            .describe_service_deployments()
            .set_service_deployment_arns(Some(arns))
            .send()
            .await
            .map_err(|error| self.errors.of(DESCRIBE, error))?;
        self.only_missing(DESCRIBE, answer.failures())?;
        Ok(answer.service_deployments.unwrap_or_default())
    }

    /// By ARN. A revision that is missing is an error: something refers to it.
    pub(super) async fn service_revisions(
        &self,
        arns: BTreeSet<String>,
    ) -> Result<BTreeMap<String, ServiceRevision>, CloudError> {
        let mut known = BTreeMap::new();
        let mut unknown = Vec::new();
        for arn in arns {
            match self.revisions.get(&arn) {
                Some(revision) => _ = known.insert(arn, revision),
                None => unknown.push(arn),
            }
        }
        let batches: Vec<_> = unknown.chunks(ARNS_PER_CALL).map(<[String]>::to_vec).collect();
        let read: Vec<_> = stream::iter(batches)
            .map(|batch| self.describe_revisions(batch))
            .buffer_unordered(CONCURRENT_READS)
            .try_concat()
            .await?;
        for revision in read {
            if let Some(arn) = revision.service_revision_arn().map(str::to_owned) {
                self.revisions.put(&arn, revision.clone());
                known.insert(arn, revision);
            }
        }
        match unknown.iter().find(|arn| !known.contains_key(*arn)) {
            Some(missing) => Err(self.errors.unexpected(DESCRIBE_REVISIONS, format!("{missing} is missing"))),
            None => Ok(known),
        }
    }

    async fn describe_revisions(&self, arns: Vec<String>) -> Result<Vec<ServiceRevision>, CloudError> {
        let answer = self
            .sdk
            .describe_service_revisions()
            .set_service_revision_arns(Some(arns))
            .send()
            .await
            .map_err(|error| self.errors.of(DESCRIBE_REVISIONS, error))?;
        self.only_missing(DESCRIBE_REVISIONS, answer.failures())?;
        Ok(answer.service_revisions.unwrap_or_default())
    }

    /// ECS answers with success and a list of what it could not read. That something is missing is an answer; any other
    /// reason is a failed call.
    pub(super) fn only_missing(&self, operation: &str, failures: &[Failure]) -> Result<(), CloudError> {
        let Some(failure) = failures.iter().find(|failure| failure.reason() != Some("MISSING")) else { return Ok(()) };
        let parts = [failure.arn(), failure.reason(), failure.detail()];
        Err(self.errors.unexpected(operation, parts.into_iter().flatten().collect::<Vec<_>>().join(": ")))
    }
}

struct NewestOfService {
    name: String,
    rollout_arn: String,
}

fn target_revision_arn(deployment: &ServiceDeployment) -> Option<&str> {
    deployment.target_service_revision()?.arn()
}

fn rollout(deployment: &ServiceDeployment, revisions: &BTreeMap<String, ServiceRevision>) -> Result<Rollout, String> {
    let id = deployment.service_deployment_arn().ok_or("a service deployment has no ARN")?;
    let target = deployment.target_service_revision();
    let task_definition = target_revision_arn(deployment)
        .and_then(|arn| revisions.get(arn)?.task_definition())
        .ok_or_else(|| format!("{id} has no target service revision with a task definition"))?;
    let breaker = deployment.deployment_circuit_breaker().filter(|breaker| {
        breaker.status().is_some_and(|status| *status != ServiceDeploymentRollbackMonitorsStatus::Disabled)
    });
    Ok(Rollout {
        id: id.to_owned(),
        status: status(id, deployment.status())?,
        status_reason: deployment.status_reason().filter(|reason| !reason.is_empty()).map(str::to_owned),
        task_definition: task_definition.to_owned(),
        tasks: target.map_or_else(TaskCounts::default, |target| TaskCounts {
            requested: target.requested_task_count().try_into().unwrap_or_default(),
            running: target.running_task_count().try_into().unwrap_or_default(),
            pending: target.pending_task_count().try_into().unwrap_or_default(),
        }),
        circuit_breaker: breaker.map(|breaker| CircuitBreaker {
            failures: breaker.failure_count().try_into().unwrap_or_default(),
            threshold: breaker.threshold().try_into().unwrap_or_default(),
        }),
        rollback: deployment.rollback().map(|rollback| Rollback {
            reason: rollback.reason().map(str::to_owned),
            service_revision: rollback.service_revision_arn().map(str::to_owned),
        }),
        created_at: deployment.created_at().and_then(timestamp),
    })
}

fn status(id: &str, status: Option<&ServiceDeploymentStatus>) -> Result<RolloutStatus, String> {
    match status {
        Some(ServiceDeploymentStatus::Pending) => Ok(RolloutStatus::Pending),
        Some(ServiceDeploymentStatus::InProgress) => Ok(RolloutStatus::InProgress),
        Some(ServiceDeploymentStatus::Successful) => Ok(RolloutStatus::Successful),
        Some(ServiceDeploymentStatus::StopRequested) => Ok(RolloutStatus::StopRequested),
        Some(ServiceDeploymentStatus::Stopped) => Ok(RolloutStatus::Stopped),
        Some(ServiceDeploymentStatus::RollbackRequested) => Ok(RolloutStatus::RollbackRequested),
        Some(ServiceDeploymentStatus::RollbackInProgress) => Ok(RolloutStatus::RollbackInProgress),
        Some(ServiceDeploymentStatus::RollbackSuccessful) => Ok(RolloutStatus::RollbackSuccessful),
        Some(ServiceDeploymentStatus::RollbackFailed) => Ok(RolloutStatus::RollbackFailed),
        Some(unknown) => Err(format!("{id} has the unknown status {}", unknown.as_str())),
        None => Err(format!("{id} has no status")),
    }
}
