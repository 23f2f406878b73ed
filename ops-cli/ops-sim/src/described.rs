//! How AWS shows documents: with what it adds by itself, and sets in an order of its own.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde_json::{Map, Value, json};

type Document = Map<String, Value>;

/// Lists whose order means nothing, by the member's name.
const SETS: [&str; 11] = [
    "alarmNames",
    "capacityProviderStrategy",
    "dependsOn",
    "environment",
    "lifecycleStages",
    "mountPoints",
    "portMappings",
    "requiresCompatibilities",
    "secrets",
    "securityGroups",
    "subnets",
];

/// A service's settings. `seed` decides the order of sets: the same one shows the same order.
///
/// Source of the defaults: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html>
pub(crate) fn service(settings: &Document, seed: &str) -> Document {
    let mut shown = settings.clone();
    let capacity = shown.get("capacityProviderStrategy").is_some();
    if capacity {
        shown.remove("launchType");
    } else {
        fill(&mut shown, json!({"launchType": "EC2"}));
    }
    if capacity || shown.get("launchType") == Some(&json!("FARGATE")) {
        fill(&mut shown, json!({"platformVersion": "LATEST"}));
    }
    if shown.get("loadBalancers").is_some() {
        fill(&mut shown, json!({"healthCheckGracePeriodSeconds": 0}));
    }
    fill(
        &mut shown,
        json!({
            "availabilityZoneRebalancing": "ENABLED",
            "deploymentConfiguration": {},
            "deploymentController": {"type": "ECS"},
            "enableECSManagedTags": false,
            "enableExecuteCommand": false,
            "loadBalancers": [],
            "placementConstraints": [],
            "placementStrategy": [],
            "propagateTags": "NONE",
            "schedulingStrategy": "REPLICA",
            "serviceRegistries": [],
        }),
    );
    if let Some(deployment) = object(&mut shown, "deploymentConfiguration") {
        deployment_configuration(deployment);
    }
    if let Some(network) =
        object(&mut shown, "networkConfiguration").and_then(|network| object(network, "awsvpcConfiguration"))
    {
        fill(network, json!({"assignPublicIp": "DISABLED", "securityGroups": []}));
    }
    for provider in objects(&mut shown, "capacityProviderStrategy") {
        fill(provider, json!({"base": 0, "weight": 0}));
    }
    shuffle(&mut shown, seed);
    shown
}

fn deployment_configuration(deployment: &mut Document) {
    fill(
        deployment,
        json!({
            "alarms": {"alarmNames": [], "enable": false, "rollback": false},
            "bakeTimeInMinutes": 0,
            "deploymentCircuitBreaker": {},
            "lifecycleHooks": [],
            "maximumPercent": 200,
            "minimumHealthyPercent": 100,
            "strategy": "ROLLING",
        }),
    );
    match deployment.get("strategy").and_then(Value::as_str) {
        Some("CANARY") => fill(deployment, json!({"canaryConfiguration": {}})),
        Some("LINEAR") => fill(deployment, json!({"linearConfiguration": {}})),
        _ => {}
    }
    if let Some(breaker) = object(deployment, "deploymentCircuitBreaker") {
        let threshold = json!({"type": "BOUNDED_PERCENT", "value": 50});
        fill(
            breaker,
            json!({"enable": false, "resetOnHealthyTask": true, "rollback": false, "thresholdConfiguration": threshold}),
        );
    }
    if let Some(canary) = object(deployment, "canaryConfiguration") {
        fill(canary, json!({"canaryBakeTimeInMinutes": 10, "canaryPercent": 5.0}));
        as_double(canary, "canaryPercent");
    }
    if let Some(linear) = object(deployment, "linearConfiguration") {
        fill(linear, json!({"stepBakeTimeInMinutes": 6, "stepPercent": 10.0}));
        as_double(linear, "stepPercent");
    }
    for hook in objects(deployment, "lifecycleHooks") {
        fill(hook, json!({"targetType": "AWS_LAMBDA", "timeoutConfiguration": {}}));
        if let Some(timeout) = object(hook, "timeoutConfiguration") {
            fill(timeout, json!({"action": "ROLLBACK", "timeoutInMinutes": 1440}));
        }
    }
}

