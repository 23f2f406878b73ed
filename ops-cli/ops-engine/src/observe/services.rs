use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use ops_model::observation::ObservedService;
use ops_model::rollout::Rollout;

use super::READS_AT_ONCE;
use crate::cloud::{Cloud, CloudError};

/// Every service of the cluster, without its rollouts.
pub(super) async fn read(cloud: &Cloud, cluster: &str) -> Result<BTreeMap<String, ObservedService>, CloudError> {
    let services = cloud.containers.all_services(cluster).await?;
    Ok(services.into_iter().map(|service| (service.name.clone(), service)).collect())
}

/// The newest rollout of each of these services.
pub(super) async fn rollouts(
    cloud: &Cloud,
    cluster: &str,
    services: &BTreeSet<String>,
) -> Result<Vec<(String, Option<Rollout>)>, CloudError> {
    let reads = services.iter().map(|service| async move {
        match cloud.containers.rollouts(cluster, service).await {
            Ok(rollouts) => Ok((service.clone(), rollouts.into_iter().next())),
            // Deleted between the first look and this one: it has none.
            Err(error) if error.is_not_found() => Ok((service.clone(), None)),
            Err(error) => Err(error),
        }
    });
    stream::iter(reads).buffered(READS_AT_ONCE).try_collect().await
}
