//! Reads a manifest of the [AWS Copilot CLI](https://aws.github.io/copilot-cli/docs/manifest/overview/): a service or a
//! scheduled job in words of its own. What is not taken over is a note, key by key.

mod container;
mod count;
mod http;
mod manifest;
mod schedule;
mod storage;

use ops_model::declaration::{Deployment, Service, ServiceOverrides, Task, TaskOverrides, Workload};

use self::manifest::Section;
use super::artifacts::{Artifacts, ImageName};
use super::assembly::{Imported, empty};
use super::ecspresso::NamedText;
use super::found::Found;
use super::member::is_given_name;
use super::note::Note;
use super::read_error::{ReadError, parse};

/// What a manifest does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Name that the environment is to have.
    pub environment: String,
    /// Environment of Copilot whose `environments:` section counts, if any.
    pub from_environment: Option<String>,
    pub region: String,
    pub account: Option<String>,
}

/// Reads a manifest into a declaration.
///
/// # Errors
/// A file that cannot be read, or a sort of service that ops does not run.
pub fn import(target: &Target, file: NamedText<'_>) -> Result<Imported, ReadError> {
    let found = Found {
        environment: target.environment.clone(),
        account: target.account.clone(),
        region: target.region.clone(),
        ..Found::default()
    };
    let mut imported = empty(&found);
    let whole = parse(file.name, file.text)?;
    let mut manifest = Section::manifest(file.name, whole, target.from_environment.as_deref())?;
    let missing = |key| ReadError::Missing { file: file.name.to_owned(), key };
    let name = manifest.take_text("name").ok_or_else(|| missing("name"))?;
    let sort = manifest.take_text("type").ok_or_else(|| missing("type"))?;
    let unsupported = |key: &str, why: &str| ReadError::Unsupported {
        file: file.name.to_owned(),
        key: key.to_owned(),
        why: why.to_owned(),
    };
    if !is_given_name(&name) {
        return Err(unsupported("name", "a name is at most 24 lower-case letters, digits and hyphens"));
    }
    let mut artifacts = Artifacts::default();
    match sort.as_str() {
        "Load Balanced Web Service" | "Backend Service" | "Worker Service" => {
            let service = service(&name, sort == "Load Balanced Web Service", &mut manifest, &mut artifacts);
            imported.environment.services.insert(name.clone(), service);
        }
        "Scheduled Job" => {
            let task = job(&name, &mut manifest, &mut artifacts);
            imported.environment.tasks.insert(name.clone(), task);
        }
        _ => return Err(unsupported("type", "ops runs services on Fargate and scheduled tasks")),
    }
    imported.notes = manifest.finish();
    for artifact in artifacts.unpinned() {
        imported.notes.push(Note::new(
            format!("{}: image", file.name),
            format!(
                "put a build of `{artifact}` into builds.yaml: `ops promote {} --image {artifact}=…`",
                target.environment
            ),
        ));
    }
    imported.builds = artifacts.builds();
    imported.unpinned = artifacts.unpinned();
    imported.declare_entrances();
    imported.notes.sort();
    Ok(imported)
}

fn service(name: &str, is_public: bool, manifest: &mut Section, artifacts: &mut Artifacts) -> Service {
    let mut workload = workload(name, manifest, artifacts);
    let counted = count::count(manifest);
    workload.capacity = counted.capacity;
    let (public, grace_seconds) = http::http(name, is_public, manifest);
    if public.is_some() && workload.container.port.is_none() {
        workload.container.port = Some(80);
        manifest.note("image.port", "a public service needs a port: 80 is a guess");
    }
    let connect = http::connect(manifest);
    let exec = manifest.take_boolean("exec").unwrap_or(false);
    if exec && workload.container.readonly_root_filesystem {
        manifest.note("exec", "a shell needs a file system that can be written: `readonly_root_filesystem` is false");
        workload.container.readonly_root_filesystem = false;
    }
    let mut deployment = deployment(manifest);
    if let Some(seconds) = grace_seconds {
        deployment.grace_seconds = seconds;
    }
    Service {
        workload,
        count: counted.count,
        public,
        connect,
        exec,
        deployment,
        scaling: counted.scaling,
        after: Vec::new(),
        overrides: ServiceOverrides::default(),
    }
}

fn job(name: &str, manifest: &mut Section, artifacts: &mut Artifacts) -> Task {
    let workload = workload(name, manifest, artifacts);
    let schedule = schedule::schedule(manifest);
    let timeout_seconds = manifest.take_seconds("timeout").filter(|it| (30..=86400).contains(it)).unwrap_or(3600);
    Task { workload, before: Vec::new(), timeout_seconds, schedule, overrides: TaskOverrides::default() }
}

fn workload(name: &str, manifest: &mut Section, artifacts: &mut Artifacts) -> Workload {
    let mut image = manifest.section("image");
    let written = image.take_text("location");
    if written.is_none() {
        // Copilot builds it from here; ops runs what CI has built.
        image.take("build");
        image.note("build", "ops builds no images: build it in CI and promote it by its digest");
    }
    let parsed = written.as_deref().and_then(ImageName::parse).unwrap_or_else(|| ImageName {
        repository: format!("unknown.invalid/{name}"),
        tag: None,
        digest: None,
    });
    let artifact = artifacts.of(&parsed, parsed.digest.as_ref(), name);
    let port = image.take_number("port", (1, 65535)).and_then(|port| u16::try_from(port).ok());
    let storage = storage::storage(manifest);
    let mut main = container::container(manifest, &mut image, port);
    manifest.close(image);
    main.mounts = storage.mounts;
    main.readonly_root_filesystem = storage.readonly;
    let containers = container::sidecars(manifest, artifacts, &storage.volumes);
    container::keep_dependencies(&mut main, &containers, manifest);
    let cpu = manifest.take_number("cpu", (256, 16384)).unwrap_or(256);
    Workload {
        container: main,
        artifact,
        container_name: None,
        family: None,
        cpu,
        memory: manifest.take_number("memory", (512, 122_880)).unwrap_or(512),
        architecture: count::architecture(manifest),
        ephemeral_storage_gib: storage.ephemeral_gib,
        volumes: storage.volumes,
        containers,
        capacity: None,
        platform_version: None,
        tags: std::collections::BTreeMap::new(),
    }
}

fn deployment(manifest: &mut Section) -> Deployment {
    let mut section = manifest.section("deployment");
    let mut deployment = Deployment::default();
    match section.take_text("rolling").as_deref() {
        Some("recreate") => (deployment.minimum_healthy_percent, deployment.maximum_percent) = (0, 100),
        None | Some("default") => {}
        Some(_) => section.note("rolling", "not taken over: only `default` and `recreate` are known"),
    }
    deployment.alarms = section.take_words("rollback_alarms").into_iter().collect();
    manifest.close(section);
    deployment
}