/// A task definition.
///
/// Source of the defaults: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html>
pub(crate) fn task_definition(content: &Document, seed: &str) -> Document {
    let mut shown = content.clone();
    fill(&mut shown, json!({"placementConstraints": [], "volumes": []}));
    let own_interface = shown.get("networkMode") == Some(&json!("awsvpc"));
    for volume in objects(&mut shown, "volumes") {
        let backed = volume.keys().any(|name| name != "name" && name != "configuredAtLaunch");
        if !backed && !volume.contains_key("configuredAtLaunch") {
            fill(volume, json!({"host": {}}));
        }
    }
    for container in objects(&mut shown, "containerDefinitions") {
        fill(
            container,
            json!({
                "cpu": 0,
                "environment": [],
                "essential": true,
                "mountPoints": [],
                "portMappings": [],
                "systemControls": [],
                "versionConsistency": "enabled",
                "volumesFrom": [],
            }),
        );
        for mapping in objects(container, "portMappings") {
            let port = mapping.get("containerPort").cloned().unwrap_or_default();
            fill(mapping, json!({"hostPort": if own_interface { port } else { json!(0) }, "protocol": "tcp"}));
        }
        if let Some(health) = object(container, "healthCheck") {
            fill(health, json!({"interval": 30, "retries": 3, "timeout": 5}));
        }
        if let Some(log) = object(container, "logConfiguration") {
            fill(log, json!({"options": {}, "secretOptions": []}));
        }
    }
    shuffle(&mut shown, seed);
    shown
}

/// A schedule.
///
/// Source of the defaults: <https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html>
pub(crate) fn schedule(given: &Document) -> Document {
    let mut shown = given.clone();
    fill(
        &mut shown,
        json!({"ActionAfterCompletion": "NONE", "ScheduleExpressionTimezone": "UTC", "State": "ENABLED", "Target": {}}),
    );
    if let Some(target) = object(&mut shown, "Target") {
        fill(target, json!({"RetryPolicy": {}}));
        if let Some(retry) = object(target, "RetryPolicy") {
            fill(retry, json!({"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}));
        }
        if let Some(parameters) = object(target, "EcsParameters") {
            fill(parameters, json!({"EnableECSManagedTags": false, "EnableExecuteCommand": false, "TaskCount": 1}));
        }
    }
    shown
}

/// A scalable target.
pub(crate) fn scalable_target(given: &Document) -> Document {
    let mut shown = given.clone();
    fill(&mut shown, json!({"SuspendedState": {}}));
    if let Some(suspended) = object(&mut shown, "SuspendedState") {
        let none = json!({"DynamicScalingInSuspended": false, "DynamicScalingOutSuspended": false, "ScheduledScalingSuspended": false});
        fill(suspended, none);
    }
    shown
}

/// A scaling policy.
pub(crate) fn scaling_policy(given: &Document) -> Document {
    let mut shown = given.clone();
    if let Some(tracking) = object(&mut shown, "TargetTrackingScalingPolicyConfiguration") {
        fill(tracking, json!({"DisableScaleIn": false}));
        as_double(tracking, "TargetValue");
    }
    shown
}

/// Adds the members that are not there.
fn fill(document: &mut Document, defaults: Value) {
    let Value::Object(defaults) = defaults else { return };
    for (name, value) in defaults {
        document.entry(name).or_insert(value);
    }
}

/// A number of a type that has fractions is shown with one.
fn as_double(document: &mut Document, member: &str) {
    if let Some(number) = document.get_mut(member)
        && let Some(double) = number.as_f64()
    {
        *number = json!(double);
    }
}

fn object<'a>(document: &'a mut Document, member: &str) -> Option<&'a mut Document> {
    document.get_mut(member)?.as_object_mut()
}

fn objects<'a>(document: &'a mut Document, member: &str) -> impl Iterator<Item = &'a mut Document> {
    let items = document.get_mut(member).and_then(Value::as_array_mut);
    items.into_iter().flatten().filter_map(Value::as_object_mut)
}

fn shuffle(document: &mut Document, seed: &str) {
    for (name, value) in document.iter_mut() {
        if let Value::Array(items) = value
            && SETS.contains(&name.as_str())
        {
            items.sort_by_key(|item| {
                let mut hasher = DefaultHasher::new();
                (seed, item).hash(&mut hasher);
                hasher.finish()
            });
        }
        each_object(value, &mut |object| shuffle(object, seed));
    }
}

fn each_object(value: &mut Value, act: &mut impl FnMut(&mut Document)) {
    match value {
        Value::Object(object) => act(object),
        Value::Array(items) => items.iter_mut().for_each(|item| each_object(item, act)),
        _ => {}
    }
}
