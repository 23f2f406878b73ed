use std::collections::BTreeMap;

use async_trait::async_trait;
use ops_engine::cloud::{CloudError, Containers, CreateService, OpenSession, RunTask, ServiceUpdate, Session};
use ops_model::declaration::PauseEnd;
use ops_model::observation::{ObservedService, ObservedTask, RegisteredTaskDefinition};
use ops_model::rollout::Rollout;
use ops_model::task_definition::TaskDefinition;

use crate::account::SimulatedAccount;
use crate::answers::{not_found, refused};
use crate::operations::Operation;
use crate::state::State;
use crate::task_definitions::Revision;
use crate::writes::Write;

#[async_trait]
impl Containers for SimulatedAccount {
    async fn all_services(&self, cluster: &str) -> Result<Vec<ObservedService>, CloudError> {
        let names: Vec<_> = self
            .call(Operation::ListServices, |inside| {
                let state = inside.visible();
                state.check_cluster(Operation::ListServices, cluster)?;
                let names = state.services.keys().filter(|(of, _)| of == cluster).map(|(_, name)| name.clone());
                Ok(names.collect())
            })
            .await?;
        if names.is_empty() { Ok(Vec::new()) } else { self.describe_services(cluster, &names).await }
    }

    async fn describe_services(&self, cluster: &str, names: &[String]) -> Result<Vec<ObservedService>, CloudError> {
        self.call(Operation::DescribeServices, |inside| {
            let state = inside.visible();
            state.check_cluster(Operation::DescribeServices, cluster)?;
            let named = names.iter().filter_map(|name| state.services.get(&(cluster.to_owned(), name.clone())));
            Ok(named.filter_map(|service| service.observed(&state.task_definitions)).collect())
        })
        .await
    }

    async fn newest_task_definition(&self, family: &str) -> Result<Option<RegisteredTaskDefinition>, CloudError> {
        self.call(Operation::DescribeTaskDefinition, |inside| {
            Ok(inside.state.task_definitions.newest(family).map(Revision::observed))
        })
        .await
    }

    async fn register_task_definition(
        &self,
        content: &TaskDefinition,
        tags: &BTreeMap<String, String>,
    ) -> Result<String, CloudError> {
        self.call(Operation::RegisterTaskDefinition, |inside| {
            inside.write(
                |state| state.register_task_definition(content, tags),
                |arn| Write::RegisterTaskDefinition { arn: arn.clone(), content: content.clone(), tags: tags.clone() },
            )
        })
        .await
    }

    async fn create_service(&self, request: &CreateService) -> Result<(), CloudError> {
        self.call(Operation::CreateService, |inside| {
            inside.write(|state| state.create_service(request), |()| Write::CreateService(request.clone()))
        })
        .await
    }

    async fn update_service(&self, request: &ServiceUpdate) -> Result<(), CloudError> {
        self.call(Operation::UpdateService, |inside| {
            inside.write(|state| state.update_service(request), |()| Write::UpdateService(request.clone()))
        })
        .await
    }

    async fn tag(&self, arn: &str, tags: &BTreeMap<String, String>) -> Result<(), CloudError> {
        self.call(Operation::TagResource, |inside| {
            inside.write(
                |state| {
                    state.tags_of(arn)?.extend(tags.clone());
                    Ok(())
                },
                |()| Write::Tag { arn: arn.to_owned(), tags: tags.clone() },
            )
        })
        .await
    }

    async fn delete_service(&self, cluster: &str, service: &str) -> Result<(), CloudError> {
        self.call(Operation::DeleteService, |inside| {
            inside.write(
                |state| state.delete_service(cluster, service),
                |()| Write::DeleteService { cluster: cluster.to_owned(), service: service.to_owned() },
            )
        })
        .await
    }

    async fn rollouts(&self, cluster: &str, service: &str) -> Result<Vec<Rollout>, CloudError> {
        self.call(Operation::ListServiceDeployments, |inside| {
            let service = inside.state.service(Operation::ListServiceDeployments, cluster, service)?;
            Ok(service.rollouts.iter().rev().map(|rollout| service.observed_rollout(rollout)).collect())
        })
        .await
    }

