use aws_sdk_ecs::operation::list_tasks::builders::ListTasksFluentBuilder;
use aws_sdk_ecs::types::{DesiredStatus, Task};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use ops_engine::cloud::CloudError;
use ops_model::observation::{ObservedContainer, ObservedTask};

use super::{CONCURRENT_READS, EcsContainers};

/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html>
const TASKS_PER_CALL: usize = 100;

impl EcsContainers {
    pub(super) async fn tasks_of_service(&self, cluster: &str, service: &str) -> Result<Vec<ObservedTask>, CloudError> {
        self.all_tasks(cluster, self.sdk.list_tasks().cluster(cluster).service_name(service)).await
    }

    pub(super) async fn tasks_of_starter(
        &self,
        cluster: &str,
        started_by: &str,
    ) -> Result<Vec<ObservedTask>, CloudError> {
        self.all_tasks(cluster, self.sdk.list_tasks().cluster(cluster).started_by(started_by)).await
    }

    pub(super) async fn task_by_arn(&self, cluster: &str, arn: &str) -> Result<Option<ObservedTask>, CloudError> {
        let tasks = self.describe_tasks(cluster, vec![arn.to_owned()]).await?;
        Ok(tasks.iter().find_map(observed))
    }

    /// Running and stopped, in the order of their ARNs.
    async fn all_tasks(&self, cluster: &str, list: ListTasksFluentBuilder) -> Result<Vec<ObservedTask>, CloudError> {
        // A task that still starts is desired to run, so these two are all there are.
        let (running, stopped) = futures::try_join!(
            self.task_arns(list.clone().desired_status(DesiredStatus::Running)),
            self.task_arns(list.desired_status(DesiredStatus::Stopped))
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

    async fn task_arns(&self, list: ListTasksFluentBuilder) -> Result<Vec<String>, CloudError> {
        let mut arns = list.into_paginator().items().send();
        let mut listed = Vec::new();
        while let Some(arn) = arns.next().await {
            listed.push(arn.map_err(|error| self.errors.of("ListTasks", error))?);
        }
        Ok(listed)
    }

    pub(super) async fn describe_tasks(&self, cluster: &str, arns: Vec<String>) -> Result<Vec<Task>, CloudError> {
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
