use std::collections::BTreeMap;

use aws_sdk_ecs::types::{
    DeploymentController, DeploymentControllerType, LaunchType, PropagateTags, SchedulingStrategy,
};
use ops_engine::cloud::{CloudError, CloudErrorKind, CreateService, ServiceUpdate};
use ops_model::observation::ServiceSettings;
use ops_model::plan::SettingsUpdate;

use super::{EcsContainers, service_settings, tags};

const CREATE: &str = "CreateService";
const UPDATE: &str = "UpdateService";

impl EcsContainers {
    pub(super) async fn create(&self, request: &CreateService) -> Result<(), CloudError> {
        let CreateService { cluster, service, task_definition, settings, tags, client_token } = request;
        let ServiceSettings { desired_count, network, load_balancers, deployment, health_check_grace_seconds, other } =
            settings;
        if let Some(name) = other.keys().next() {
            return Err(self.refused(CREATE, format!("{name} cannot be set: the declaration has no name for it")));
        }
        let controller = DeploymentController::builder().r#type(DeploymentControllerType::Ecs).build();
        let controller = controller.map_err(|error| self.refused(CREATE, error.to_string()))?;
        let network = service_settings::network_to_sdk(network).map_err(|why| self.refused(CREATE, why))?;
        self.sdk
            .create_service()
            .cluster(cluster)
            .service_name(service)
            .task_definition(task_definition)
            .client_token(client_token)
            .launch_type(LaunchType::Fargate)
            .platform_version(service_settings::PLATFORM_VERSION)
            .scheduling_strategy(SchedulingStrategy::Replica)
            .deployment_controller(controller)
            .desired_count(self.number(CREATE, "the desired count", *desired_count)?)
            .network_configuration(network)
            .set_load_balancers(
                (!load_balancers.is_empty()).then(|| service_settings::load_balancers_to_sdk(load_balancers)),
            )
            .deployment_configuration(service_settings::deployment_to_sdk(deployment))
            .set_health_check_grace_period_seconds(self.grace(CREATE, *health_check_grace_seconds)?)
            // Tasks carry the service's tags: they are what is billed and what logs are searched by.
            .propagate_tags(PropagateTags::Service)
            .enable_ecs_managed_tags(true)
            .set_tags(tags::to_sdk(tags))
            .send()
            .await
            .map_err(|error| self.errors.of(CREATE, error))?;
        Ok(())
    }

    pub(super) async fn update(&self, request: &ServiceUpdate) -> Result<(), CloudError> {
        let ServiceUpdate { cluster, service, task_definition, update } = request;
        let SettingsUpdate { desired_count, network, load_balancers, deployment, health_check_grace_seconds } = update;
        let network = network.as_ref().map(service_settings::network_to_sdk).transpose();
        let desired_count = desired_count.map(|count| self.number(UPDATE, "the desired count", count)).transpose()?;
        self.sdk
            .update_service()
            .cluster(cluster)
            .service(service)
            .set_task_definition(task_definition.clone())
            .set_desired_count(desired_count)
            .set_network_configuration(network.map_err(|why| self.refused(UPDATE, why))?)
            .set_load_balancers(load_balancers.as_deref().map(service_settings::load_balancers_to_sdk))
            .set_deployment_configuration(deployment.as_ref().map(service_settings::deployment_to_sdk))
            .set_health_check_grace_period_seconds(self.grace(UPDATE, *health_check_grace_seconds)?)
            .send()
            .await
            .map_err(|error| self.errors.of(UPDATE, error))?;
        Ok(())
    }

    pub(super) async fn tag(&self, service_arn: &str, tags: &BTreeMap<String, String>) -> Result<(), CloudError> {
        let Some(tags) = tags::to_sdk(tags) else { return Ok(()) };
        let request = self.sdk.tag_resource().resource_arn(service_arn).set_tags(Some(tags));
        request.send().await.map_err(|error| self.errors.of("TagResource", error))?;
        Ok(())
    }

    /// Without `force` ECS refuses to delete a service that is scaled above zero.
    pub(super) async fn delete(&self, cluster: &str, service: &str) -> Result<(), CloudError> {
        let request = self.sdk.delete_service().cluster(cluster).service(service).force(true);
        request.send().await.map_err(|error| self.errors.of("DeleteService", error))?;
        Ok(())
    }

    fn grace(&self, operation: &str, seconds: Option<u32>) -> Result<Option<i32>, CloudError> {
        seconds.map(|seconds| self.number(operation, "the health check grace period", seconds)).transpose()
    }

    fn number(&self, operation: &str, what: &str, number: u32) -> Result<i32, CloudError> {
        i32::try_from(number).map_err(|_| self.refused(operation, format!("{what} of {number} is too large for ECS")))
    }

    fn refused(&self, operation: &str, why: String) -> CloudError {
        self.errors.because(operation, CloudErrorKind::Refused { code: None }, why)
    }
}