    async fn rollout(&self, id: &str) -> Result<Option<Rollout>, CloudError> {
        self.call(Operation::DescribeServiceDeployments, |inside| {
            Ok(inside.state.services.values().find_map(|service| {
                let rollout = service.rollouts.iter().find(|rollout| rollout.arn == id)?;
                Some(service.observed_rollout(rollout))
            }))
        })
        .await
    }

    async fn continue_rollout(&self, id: &str, hook_id: &str, end: PauseEnd) -> Result<(), CloudError> {
        self.call(Operation::ContinueServiceDeployment, |inside| {
            inside.write(
                |state| state.continue_rollout(id, hook_id, end),
                |()| Write::ContinueRollout { rollout: id.to_owned(), hook: hook_id.to_owned(), end },
            )
        })
        .await
    }

    async fn tasks(&self, cluster: &str, service: &str) -> Result<Vec<ObservedTask>, CloudError> {
        self.call(Operation::ListTasks, |inside| {
            let now = inside.state.now;
            let service = inside.state.service(Operation::ListTasks, cluster, service)?;
            Ok(service.tasks.iter().filter_map(|task| task.observed(now)).collect())
        })
        .await
    }

    async fn run_task(&self, request: &RunTask) -> Result<String, CloudError> {
        self.call(Operation::RunTask, |inside| {
            inside.write(
                |state| state.run_task(request),
                |arn| Write::RunTask { arn: arn.clone(), request: request.clone() },
            )
        })
        .await
    }

    async fn task(&self, cluster: &str, arn: &str) -> Result<Option<ObservedTask>, CloudError> {
        let operation = Operation::DescribeTasks;
        self.call(operation, |inside| {
            let state = &inside.state;
            state.check_cluster(operation, cluster)?;
            Ok(state.find_task(cluster, arn).and_then(|task| task.observed(state.now)))
        })
        .await
    }

    async fn tasks_started_by(&self, cluster: &str, started_by: &str) -> Result<Vec<ObservedTask>, CloudError> {
        let operation = Operation::ListTasks;
        self.call(operation, |inside| {
            let state = &inside.state;
            state.check_cluster(operation, cluster)?;
            let of = state.standalone_tasks.iter().filter(|one| one.started_with.cluster == cluster);
            let of = of.filter(|one| one.started_with.started_by == started_by);
            Ok(of.filter_map(|one| one.task.observed(state.now)).collect())
        })
        .await
    }

    async fn stop_task(&self, cluster: &str, arn: &str, reason: &str) -> Result<(), CloudError> {
        self.call(Operation::StopTask, |inside| {
            inside.write_if(
                |state| state.stop_task(cluster, arn, reason),
                || Write::StopTask { arn: arn.to_owned(), reason: reason.to_owned() },
            )
        })
        .await
    }

    /// Nobody can be let in: nothing runs in a simulated container.
    async fn open_session(&self, _request: &OpenSession) -> Result<Session, CloudError> {
        self.call(Operation::ExecuteCommand, |_| {
            let why = "The execute command failed because there is no process in a simulated container.";
            Err(refused(Operation::ExecuteCommand, "TargetNotConnectedException", why))
        })
        .await
    }
}

impl State {
    pub(crate) fn register_task_definition(
        &mut self,
        content: &TaskDefinition,
        tags: &BTreeMap<String, String>,
    ) -> Result<String, CloudError> {
        let registered = self.task_definitions.register(&self.arns, content, tags);
        registered.map_err(|why| refused(Operation::RegisterTaskDefinition, "ClientException", why))
    }

    /// Tags of a service or a task definition.
    pub(crate) fn tags_of(&mut self, arn: &str) -> Result<&mut BTreeMap<String, String>, CloudError> {
        let service = self.services.values_mut().find(|service| service.arn == arn).map(|service| &mut service.tags);
        let task_definition = self.task_definitions.get_mut(arn).map(|revision| &mut revision.tags);
        let missing = || not_found(Operation::TagResource, "The specified resource was not found.");
        service.or(task_definition).ok_or_else(missing)
    }
}
