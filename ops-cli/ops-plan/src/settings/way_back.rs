//! The way back of a service's settings: what an update has changed becomes again what it was.

use ops_model::observation::ServiceSettings;
use ops_model::plan::SettingsUpdate;
use serde_json::{Map, Value};

use super::compare;
use crate::desired::{Count, bake_seconds};
use crate::import::deployment;

const BALANCERS: &str = "loadBalancers";
const DEPLOYMENT: &str = "deploymentConfiguration";
const GRACE: &str = "healthCheckGracePeriodSeconds";
/// Of a load balancer: what ECS shifts its traffic by.
const SHIFT: &str = "advancedConfiguration";

/// What goes with the task definition that ran before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsWayBack {
    pub update: SettingsUpdate,
    /// Seconds that ECS waits by design under the deployment settings that are put back.
    pub bake_seconds: u32,
}

/// What an update has changed, as it was before: load balancers and Service Connect name containers and ports of the task
/// definition of their time. The count stays, like all that scaling is about.
///
/// What ECS shifts traffic by stays too, and the strategy with it where only one of the two shifted any: the listener rule
/// was made, or removed, since.
#[must_use]
pub fn settings_way_back(before: &ServiceSettings, update: &SettingsUpdate) -> SettingsWayBack {
    let mut now = before.0.clone();
    let changed = update.0.iter().filter(|(member, _)| *member != "forceNewDeployment");
    now.extend(changed.map(|(member, value)| (member.clone(), value.clone())));
    let mut wanted = before.0.clone();
    let shift = balancers(&now).find_map(|balancer| balancer.get(SHIFT)).cloned();
    if balancers(&wanted).any(|balancer| balancer.contains_key(SHIFT) != shift.is_some()) {
        set(&mut wanted, DEPLOYMENT, now.get(DEPLOYMENT).cloned());
    }
    for balancer in wanted.get_mut(BALANCERS).and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(balancer) = balancer.as_object_mut() {
            set(balancer, SHIFT, shift.clone());
        }
    }
    // Without anything that checks health AWS forgets it.
    if balancers(&now).next().is_none() && balancers(&wanted).next().is_some() {
        now.remove(GRACE);
    }
    let (now, wanted) = (ServiceSettings(now), ServiceSettings(wanted));
    // The other task definition starts tasks.
    let update = compare(&now, &wanted, Count::NotOwned).into_update(true);
    let is_put_back = update.0.contains_key(DEPLOYMENT);
    let bake_seconds = if is_put_back { bake_seconds(&deployment(&wanted.0, 0, None)) } else { 0 };
    SettingsWayBack { update, bake_seconds }
}

fn balancers(settings: &Map<String, Value>) -> impl Iterator<Item = &Map<String, Value>> {
    let balancers = settings.get(BALANCERS).and_then(Value::as_array);
    balancers.into_iter().flatten().filter_map(Value::as_object)
}

fn set(document: &mut Map<String, Value>, member: &str, value: Option<Value>) {
    match value {
        Some(value) => drop(document.insert(member.to_owned(), value)),
        None => drop(document.shift_remove(member)),
    }
}
