//! The task definition of a service or task.

use ops_model::declaration::{Architecture, Build, Builds, Connect, FileSystem, Volume, Workload};
use ops_model::task_definition::TaskDefinition;
use serde_json::{Map, Value, json};

use super::Waits;
use super::container::{ConnectedPort, Surroundings, container, put, put_list, sidecar};
use super::merge::merge;

/// The roles that a task runs with.
pub(super) struct Roles<'a> {
    pub(super) execution: &'a str,
    pub(super) task: &'a str,
}

/// What is rendered.
pub(super) struct Subject<'a> {
    pub(super) main_container: &'a str,
    pub(super) family: String,
    pub(super) workload: &'a Workload,
    /// How other services reach it.
    pub(super) connect: Option<&'a Connect>,
    pub(super) builds: &'a Builds,
    pub(super) roles: Roles<'a>,
    pub(super) surroundings: Surroundings<'a>,
    pub(super) overrides: &'a Map<String, Value>,
}

/// # Errors
///
/// The artifact that has no build yet.
pub(super) fn render(subject: &Subject<'_>) -> Result<TaskDefinition, Waits> {
    // Destructured without `..`, so that a new field has to be decided on here.
    let Workload {
        container: main,
        artifact,
        // The name of the main container and the family are the caller's.
        container_name: _,
        family: _,
        cpu,
        memory,
        architecture,
        ephemeral_storage_gib,
        volumes,
        containers,
        // Of the tasks, not of the task definition.
        capacity: _,
        platform_version: _,
        tags: _,
    } = subject.workload;
    let connected = subject
        .connect
        .filter(|_| main.port.is_some())
        .map(|connect| ConnectedPort { name: subject.main_container, protocol: connect.protocol });
    let image = pinned_image(subject.builds, artifact)?;
    let mut definitions =
        vec![Value::Object(container(&subject.surroundings, subject.main_container, &image, main, connected.as_ref()))];
    for (name, declared) in containers {
        let image = match (&declared.artifact, &declared.image) {
            (Some(artifact), _) => pinned_image(subject.builds, artifact)?,
            // `ops check` refuses a sidecar with neither.
            (None, image) => image.clone().unwrap_or_default(),
        };
        definitions.push(sidecar(&subject.surroundings, name, &image, declared));
    }
    let architecture = match architecture {
        Architecture::X86_64 => "X86_64",
        Architecture::Arm64 => "ARM64",
    };
    let mut document = Map::from_iter([
        ("family".to_owned(), json!(subject.family)),
        ("cpu".to_owned(), json!(cpu.to_string())),
        ("memory".to_owned(), json!(memory.to_string())),
        ("executionRoleArn".to_owned(), json!(subject.roles.execution)),
        ("taskRoleArn".to_owned(), json!(subject.roles.task)),
        ("networkMode".to_owned(), json!("awsvpc")),
        ("requiresCompatibilities".to_owned(), json!(["FARGATE"])),
        ("runtimePlatform".to_owned(), json!({"cpuArchitecture": architecture, "operatingSystemFamily": "LINUX"})),
        ("containerDefinitions".to_owned(), Value::Array(definitions)),
    ]);
    put(&mut document, "ephemeralStorage", &ephemeral_storage_gib.map(|size| json!({"sizeInGiB": size})));
    put_list(&mut document, "volumes", volumes.iter().map(|(name, volume)| volume_document(name, volume)).collect());
    merge(&mut document, subject.overrides);
    Ok(TaskDefinition(document))
}

/// `ops check` refuses a container of a bundle.
fn pinned_image(builds: &Builds, artifact: &str) -> Result<String, Waits> {
    let image = builds.artifacts.get(artifact).and_then(Build::pinned_image);
    image.ok_or_else(|| Waits::ForBuild { artifact: artifact.to_owned() })
}

fn volume_document(name: &str, Volume { efs }: &Volume) -> Value {
    let Some(FileSystem { file_system, access_point, path, iam }) = efs else { return json!({"name": name}) };
    let mut authorization = Map::new();
    put(&mut authorization, "accessPointId", access_point);
    put(&mut authorization, "iam", &iam.then_some("ENABLED"));
    let mut configuration = Map::from_iter([
        ("fileSystemId".to_owned(), json!(file_system)),
        ("transitEncryption".to_owned(), json!("ENABLED")),
    ]);
    put(&mut configuration, "rootDirectory", path);
    put(&mut configuration, "authorizationConfig", &(!authorization.is_empty()).then_some(authorization));
    json!({"name": name, "efsVolumeConfiguration": configuration})
}
