use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_ecs::types::{CreatedAt, DeploymentLifecycleHookAction, ServiceDeployment, ServiceDeploymentBrief};
use aws_smithy_types::DateTime;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use ops_engine::cloud::CloudError;
use ops_model::declaration::PauseEnd;
use ops_model::rollout::Rollout;

use super::rollout::{rollout, target_revision_arn};
use super::{CONCURRENT_READS, EcsContainers};

const LIST: &str = "ListServiceDeployments";
const DESCRIBE: &str = "DescribeServiceDeployments";

/// Of service deployments and of service revisions.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServiceDeployments.html>
pub(super) const ARNS_PER_CALL: usize = 20;

/// A day, and an hour for clocks that disagree.
const RECENT: Duration = Duration::from_secs(25 * 60 * 60);

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
                let revision = target_revision_arn(deployment).and_then(|arn| revisions.get(arn));
                let rollout = rollout(deployment, revision).map_err(|why| self.errors.unexpected(DESCRIBE, why))?;
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

    pub(super) async fn end_pause(&self, id: &str, hook_id: &str, end: PauseEnd) -> Result<(), CloudError> {
        let action = match end {
            PauseEnd::Continue => DeploymentLifecycleHookAction::Continue,
            PauseEnd::Rollback => DeploymentLifecycleHookAction::Rollback,
        };
        let request = self.sdk.continue_service_deployment().service_deployment_arn(id).hook_id(hook_id);
        let request = request.action(action).send();
        request.await.map_err(|error| self.errors.of("ContinueServiceDeployment", error))?;
        Ok(())
    }
}
