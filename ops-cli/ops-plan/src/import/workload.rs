//! A task definition as the declaration says it.

use std::collections::{BTreeMap, BTreeSet};

use ops_model::declaration::{
    Architecture, Capacity, CapacityShare, Container, DependencyCondition, Digest, Sidecar, Volume, Workload,
};
use ops_model::task_definition::TaskDefinition;
use serde_json::{Map, Value};

use super::artifacts::{Artifacts, ImageName};
use super::container::{self, Surroundings, container};
use super::member::{items, number, object, text};
use super::note::Note;
use super::secret::Secrets;
use super::sidecar::sidecar;
use super::volume::volumes;

/// What a workload is read from.
pub(super) struct Subject<'a> {
    /// `services.api` or `tasks.report`.
    pub(super) place: String,
    pub(super) name: &'a str,
    pub(super) cluster: &'a str,
    pub(super) content: &'a TaskDefinition,
    /// Container and port that the load balancer asks.
    pub(super) asked: Option<(&'a str, u16)>,
    pub(super) digests: &'a BTreeMap<String, Digest>,
    pub(super) secrets: Secrets<'a>,
    pub(super) tags: &'a BTreeMap<String, String>,
    /// Of the service or schedule, in the words of ECS.
    pub(super) settings: &'a Map<String, Value>,
}

/// What a task definition says of where it runs.
pub(super) struct Roles {
    pub(super) execution: String,
    pub(super) task: String,
    pub(super) log_group: String,
}

/// The container that the load balancer asks, or that is called like the service, or else the first essential one.
fn main_container<'a>(subject: &Subject<'a>) -> Option<&'a Map<String, Value>> {
    let containers = items(&subject.content.0, "containerDefinitions").iter().filter_map(Value::as_object);
    let all: Vec<_> = containers.collect();
    let called = |name: &str| all.iter().find(|one| text(one, "name") == Some(name));
    let essential = || all.iter().find(|one| one.get("essential") != Some(&Value::Bool(false)));
    subject
        .asked
        .and_then(|(name, _)| called(name))
        .or_else(|| called(subject.name))
        .or_else(essential)
        .or_else(|| all.first())
        .copied()
}

/// `None`: there is no container.
pub(super) fn workload(
    subject: &Subject<'_>,
    artifacts: &mut Artifacts,
    notes: &mut Vec<Note>,
) -> Option<(Workload, Roles)> {
    let document = &subject.content.0;
    let main = main_container(subject)?;
    let main_name = text(main, "name").unwrap_or_default();
    let all_volumes = volumes(document);
    let surroundings = Surroundings { secrets: subject.secrets, volumes: &all_volumes };
    let asked = subject.asked.filter(|(name, _)| *name == main_name).map(|(_, port)| port);
    let artifact = main_artifact(subject, main, artifacts, notes);
    let beside = items(document, "containerDefinitions").iter().filter_map(Value::as_object);
    let beside = beside.filter(|one| text(one, "name") != Some(main_name)).take(9);
    let containers: BTreeMap<_, _> = beside
        .filter_map(|one| {
            sidecar(surroundings, one, text(one, "name").and_then(|name| subject.digests.get(name)), artifacts)
        })
        .collect();
    let mut workload = Workload {
        container: container(surroundings, main, container::port(main, asked)),
        artifact,
        container_name: (main_name != subject.name).then(|| main_name.to_owned()),
        family: Some(subject.content.family())
            .filter(|family| *family != format!("{}-{}", subject.cluster, subject.name))
            .map(str::to_owned),
        cpu: 256,
        memory: 512,
        architecture: architecture(document),
        ephemeral_storage_gib: object(document, "ephemeralStorage").and_then(|it| number(it, "sizeInGiB", (21, 200))),
        volumes: BTreeMap::new(),
        containers,
        capacity: capacity(subject.settings),
        platform_version: text(subject.settings, "platformVersion")
            .filter(|version| is_platform_version(version))
            .map(str::to_owned),
        tags: subject
            .tags
            .iter()
            .filter(|(name, _)| is_tag(name))
            .map(|(name, tag)| (name.clone(), tag.clone()))
            .collect(),
    };
    match size(document) {
        Some((cpu, memory)) => (workload.cpu, workload.memory) = (cpu, memory),
        None => notes.push(Note::new(
            format!("{}.cpu", subject.place),
            "its tasks have no size of Fargate's; the overrides keep what is there",
        )),
    }
    keep_dependencies(&mut workload, main_name);
    workload.volumes = used_volumes(&workload, &all_volumes);
    let log_options = object(main, "logConfiguration").and_then(|it| object(it, "options"));
    let role = |member| text(document, member).unwrap_or_default().to_owned();
    let roles = Roles {
        execution: role("executionRoleArn"),
        task: role("taskRoleArn"),
        log_group: log_options.and_then(|it| text(it, "awslogs-group")).unwrap_or_default().to_owned(),
    };
    Some((workload, roles))
}

