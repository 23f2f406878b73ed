use std::collections::BTreeMap;

use ops_model::declaration::Environment;
use ops_model::platform::Platform;
use ops_model::security_group::SecurityGroupRule;

use crate::cloud::{Cloud, CloudError};

/// Rules of the platform contract's groups, by the group's name; of no other group.
pub(crate) async fn read(
    cloud: &Cloud,
    platform: &Platform,
) -> Result<BTreeMap<String, Vec<SecurityGroupRule>>, CloudError> {
    let mut ids: Vec<String> = platform.security_groups.values().cloned().collect();
    ids.sort();
    ids.dedup();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rules = cloud.firewalls.rules(&ids).await?;
    let named = platform.security_groups.iter();
    Ok(named.filter_map(|(name, id)| Some((name.clone(), rules.get(id)?.clone()))).collect())
}

/// Whether the declaration opens anything.
pub(super) fn declared(environment: &Environment) -> bool {
    environment.firewall.values().any(|rules| !rules.is_empty())
}
