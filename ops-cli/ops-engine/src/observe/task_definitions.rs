use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use ops_model::observation::RegisteredTaskDefinition;

use super::READS_AT_ONCE;
use crate::cloud::{Cloud, CloudError};

/// The newest revision of each of these families that has one.
pub(super) async fn newest(
    cloud: &Cloud,
    families: &BTreeSet<String>,
) -> Result<BTreeMap<String, RegisteredTaskDefinition>, CloudError> {
    let reads = families.iter().map(|family| async move {
        let newest = cloud.containers.newest_task_definition(family).await?;
        Ok::<_, CloudError>(newest.map(|newest| (family.clone(), newest)))
    });
    let newest: Vec<_> = stream::iter(reads).buffered(READS_AT_ONCE).try_collect().await?;
    Ok(newest.into_iter().flatten().collect())
}