fn main_artifact(
    subject: &Subject<'_>,
    main: &Map<String, Value>,
    artifacts: &mut Artifacts,
    notes: &mut Vec<Note>,
) -> String {
    let written = text(main, "image").unwrap_or_default();
    let image = ImageName::parse(written).unwrap_or_else(|| ImageName {
        repository: format!("unknown.invalid/{}", subject.name),
        tag: None,
        digest: None,
    });
    let running = text(main, "name").and_then(|name| subject.digests.get(name));
    let digest = image.digest.as_ref().or(running);
    let artifact = artifacts.of(&image, digest, subject.name);
    let place = format!("{}.artifact", subject.place);
    match (image.digest.is_some() && image.tag.is_none(), digest) {
        (true, _) => {}
        (false, Some(_)) => notes.push(Note::new(
            place,
            format!(
                "the image is named by its tag, {written}: builds.yaml has the digest that runs, and the override of `image` \
                 keeps the name; remove that override to let `ops promote` decide what runs"
            ),
        )),
        (false, None) => notes.push(Note::new(
            place,
            format!(
                "nothing tells which digest {written} is: put a build of `{artifact}` into builds.yaml by `ops promote \
                 --image`, and remove the override of `image`"
            ),
        )),
    }
    artifact
}

fn architecture(document: &Map<String, Value>) -> Architecture {
    match object(document, "runtimePlatform").and_then(|it| text(it, "cpuArchitecture")) {
        Some("ARM64") => Architecture::Arm64,
        _ => Architecture::X86_64,
    }
}

/// CPU units and MiB, where Fargate has checked them.
fn size(document: &Map<String, Value>) -> Option<(u32, u32)> {
    let units = |member, (from, to): (u32, u32)| {
        text(document, member).and_then(|text| text.parse().ok()).filter(|number| (from..=to).contains(number))
    };
    let is_fargate = items(document, "requiresCompatibilities").iter().any(|one| one == "FARGATE");
    let size = (units("cpu", (256, 16384))?, units("memory", (512, 122_880))?);
    is_fargate.then_some(size)
}

/// Fargate and Fargate Spot. Fargate alone is what nobody has to say.
fn capacity(settings: &Map<String, Value>) -> Option<Capacity> {
    let strategy = items(settings, "capacityProviderStrategy");
    let mut capacity = Capacity { fargate: None, fargate_spot: None };
    for item in strategy {
        let item = item.as_object()?;
        // The only provider gets all tasks.
        let share = match strategy.len() {
            1 => CapacityShare { base: 0, weight: 1 },
            _ => CapacityShare {
                base: number(item, "base", (0, 100_000)).unwrap_or(0),
                weight: number(item, "weight", (0, 1000)).unwrap_or(0),
            },
        };
        match text(item, "capacityProvider") {
            Some("FARGATE") => capacity.fargate = Some(share),
            Some("FARGATE_SPOT") => capacity.fargate_spot = Some(share),
            _ => return None,
        }
    }
    let has_share = [capacity.fargate, capacity.fargate_spot].into_iter().flatten().any(|share| share.weight > 0);
    capacity.fargate_spot.is_some().then_some(capacity).filter(|_| has_share)
}

fn is_platform_version(version: &str) -> bool {
    let numbers: Option<Vec<u32>> =
        version.split('.').map(|part| part.parse().ok().filter(|number: &u32| number.to_string() == part)).collect();
    matches!(numbers.as_deref(), Some([major, minor, _]) if (*major, *minor) >= (1, 4))
}

fn is_tag(name: &str) -> bool {
    !name.starts_with("aws:")
        && !name.starts_with("slipway:")
        && (1..=128).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" _.:/=+@-".contains(&byte))
}

/// Containers wait for those that are declared, and for what these can reach; what else there is stays an override.
fn keep_dependencies(workload: &mut Workload, main_name: &str) {
    let mut reachable: Vec<(String, DependencyCondition)> = Vec::new();
    let mut reach = |name: &str, container: &Container, essential: bool| {
        let conditions = [
            (DependencyCondition::Start, true),
            (DependencyCondition::Healthy, container.health_check.is_some()),
            (DependencyCondition::Complete, !essential),
            (DependencyCondition::Success, !essential),
        ];
        let can = conditions.into_iter().filter(|(_, can)| *can);
        reachable.extend(can.map(|(condition, _)| (name.to_owned(), condition)));
    };
    reach(main_name, &workload.container, true);
    for (name, Sidecar { container, essential, .. }) in &workload.containers {
        reach(name, container, *essential);
    }
    let keep = |container: &mut Container| {
        let all = container.depends_on.iter().all(|(name, condition)| reachable.contains(&(name.clone(), *condition)));
        if !all {
            container.depends_on.clear();
        }
    };
    keep(&mut workload.container);
    workload.containers.values_mut().for_each(|sidecar| keep(&mut sidecar.container));
}

/// A volume that nobody mounts is not declared.
fn used_volumes(workload: &Workload, volumes: &BTreeMap<String, Volume>) -> BTreeMap<String, Volume> {
    let containers = workload.containers.values().map(|sidecar| &sidecar.container).chain([&workload.container]);
    let used: BTreeSet<_> =
        containers.flat_map(|container| container.mounts.values()).map(|mount| &mount.volume).collect();
    let mut used_volumes = volumes.clone();
    used_volumes.retain(|name, _| used.contains(name));
    used_volumes
}
