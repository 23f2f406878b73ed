use std::collections::BTreeMap;

use ops_model::declaration::Environment;
use ops_model::observation::ScalingSettings;

use crate::cloud::{Cloud, CloudError};

pub(super) async fn read(cloud: &Cloud, cluster: &str) -> Result<BTreeMap<String, ScalingSettings>, CloudError> {
    cloud.scaling.scaling(cluster).await
}

/// Whether any service scales.
pub(super) fn declared(environment: &Environment) -> bool {
    environment.services.values().any(|service| service.scaling.is_some())
}
