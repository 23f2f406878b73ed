//! What the ECS calls do to services.

use ops_engine::cloud::{CloudError, CreateService, ServiceUpdate};
use ops_model::observation::LoadBalancerSettings;
use ops_model::rollout::RolloutStatus;

use crate::answers::{invalid_parameter, not_found, refused};
use crate::operations::Operation;
use crate::rollouts::{RevisionContent, SERVICE_DELETED, SUPERSEDED, ServiceDeployment, ServiceRevision};
use crate::services::Service;
use crate::state::State;
use crate::timing::after;

impl State {
    pub(crate) fn check_cluster(&self, operation: Operation, cluster: &str) -> Result<(), CloudError> {
        if self.clusters.contains(cluster) { Ok(()) } else { Err(not_found(operation, "Cluster not found.")) }
    }

    pub(crate) fn service(&self, operation: Operation, cluster: &str, name: &str) -> Result<&Service, CloudError> {
        self.check_cluster(operation, cluster)?;
        let service = self.services.get(&(cluster.to_owned(), name.to_owned()));
        service.ok_or_else(|| not_found(operation, "Service not found."))
    }

    pub(crate) fn active_service(
        &mut self,
        operation: Operation,
        cluster: &str,
        name: &str,
    ) -> Result<&mut Service, CloudError> {
        self.check_cluster(operation, cluster)?;
        match self.services.get_mut(&(cluster.to_owned(), name.to_owned())) {
            None => Err(not_found(operation, "Service not found.")),
            Some(service) if service.draining => {
                Err(refused(operation, "ServiceNotActiveException", "Service was not ACTIVE."))
            }
            Some(service) => Ok(service),
        }
    }

    pub(crate) fn create_service(&mut self, request: &CreateService) -> Result<(), CloudError> {
        let operation = Operation::CreateService;
        self.check_cluster(operation, &request.cluster)?;
        if request.client_token.len() > 36 {
            return Err(invalid_parameter(operation, "clientToken must be at most 36 characters long."));
        }
        let key = (request.cluster.clone(), request.service.clone());
        if let Some(existing) = self.services.get(&key) {
            return if existing.draining {
                Err(invalid_parameter(operation, "Unable to Start a service that is still Draining."))
            } else if existing.created_by == *request {
                Ok(())
            } else {
                Err(invalid_parameter(operation, "Creation of service was not idempotent."))
            };
        }
        let content = RevisionContent {
            task_definition: request.task_definition.clone(),
            network: request.settings.network.clone(),
            load_balancers: request.settings.load_balancers.clone(),
        };
        self.check_content(operation, &content, request.settings.health_check_grace_seconds)?;
        self.check_active(operation, &request.task_definition)?;
        let mut service = Service {
            cluster: request.cluster.clone(),
            name: request.service.clone(),
            arn: self.arns.service(&request.cluster, &request.service),
            created_by: request.clone(),
            draining: false,
            tags: request.tags.clone(),
            desired_count: request.settings.desired_count,
            deployment: request.settings.deployment,
            health_check_grace_seconds: request.settings.health_check_grace_seconds,
            other: request.settings.other.clone(),
            revisions: Vec::new(),
            primary: 0,
            last_completed: None,
            rollouts: Vec::new(),
            tasks: Vec::new(),
            events: Vec::new(),
            steady: false,
        };
        self.begin_rollout(&mut service, content);
        self.services.insert(key, service);
        self.settle(&request.cluster, &request.service);
        Ok(())
    }

