use std::collections::{BTreeMap, BTreeSet};

use ops_model::declaration::{Environment, Workload};
use ops_model::observation::ObservedSecret;

use crate::cloud::{Cloud, CloudError};

/// The secrets that containers are to be given.
pub(super) async fn read(
    cloud: &Cloud,
    environment: &Environment,
) -> Result<BTreeMap<String, ObservedSecret>, CloudError> {
    let services = environment.services.values().map(|service| &service.workload);
    let tasks = environment.tasks.values().map(|task| &task.workload);
    of(cloud, services.chain(tasks)).await
}

/// The secrets that the containers of these are to be given.
pub(super) async fn of<'a>(
    cloud: &Cloud,
    workloads: impl Iterator<Item = &'a Workload>,
) -> Result<BTreeMap<String, ObservedSecret>, CloudError> {
    let places: BTreeSet<_> = workloads.flat_map(places).collect();
    if places.is_empty() {
        return Ok(BTreeMap::new());
    }
    cloud.secrets.secrets(&places).await
}

fn places(workload: &Workload) -> impl Iterator<Item = String> {
    let sidecars = workload.containers.values().map(|sidecar| &sidecar.container);
    let containers = std::iter::once(&workload.container).chain(sidecars);
    containers.flat_map(|container| container.secrets.values().map(|secret| secret.place().to_owned()))
}
