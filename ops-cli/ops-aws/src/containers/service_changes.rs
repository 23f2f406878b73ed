use std::collections::BTreeMap;

use aws_sdk_ecs::operation::create_service::CreateServiceInput;
use aws_sdk_ecs::operation::update_service::UpdateServiceInput;
use ops_engine::cloud::{CloudError, CreateService, ServiceUpdate};

use super::{EcsContainers, tags};
use crate::json_body;

const CREATE: &str = "CreateService";
const UPDATE: &str = "UpdateService";

impl EcsContainers {
    pub(super) async fn create(&self, request: &CreateService) -> Result<(), CloudError> {
        let CreateService { cluster, service, task_definition, settings, tags, client_token } = request;
        let mut document = settings.0.clone();
        document.insert("cluster".to_owned(), cluster.as_str().into());
        document.insert("serviceName".to_owned(), service.as_str().into());
        document.insert("taskDefinition".to_owned(), task_definition.as_str().into());
        document.insert("clientToken".to_owned(), client_token.as_str().into());
        tags::put_into(&mut document, tags);
        self.check(CREATE, &document, CreateServiceInput::deserialize)?;
        let request = self.sdk.create_service().customize().mutate_request(json_body::sending(document));
        request.send().await.map_err(|error| self.errors.of(CREATE, error))?;
        Ok(())
    }

    pub(super) async fn update(&self, request: &ServiceUpdate) -> Result<(), CloudError> {
        let ServiceUpdate { cluster, service, task_definition, update } = request;
        let mut document = update.0.clone();
        document.insert("cluster".to_owned(), cluster.as_str().into());
        document.insert("service".to_owned(), service.as_str().into());
        let task_definition = task_definition.as_deref();
        document.extend(task_definition.map(|arn| ("taskDefinition".to_owned(), arn.into())));
        self.check(UPDATE, &document, UpdateServiceInput::deserialize)?;
        let request = self.sdk.update_service().customize().mutate_request(json_body::sending(document));
        request.send().await.map_err(|error| self.errors.of(UPDATE, error))?;
        Ok(())
    }

    pub(super) async fn tag_resource(&self, arn: &str, tags: &BTreeMap<String, String>) -> Result<(), CloudError> {
        if tags.is_empty() {
            return Ok(());
        }
        let request = self.sdk.tag_resource().resource_arn(arn).set_tags(Some(tags::to_sdk(tags)));
        request.send().await.map_err(|error| self.errors.of("TagResource", error))?;
        Ok(())
    }

    /// Without `force` ECS refuses to delete a service that is scaled above zero.
    pub(super) async fn delete(&self, cluster: &str, service: &str) -> Result<(), CloudError> {
        let request = self.sdk.delete_service().cluster(cluster).service(service).force(true);
        request.send().await.map_err(|error| self.errors.of("DeleteService", error))?;
        Ok(())
    }
}
