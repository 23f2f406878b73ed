//! Reads what runs in a cluster, for `ops import`: services, their scaling, their secrets and schedules. Nothing is changed
//! but by [`adopt`].

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use ops_model::declaration::Digest;
use ops_model::observation::{ListenerRule, ObservedSchedule, ObservedService, ScalingSettings};
use ops_model::ownership::{ENVIRONMENT_TAG, owned_by};
use ops_plan::import::{Found, FoundService, FoundTask, secret_places};
use serde_json::Value;

use crate::cloud::{Cloud, CloudError};

/// Services that are looked at side by side.
const SERVICES_AT_ONCE: usize = 8;

/// What is to be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRequest {
    /// Name that the environment is to have.
    pub environment: String,
    pub region: String,
    pub cluster: String,
    /// Empty: all of the cluster's.
    pub services: Vec<String>,
    /// Group of EventBridge Scheduler whose schedules run tasks in the cluster.
    pub schedule_group: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("{cluster} has no service called {}", missing.join(", "))]
    NoSuchService { cluster: String, missing: Vec<String>, there: Vec<String> },
    #[error("{cluster} has no services")]
    NoServices { cluster: String },
    #[error("service {service} belongs to environment {owner}")]
    OwnedByAnother { service: String, owner: String },
    #[error("cannot tag service {service}")]
    NotTagged {
        service: String,
        #[source]
        source: CloudError,
    },
    #[error("cannot read {what}")]
    Cloud {
        what: String,
        #[source]
        source: CloudError,
    },
}

fn reading(what: impl Into<String>) -> impl FnOnce(CloudError) -> ImportError {
    let what = what.into();
    |source| ImportError::Cloud { what, source }
}

/// Reads a cluster, or some services of it.
///
/// # Errors
/// What is not there, and what could not be read.
pub async fn find(cloud: &Cloud, request: &ImportRequest) -> Result<Found, ImportError> {
    let cluster = &request.cluster;
    let caller = cloud.identity.caller().await.map_err(reading("who the credentials are"))?;
    let described = match request.services.as_slice() {
        [] => cloud.containers.all_services(cluster).await,
        named => cloud.containers.describe_services(cluster, named).await,
    };
    let described = described.map_err(reading(format!("the services of {cluster}")))?;
    let known: BTreeSet<&String> = described.iter().map(|service| &service.name).collect();
    let missing: Vec<_> = request.services.iter().filter(|name| !known.contains(name)).cloned().collect();
    if !missing.is_empty() {
        let there = cloud.containers.all_services(cluster).await.unwrap_or_default();
        let there = there.into_iter().map(|service| service.name).collect();
        return Err(ImportError::NoSuchService { cluster: cluster.clone(), missing, there });
    }
    let Some(first) = described.first() else { return Err(ImportError::NoServices { cluster: cluster.clone() }) };
    let cluster_arn = cluster_arn(&first.arn, cluster);
    let scaling = cloud.scaling.scaling(cluster).await.map_err(reading(format!("the scaling of {cluster}")))?;
    let services = stream::iter(described)
        .map(|service| {
            let scaling = scaling.get(&service.name).cloned();
            found_service(cloud, cluster, service, scaling)
        })
        .buffered(SERVICES_AT_ONCE)
        .try_collect::<Vec<_>>()
        .await?;
    let tasks = match &request.schedule_group {
        Some(group) => found_tasks(cloud, request, group, &cluster_arn).await?,
        None => BTreeMap::new(),
    };
    let contents = services.iter().map(|service| &service.observed.task_definition.content);
    let contents = contents.chain(tasks.values().map(|task| &task.task_definition.content));
    let places: BTreeSet<String> =
        contents.flat_map(|content| secret_places(content, &caller.account, &request.region)).collect();
    let secrets = if places.is_empty() {
        BTreeMap::new()
    } else {
        cloud.secrets.secrets(&places).await.map_err(reading("the secrets"))?
    };
    Ok(Found {
        environment: request.environment.clone(),
        account: Some(caller.account),
        region: request.region.clone(),
        cluster_name: cluster.clone(),
        cluster_arn,
        services: services.into_iter().map(|service| (service.observed.name.clone(), service)).collect(),
        tasks,
        secrets,
        schedule_group: request.schedule_group.clone().unwrap_or_default(),
    })
}

/// `arn:aws:ecs:region:account:service/cluster/name` names the cluster, too.
fn cluster_arn(service_arn: &str, cluster: &str) -> String {
    match service_arn.split_once(":service/") {
        Some((before, _)) => format!("{before}:cluster/{cluster}"),
        None => String::new(),
    }
}

