//! What a service is set to: which members the calls know, what an update does to them, and which start a rollout.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/update-service-parameters.html>

use serde_json::{Map, Value, json};

use crate::described;

type Document = Map<String, Value>;

/// Members of a service revision: a change of one is a new rollout.
const OF_REVISION: [&str; 10] = [
    "capacityProviderStrategy",
    "gatewayConnectors",
    "loadBalancers",
    "monitoring",
    "networkConfiguration",
    "platformVersion",
    "serviceConnectConfiguration",
    "serviceRegistries",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
];

/// Members that act in place: on the service, or on the tasks that it starts from then on.
const IN_PLACE: [&str; 9] = [
    "availabilityZoneRebalancing",
    "deploymentConfiguration",
    "desiredCount",
    "enableECSManagedTags",
    "enableExecuteCommand",
    GRACE,
    "placementConstraints",
    "placementStrategy",
    "propagateTags",
];

/// Members that only `CreateService` knows.
const AT_CREATION: [&str; 3] = ["launchType", "role", "schedulingStrategy"];

/// For how long health checks are forgiven, where there are some.
pub(crate) const GRACE: &str = "healthCheckGracePeriodSeconds";

/// Asks for a rollout that nothing else asks for.
const FORCE: &str = "forceNewDeployment";

/// Why `CreateService` does not take settings.
pub(crate) fn check_creation(settings: &Document) -> Result<(), String> {
    let known = [OF_REVISION.as_slice(), &IN_PLACE, &AT_CREATION, &["deploymentController"]].concat();
    check_known(settings, &known)?;
    check_rest(settings)?;
    if settings.get("desiredCount").and_then(Value::as_u64).is_none() {
        return Err("desiredCount is required for the REPLICA scheduling strategy.".to_owned());
    }
    if is_filled(settings.get("capacityProviderStrategy")) && settings.contains_key("launchType") {
        return Err("Specifying both a launch type and capacity provider strategy is not supported.".to_owned());
    }
    Ok(())
}

/// The settings that an update leads to, and whether it asks for a rollout in so many words. Why `UpdateService` does
/// not take it otherwise.
pub(crate) fn updated(live: &Document, update: &Document) -> Result<(Document, bool), String> {
    let known = [OF_REVISION.as_slice(), &IN_PLACE, &["deploymentController", FORCE]].concat();
    check_known(update, &known)?;
    let mut updated = live.clone();
    for (name, value) in update.iter().filter(|(name, _)| *name != FORCE) {
        match (updated.get_mut(name), value) {
            // What is absent within it stays as it is too.
            (Some(Value::Object(before)), Value::Object(members)) if name == "deploymentConfiguration" => {
                before.extend(members.clone());
            }
            _ => {
                updated.insert(name.clone(), value.clone());
            }
        }
    }
    let forced = update.get(FORCE).and_then(Value::as_bool).unwrap_or(false);
    if !forced && different(live, &updated, "capacityProviderStrategy") {
        let message = "The capacity provider strategy can only be changed with force new deployment.";
        return Err(message.to_owned());
    }
    without_removed(&mut updated);
    check_rest(&updated)?;
    Ok((updated, forced))
}

/// Takes out members that were set to nothing, and what a strategy has no use for.
pub(crate) fn without_removed(settings: &mut Document) {
    settings.retain(|_, value| !matches!(value, Value::Array(items) if items.is_empty()));
    if settings.get("serviceConnectConfiguration").and_then(|connect| connect.get("enabled")) == Some(&json!(false)) {
        settings.remove("serviceConnectConfiguration");
    }
    if let Some(deployment) = settings.get_mut("deploymentConfiguration").and_then(Value::as_object_mut) {
        let strategy = deployment.get("strategy").and_then(Value::as_str).unwrap_or("ROLLING").to_owned();
        for (of, member) in [("CANARY", "canaryConfiguration"), ("LINEAR", "linearConfiguration")] {
            if strategy != of {
                deployment.remove(member);
            }
        }
        if strategy != "ROLLING" {
            deployment.remove("earlySuccessCriteria");
        }
    }
}

/// Whether AWS sees a difference that starts a rollout: the order of a set is none, nor is a default that is written out.
pub(crate) fn starts_rollout(live: &Document, wanted: &Document) -> bool {
    let of_revision = |settings: &Document| split(described::service(settings, "")).0;
    of_revision(live) != of_revision(wanted)
}

/// The part that belongs to a service revision, and the rest.
pub(crate) fn split(settings: Document) -> (Document, Document) {
    settings.into_iter().partition(|(name, _)| OF_REVISION.contains(&name.as_str()))
}

fn check_known(document: &Document, known: &[&str]) -> Result<(), String> {
    match document.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(format!("Unknown parameter in input: {name}")),
        None => Ok(()),
    }
}

/// What is not simulated is refused, not ignored.
fn check_rest(settings: &Document) -> Result<(), String> {
    let only = |member: &Value, simulated: &str| match member.as_str() {
        Some(text) if text == simulated => Ok(()),
        _ => Err(format!("Only {simulated} is simulated, not {member}.")),
    };
    settings.get("schedulingStrategy").map_or(Ok(()), |strategy| only(strategy, "REPLICA"))?;
    settings.get("deploymentController").and_then(|one| one.get("type")).map_or(Ok(()), |kind| only(kind, "ECS"))
}

fn different(one: &Document, other: &Document, member: &str) -> bool {
    let filled = |document: &Document| document.get(member).filter(|value| is_filled(Some(value))).cloned();
    filled(one) != filled(other)
}

pub(crate) fn is_filled(value: Option<&Value>) -> bool {
    value.and_then(Value::as_array).is_some_and(|items| !items.is_empty())
}