    pub(crate) fn update_service(&mut self, request: &ServiceUpdate) -> Result<(), CloudError> {
        let operation = Operation::UpdateService;
        let live = self.active_service(operation, &request.cluster, &request.service)?;
        let mut service = live.clone();
        let update = &request.update;
        let current = service.revisions[service.primary].content.clone();
        let wanted = RevisionContent {
            task_definition: request.task_definition.clone().unwrap_or_else(|| current.task_definition.clone()),
            network: update.network.clone().unwrap_or_else(|| current.network.clone()),
            load_balancers: update.load_balancers.clone().unwrap_or_else(|| current.load_balancers.clone()),
        };
        service.desired_count = update.desired_count.unwrap_or(service.desired_count);
        service.deployment = update.deployment.unwrap_or(service.deployment);
        service.health_check_grace_seconds = update.health_check_grace_seconds.or(service.health_check_grace_seconds);
        self.check_content(operation, &wanted, update.health_check_grace_seconds)?;
        if let Some(task_definition) = &request.task_definition {
            self.check_active(operation, task_definition)?;
        }
        if wanted != current {
            if service.newest_rollout().is_some_and(|rollout| !rollout.status.is_final()) {
                service.finish_rollout(RolloutStatus::Stopped, Some(SUPERSEDED));
            }
            self.begin_rollout(&mut service, wanted);
        }
        self.services.insert((request.cluster.clone(), request.service.clone()), service);
        self.settle(&request.cluster, &request.service);
        Ok(())
    }

    pub(crate) fn delete_service(&mut self, cluster: &str, name: &str) -> Result<(), CloudError> {
        self.service(Operation::DeleteService, cluster, name)?;
        if let Some(service) = self.services.get_mut(&(cluster.to_owned(), name.to_owned())) {
            service.draining = true;
            service.desired_count = 0;
            if service.newest_rollout().is_some_and(|rollout| !rollout.status.is_final()) {
                service.finish_rollout(RolloutStatus::Stopped, Some(SERVICE_DELETED));
            }
        }
        self.settle(cluster, name);
        Ok(())
    }

    fn begin_rollout(&mut self, service: &mut Service, content: RevisionContent) {
        let revision = self.identifiers.number();
        service.revisions.push(ServiceRevision {
            arn: self.arns.service_revision(&service.cluster, &service.name, &revision),
            deployment: format!("ecs-svc/{}", self.identifiers.number()),
            content,
        });
        service.primary = service.revisions.len() - 1;
        service.steady = false;
        let id = self.identifiers.service_deployment();
        service.rollouts.push(ServiceDeployment {
            arn: self.arns.service_deployment(&service.cluster, &service.name, &id),
            target: service.primary,
            status: RolloutStatus::Pending,
            reason: None,
            created_at: self.now,
            turns_at: Some(after(self.now, self.timing.rollout_start)),
            failures: 0,
            rollback_failures: 0,
            rollback: None,
            final_tasks: None,
        });
    }

    /// An inactive task definition goes on where it is, but nobody may ask for it.
    fn check_active(&self, operation: Operation, task_definition: &str) -> Result<(), CloudError> {
        let inactive =
            self.task_definitions.get(task_definition).is_some() && !self.task_definitions.is_active(task_definition);
        if inactive { Err(refused(operation, "ClientException", "TaskDefinition is inactive")) } else { Ok(()) }
    }

    fn check_content(
        &self,
        operation: Operation,
        content: &RevisionContent,
        grace: Option<u32>,
    ) -> Result<(), CloudError> {
        let Some(registered) = self.task_definitions.get(&content.task_definition) else {
            return Err(refused(operation, "ClientException", "Unable to describe task definition."));
        };
        if grace.is_some() && content.load_balancers.is_empty() {
            let message = "Health check grace period is only valid for services configured to use load balancers";
            return Err(invalid_parameter(operation, message));
        }
        for LoadBalancerSettings { target_group_arn, container, port } in &content.load_balancers {
            if !self.target_groups.contains(target_group_arn) {
                let message = format!("The target group with targetGroupArn {target_group_arn} does not exist.");
                return Err(invalid_parameter(operation, message));
            }
            let Some(found) = registered.content.containers.iter().find(|one| one.name == *container) else {
                let message = format!("The container {container} does not exist in the task definition.");
                return Err(invalid_parameter(operation, message));
            };
            if found.port != Some(*port) {
                let message = format!("The container {container} did not have a container port {port} defined.");
                return Err(invalid_parameter(operation, message));
            }
        }
        Ok(())
    }
}