async fn found_service(
    cloud: &Cloud,
    cluster: &str,
    observed: ObservedService,
    scaling: Option<ScalingSettings>,
) -> Result<FoundService, ImportError> {
    let name = observed.name.clone();
    let group = match observed.settings.target_group_arns().next() {
        Some(arn) => cloud.targets.target_group(arn).await.map_err(reading(format!("the target group of {name}")))?,
        None => None,
    };
    let rule = match moving_rule(&observed) {
        Some(arn) => rule(cloud, &arn).await.map_err(reading(format!("the listener rule of {name}")))?,
        None => None,
    };
    let all_pinned =
        observed.task_definition.content.containers().all(|container| container.image().contains("@sha256:"));
    let digests = if all_pinned {
        BTreeMap::new()
    } else {
        digests(cloud, cluster, &observed).await.map_err(reading(format!("the tasks of {name}")))?
    };
    let (health_path, vpc_id) = group.map(|group| (group.health_path, group.vpc_id)).unwrap_or_default();
    Ok(FoundService { observed, scaling, digests, health_path, vpc_id, rule })
}

/// The rule that ECS moves the service's traffic by.
fn moving_rule(observed: &ObservedService) -> Option<String> {
    let balancers = observed.settings.0.get("loadBalancers").and_then(Value::as_array).into_iter().flatten();
    let mut rules = balancers.filter_map(|balancer| balancer.pointer("/advancedConfiguration/productionListenerRule"));
    rules.find_map(Value::as_str).map(str::to_owned)
}

async fn rule(cloud: &Cloud, arn: &str) -> Result<Option<ListenerRule>, CloudError> {
    let listener = arn.rsplit_once('/').map(|(listener, _)| listener.replacen(":listener-rule/", ":listener/", 1));
    let rules = match listener {
        Some(listener) => cloud.targets.listener_rules(&listener).await?,
        None => Vec::new(),
    };
    Ok(rules.into_iter().find(|rule| rule.arn == arn))
}

/// What the containers of the task that runs the service's revision really run.
async fn digests(
    cloud: &Cloud,
    cluster: &str,
    observed: &ObservedService,
) -> Result<BTreeMap<String, Digest>, CloudError> {
    let tasks = cloud.containers.tasks(cluster, &observed.name).await?;
    let runs =
        tasks.iter().find(|task| task.last_status == "RUNNING" && task.task_definition == observed.task_definition.arn);
    let containers = runs.into_iter().flat_map(|task| &task.containers);
    let digests = containers
        .filter_map(|container| Some((container.name.clone(), Digest::parse(container.image_digest.as_deref()?)?)));
    Ok(digests.collect())
}

/// Tasks that a group's schedules run in the cluster, by the name that each is to have: the schedule's without the
/// environment's before it.
async fn found_tasks(
    cloud: &Cloud,
    request: &ImportRequest,
    group: &str,
    cluster_arn: &str,
) -> Result<BTreeMap<String, FoundTask>, ImportError> {
    let schedules = cloud.schedules.schedules(group).await.map_err(reading(format!("the schedules of {group}")))?;
    let prefix = format!("{}-", request.environment);
    let mut tasks = BTreeMap::new();
    for (schedule_name, schedule) in schedules {
        let Some(family) = family_run(&schedule, cluster_arn) else { continue };
        let newest = cloud.containers.newest_task_definition(&family).await;
        let newest = newest.map_err(reading(format!("the task definition of schedule {schedule_name}")))?;
        let Some(task_definition) = newest else { continue };
        let name = schedule_name.strip_prefix(&prefix).unwrap_or(&schedule_name).to_owned();
        tasks.insert(name, FoundTask { schedule_name, schedule, task_definition });
    }
    Ok(tasks)
}

/// Family of the task definition that a schedule runs in this cluster.
fn family_run(schedule: &ObservedSchedule, cluster_arn: &str) -> Option<String> {
    let target = schedule.0.get("Target")?;
    if target.get("Arn")?.as_str()? != cluster_arn {
        return None;
    }
    let arn = target.pointer("/EcsParameters/TaskDefinitionArn")?.as_str()?;
    let (_, family) = arn.split_once(":task-definition/")?;
    Some(family.split(':').next().unwrap_or(family).to_owned())
}

/// Tags services as the environment's, so that ops may change them.
///
/// # Errors
/// One that belongs to another environment; then none is tagged.
pub async fn adopt<'a>(
    cloud: &Cloud,
    environment: &str,
    services: impl Iterator<Item = &'a ObservedService> + Clone,
) -> Result<Vec<String>, ImportError> {
    for service in services.clone() {
        if let Some(owner) = service.tags.get(ENVIRONMENT_TAG).filter(|owner| *owner != environment) {
            return Err(ImportError::OwnedByAnother { service: service.name.clone(), owner: owner.clone() });
        }
    }
    let tags = BTreeMap::from([(ENVIRONMENT_TAG.to_owned(), environment.to_owned())]);
    let mut adopted = Vec::new();
    for service in services.filter(|service| !owned_by(environment, &service.tags)) {
        let tagged = cloud.containers.tag(&service.arn, &tags).await;
        tagged.map_err(|source| ImportError::NotTagged { service: service.name.clone(), source })?;
        adopted.push(service.name.clone());
    }
    Ok(adopted)
}
