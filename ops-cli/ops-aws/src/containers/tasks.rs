use aws_sdk_ecs::types::{DesiredStatus, Task};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use ops_engine::cloud::CloudError;
use ops_model::observation::{ObservedContainer, ObservedTask};

use super::{CONCURRENT_READS, EcsContainers};

/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html>
const TASKS_PER_CALL: usize = 100;

impl EcsContainers {
    /// In the order of their ARNs.
    pub(super) async fn tasks_of_service(&self, cluster: &str, service: &str) -> Result<Vec<ObservedTask>, CloudError> {
        // A task that still starts is desired to run, so these two are all there are.
        let (running, stopped) = futures::try_join!(
            self.task_arns(cluster, service, DesiredStatus::Running),
            self.task_arns(cluster, service, DesiredStatus::Stopped)
        )?;
        let mut arns = [running, stopped].concat();
        arns.sort();
        // One that stopped between the two calls is in both.
        arns.dedup();
        let batches: Vec<_> = arns.chunks(TASKS_PER_CALL).map(<[String]>::to_vec).collect();
        let tasks: Vec<_> = stream::iter(batches)
            .map(|batch| self.describe_tasks(cluster, batch))
            .buffered(CONCURRENT_READS)
            .try_concat()
            .await?;
        let mut tasks: Vec<_> = tasks.iter().filter_map(observed).collect();
        tasks.sort_by(|one, other| one.arn.cmp(&other.arn));
        Ok(tasks)
    }

    async fn task_arns(&self, cluster: &str, service: &str, desired: DesiredStatus) -> Result<Vec<String>, CloudError> {
        let pages = self.sdk.list_tasks().cluster(cluster).service_name(service).desired_status(desired);
        let mut arns = pages.into_paginator().items().send();
        let mut listed = Vec::new();
        while let Some(arn) = arns.next().await {
            listed.push(arn.map_err(|error| self.errors.of("ListTasks", error))?);
        }
        Ok(listed)
    }

    async fn describe_tasks(&self, cluster: &str, arns: Vec<String>) -> Result<Vec<Task>, CloudError> {
        const OPERATION: &str = "DescribeTasks";
        let request = self.sdk.describe_tasks().cluster(cluster).set_tasks(Some(arns));
        let answer = request.send().await.map_err(|error| self.errors.of(OPERATION, error))?;
        // ECS forgets stopped tasks, between two calls too.
        self.only_missing(OPERATION, answer.failures())?;
        Ok(answer.tasks.unwrap_or_default())
    }
}

fn observed(task: &Task) -> Option<ObservedTask> {
    Some(ObservedTask {
        arn: task.task_arn()?.to_owned(),
        task_definition: task.task_definition_arn().unwrap_or_default().to_owned(),
        last_status: task.last_status().unwrap_or_default().to_owned(),
        stop_code: task.stop_code().map(|code| code.as_str().to_owned()).filter(|code| !code.is_empty()),
        stopped_reason: said(task.stopped_reason()),
        containers: task
            .containers()
            .iter()
            .map(|container| ObservedContainer {
                name: container.name().unwrap_or_default().to_owned(),
                image_digest: said(container.image_digest()),
                exit_code: container.exit_code(),
                reason: said(container.reason()),
            })
            .collect(),
    })
}

fn said(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}
