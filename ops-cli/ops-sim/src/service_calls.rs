//! What the ECS calls do to services.

use ops_engine::cloud::{CloudError, CreateService, ServiceUpdate};
use ops_model::declaration::PauseEnd;
use ops_model::rollout::RolloutStatus;
use serde_json::{Map, Value};

use crate::answers::{invalid_parameter, not_found, refused};
use crate::balancers::{Balancer, Traffic};
use crate::deployment_rules::DeploymentRules;
use crate::lifecycle::Lifecycle;
use crate::operations::Operation;
use crate::rollouts::{
    Bake, HOOK_FAILED, RevisionContent, SERVICE_DELETED, SUPERSEDED, ServiceDeployment, ServiceRevision,
};
use crate::services::Service;
use crate::settings::{self, GRACE, is_filled};
use crate::state::State;
use crate::tasks::Task;
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
        let mut given = request.settings.0.clone();
        settings::check_creation(&given).map_err(|why| invalid_parameter(operation, why))?;
        settings::without_removed(&mut given);
        self.check_active(operation, &request.task_definition)?;
        self.check_grace(operation, &given, &given, &request.task_definition)?;
        let mut service = Service {
            cluster: request.cluster.clone(),
            name: request.service.clone(),
            arn: self.arns.service(&request.cluster, &request.service),
            created_by: request.clone(),
            draining: false,
            tags: request.tags.clone(),
            desired_count: 0,
            in_place: Map::new(),
            deployment: DeploymentRules::default(),
            revisions: Vec::new(),
            primary: 0,
            last_completed: None,
            serving: None,
            rollouts: Vec::new(),
            tasks: Vec::new(),
            events: Vec::new(),
            steady: false,
        };
        self.apply(operation, &mut service, request.task_definition.clone(), given, true)?;
        self.services.insert(key, service);
        self.settle(&request.cluster, &request.service);
        Ok(())
    }

    pub(crate) fn update_service(&mut self, request: &ServiceUpdate) -> Result<(), CloudError> {
        let operation = Operation::UpdateService;
        let live = self.active_service(operation, &request.cluster, &request.service)?;
        let mut service = live.clone();
        let (wanted, forced) = settings::updated(&service.settings(), &request.update.0)
            .map_err(|why| invalid_parameter(operation, why))?;
        if let Some(task_definition) = &request.task_definition {
            self.check_active(operation, task_definition)?;
        }
        let current = service.revisions[service.primary].content.task_definition.clone();
        let task_definition = request.task_definition.clone().unwrap_or(current);
        self.check_grace(operation, &request.update.0, &wanted, &task_definition)?;
        self.apply(operation, &mut service, task_definition, wanted, forced)?;
        self.services.insert((request.cluster.clone(), request.service.clone()), service);
        self.settle(&request.cluster, &request.service);
        Ok(())
    }

    /// Sets a service to these settings, and begins a rollout where AWS does.
    pub(crate) fn apply(
        &mut self,
        operation: Operation,
        service: &mut Service,
        task_definition: String,
        mut wanted: Map<String, Value>,
        forced: bool,
    ) -> Result<(), CloudError> {
        if !self.is_checked(&task_definition, &wanted) {
            wanted.remove(GRACE);
        }
        let refuse = |why: String| invalid_parameter(operation, why);
        let rules = DeploymentRules::read(&wanted).map_err(refuse)?;
        let balancers = Balancer::read(&wanted).map_err(refuse)?;
        self.check_content(operation, &task_definition, &wanted, &balancers)?;
        let current = service.revisions.get(service.primary);
        let differs = current.is_none_or(|current| {
            current.content.task_definition != task_definition || settings::starts_rollout(&service.settings(), &wanted)
        });
        let (of_revision, mut in_place) = settings::split(wanted);
        let desired_count = in_place.remove("desiredCount").and_then(|count| count.as_u64());
        service.desired_count = desired_count.and_then(|count| count.try_into().ok()).unwrap_or(service.desired_count);
        (service.in_place, service.deployment) = (in_place, rules);
        let content = RevisionContent { task_definition, settings: of_revision };
        if forced || differs {
            if service.newest_status().is_some_and(|status| !status.is_final()) {
                service.finish_rollout(RolloutStatus::Stopped, Some(SUPERSEDED));
            }
            self.begin_rollout(service, content, &balancers);
        }
        Ok(())
    }

    pub(crate) fn delete_service(&mut self, cluster: &str, name: &str) -> Result<(), CloudError> {
        self.service(Operation::DeleteService, cluster, name)?;
        if let Some(service) = self.services.get_mut(&(cluster.to_owned(), name.to_owned())) {
            service.draining = true;
            service.desired_count = 0;
            if service.newest_status().is_some_and(|status| !status.is_final()) {
                service.finish_rollout(RolloutStatus::Stopped, Some(SERVICE_DELETED));
            }
        }
        self.settle(cluster, name);
        Ok(())
    }

    /// Ends a pause. Refused when nothing of that id waits.
    pub(crate) fn continue_rollout(&mut self, id: &str, hook_id: &str, end: PauseEnd) -> Result<(), CloudError> {
        let operation = Operation::ContinueServiceDeployment;
        let mut services = self.services.values();
        let service = services.find(|service| service.rollouts.iter().any(|rollout| rollout.arn == id));
        let service = service.ok_or_else(|| not_found(operation, "Service deployment not found."))?;
        let (cluster, name) = (service.cluster.clone(), service.name.clone());
        if service.newest_rollout().is_none_or(|rollout| rollout.arn != id) {
            return Err(invalid_parameter(operation, "The service deployment is not in progress."));
        }
        self.end_hook(operation, &cluster, &name, Some(hook_id), end == PauseEnd::Continue)
    }

    /// Answers a hook of the newest rollout: the one of that id that waits for a person, or else the first that waits for
    /// a function.
    pub(crate) fn end_hook(
        &mut self,
        operation: Operation,
        cluster: &str,
        name: &str,
        pause_id: Option<&str>,
        succeeded: bool,
    ) -> Result<(), CloudError> {
        let service = self.active_service(operation, cluster, name)?;
        let rollout = service.rollouts.last_mut().filter(|rollout| rollout.status == RolloutStatus::InProgress);
        let hook = rollout.and_then(|rollout| rollout.lifecycle.as_mut()).and_then(|lifecycle| {
            lifecycle.take_hook(|hook| pause_id.map_or(!hook.pause, |id| hook.pause && hook.id == id))
        });
        if hook.is_none() {
            return Err(invalid_parameter(operation, "The service deployment has no such hook that waits."));
        }
        if !succeeded {
            self.with_surroundings(cluster, name, |service, surroundings| service.roll_back(surroundings, HOOK_FAILED));
        }
        self.settle(cluster, name);
        Ok(())
    }

    fn begin_rollout(&mut self, service: &mut Service, content: RevisionContent, balancers: &[Balancer]) {
        let revision = self.identifiers.number();
        let shifts_traffic = service.deployment.strategy.shifts_traffic();
        let serving = service.serving.map(|index| service.revisions[index].balanced.as_slice()).unwrap_or_default();
        let balanced: Vec<_> = balancers.iter().map(|balancer| balancer.resolve(serving, shifts_traffic)).collect();
        let lifecycle = shifts_traffic.then(|| {
            let others = |task: &Task| Some(task.revision) != service.serving && !task.is_stopped();
            let reconcile = service.tasks.iter().any(others);
            Lifecycle::of(&service.deployment, service.serving.is_none(), reconcile, self.timing.stage)
        });
        if !shifts_traffic {
            // Tasks are replaced within one target group, which therefore has all traffic.
            for balanced in &balanced {
                balanced.shift(&mut self.listeners, Traffic::Production, 100);
            }
        }
        service.revisions.push(ServiceRevision {
            arn: self.arns.service_revision(&service.cluster, &service.name, &revision),
            deployment: format!("ecs-svc/{}", self.identifiers.number()),
            content,
            balanced,
        });
        service.primary = service.revisions.len() - 1;
        service.steady = false;
        let alarms = &service.deployment.alarms;
        // Alarms that are on already would end every rollout at once, so ECS looks at none of them.
        let looks = alarms.enable && !alarms.alarm_names.iter().any(|name| self.alarms.is_firing(name));
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
            lifecycle,
            watched_alarms: if looks { alarms.alarm_names.clone() } else { Vec::new() },
            triggered_alarms: Vec::new(),
            bake: Bake::Ahead,
        });
    }

    /// An inactive task definition goes on where it is, but nobody may ask for it.
    pub(crate) fn check_active(&self, operation: Operation, task_definition: &str) -> Result<(), CloudError> {
        let inactive =
            self.task_definitions.get(task_definition).is_some() && !self.task_definitions.is_active(task_definition);
        if inactive { Err(refused(operation, "ClientException", "TaskDefinition is inactive")) } else { Ok(()) }
    }

    /// A task with an interface of its own has to be told where to put it.
    pub(crate) fn check_network(
        &self,
        operation: Operation,
        task_definition: &str,
        settings: &Map<String, Value>,
    ) -> Result<(), CloudError> {
        let Some(registered) = self.task_definitions.get(task_definition) else {
            return Err(refused(operation, "ClientException", "Unable to describe task definition."));
        };
        let network = settings.get("networkConfiguration").and_then(|one| one.get("awsvpcConfiguration"));
        let subnets = network.and_then(|one| one.get("subnets")).and_then(Value::as_array);
        if registered.has_own_interface() && subnets.is_none_or(Vec::is_empty) {
            let message = "Network Configuration must be provided when networkMode 'awsvpc' is specified.";
            return Err(invalid_parameter(operation, message));
        }
        Ok(())
    }

    /// Whether a load balancer or a container's own command says how healthy the tasks are.
    fn is_checked(&self, task_definition: &str, settings: &Map<String, Value>) -> bool {
        let registered = self.task_definitions.get(task_definition);
        let mut containers = registered.iter().flat_map(|registered| registered.content.containers());
        is_filled(settings.get("loadBalancers")) || containers.any(|one| one.0.contains_key("healthCheck"))
    }

    /// A grace period is of a load balancer's health checks, or of containers' own.
    ///
    /// Source: `healthCheckGracePeriodSeconds` in
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html>
    fn check_grace(
        &self,
        operation: Operation,
        sent: &Map<String, Value>,
        wanted: &Map<String, Value>,
        task_definition: &str,
    ) -> Result<(), CloudError> {
        if sent.contains_key(GRACE) && !self.is_checked(task_definition, wanted) {
            let message = "Health check grace period is only valid for services configured to use load balancers";
            return Err(invalid_parameter(operation, message));
        }
        Ok(())
    }

    fn check_content(
        &self,
        operation: Operation,
        task_definition: &str,
        settings: &Map<String, Value>,
        balancers: &[Balancer],
    ) -> Result<(), CloudError> {
        self.check_network(operation, task_definition, settings)?;
        for balancer in balancers {
            self.check_balancer(balancer, task_definition).map_err(|why| invalid_parameter(operation, why))?;
        }
        Ok(())
    }

    fn check_balancer(&self, balancer: &Balancer, task_definition: &str) -> Result<(), String> {
        if let Some(group) = balancer.target_groups().find(|arn| !self.target_groups.contains_key(*arn)) {
            return Err(format!("The target group with targetGroupArn {group} does not exist."));
        }
        let Balancer { container, port, .. } = balancer;
        let registered = self.task_definitions.get(task_definition);
        let mut containers = registered.iter().flat_map(|registered| registered.content.containers());
        let Some(found) = containers.find(|one| one.name() == container) else {
            return Err(format!("The container {container} does not exist in the task definition."));
        };
        if !found.ports().any(|one| one == *port) {
            return Err(format!("The container {container} did not have a container port {port} defined."));
        }
        let Some(shift) = &balancer.shift else { return Ok(()) };
        if !self.roles.contains(&shift.role_arn) {
            return Err(format!("ECS was unable to assume the role {}.", shift.role_arn));
        }
        for rule in std::iter::once(&shift.production_rule).chain(&shift.test_rule) {
            let Some(known) = self.listeners.rule(rule) else {
                return Err(format!("The listener rule {rule} does not exist."));
            };
            if let Some(group) = balancer.target_groups().find(|arn| !known.weights.contains_key(*arn)) {
                return Err(format!("The listener rule {rule} does not forward to the target group {group}."));
            }
        }
        Ok(())
    }
}
