use std::collections::BTreeMap;

use async_trait::async_trait;
use ops_engine::cloud::{CloudError, Containers, CreateService, ServiceUpdate};
use ops_model::observation::{ObservedService, ObservedTask, RegisteredTaskDefinition};
use ops_model::rollout::Rollout;
use ops_model::task_definition::TaskDefinition;

use crate::account::SimulatedAccount;
use crate::answers::{invalid_parameter, not_found};
use crate::operations::Operation;
use crate::writes::Write;

#[async_trait]
impl Containers for SimulatedAccount {
    async fn list_services(&self, cluster: &str) -> Result<Vec<String>, CloudError> {
        self.call(Operation::ListServices, |inside| {
            let state = inside.visible();
            state.check_cluster(Operation::ListServices, cluster)?;
            let names = state.services.keys().filter(|(of, _)| of == cluster).map(|(_, name)| name.clone());
            Ok(names.collect())
        })
        .await
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
        self.call(Operation::DescribeTaskDefinition, |inside| Ok(inside.state.task_definitions.newest(family).cloned()))
            .await
    }

    async fn register_task_definition(
        &self,
        content: &TaskDefinition,
        tags: &BTreeMap<String, String>,
    ) -> Result<String, CloudError> {
        let operation = Operation::RegisterTaskDefinition;
        self.call(operation, |inside| {
            if content.containers.is_empty() {
                return Err(invalid_parameter(operation, "Task definition must contain at least one container."));
            }
            inside.write(
                |state| Ok(state.task_definitions.register(&state.arns, content)),
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

    async fn tag_service(&self, service_arn: &str, tags: &BTreeMap<String, String>) -> Result<(), CloudError> {
        self.call(Operation::TagResource, |inside| {
            inside.write(
                |state| {
                    let service = state.services.values_mut().find(|service| service.arn == service_arn);
                    let service = service.ok_or_else(|| not_found(Operation::TagResource, "Service not found."))?;
                    service.tags.extend(tags.clone());
                    Ok(())
                },
                |()| Write::TagService { service_arn: service_arn.to_owned(), tags: tags.clone() },
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

    async fn tasks(&self, cluster: &str, service: &str) -> Result<Vec<ObservedTask>, CloudError> {
        self.call(Operation::ListTasks, |inside| {
            let now = inside.state.now;
            let service = inside.state.service(Operation::ListTasks, cluster, service)?;
            Ok(service.tasks.iter().filter_map(|task| task.observed(now)).collect())
        })
        .await
    }
}
