//! Containers of a manifest.

use std::collections::BTreeMap;

use ops_model::declaration::{
    Container, ContainerHealthCheck, ContainerLog, DependencyCondition, Digest, Mount, SecretPart, SecretReference,
    Sidecar, Volume, holds_secret,
};
use serde_json::Value;

use super::manifest::Section;
use crate::import::artifacts::{Artifacts, ImageName};
use crate::import::member::is_given_name;

/// A container: most of it stands in the manifest or sidecar itself, some of it under `image`.
pub(super) fn container(section: &mut Section, image: &mut Section, port: Option<u16>) -> Container {
    let mut checked = image.section("healthcheck");
    let health_check = health_check(&mut checked);
    image.close(checked);
    Container {
        entry_point: section.take_words("entrypoint"),
        command: section.take_words("command"),
        port,
        environment: variables(section),
        secrets: secrets(section),
        depends_on: depends_on(image),
        health_check,
        user: None,
        working_directory: None,
        readonly_root_filesystem: false,
        init_process: false,
        mounts: BTreeMap::new(),
        open_files: None,
        labels: labels(image),
        log: ContainerLog::default(),
        start_timeout_seconds: None,
        stop_timeout_seconds: None,
    }
}

pub(super) fn sidecars(
    manifest: &mut Section,
    artifacts: &Artifacts,
    volumes: &BTreeMap<String, Volume>,
) -> BTreeMap<String, Sidecar> {
    let mut sidecars = BTreeMap::new();
    for (name, mut section) in manifest.sections("sidecars") {
        let image = section.take_text("image").and_then(|image| ImageName::parse(&image));
        let digest: Option<Digest> = image.as_ref().and_then(|image| image.digest.clone());
        let (Some(image), Some(digest), true) = (image, digest, is_given_name(&name)) else {
            section.note(
                "image",
                "the sidecar is not taken over: it needs a short name in small letters, and an image with its digest",
            );
            section.entries();
            manifest.close(section);
            continue;
        };
        let port = section.take_number("port", (1, 65535)).and_then(|port| u16::try_from(port).ok());
        // A sidecar says beside its image what the main container says below it.
        let mut container = {
            let mut checked = section.section("healthcheck");
            let health_check = health_check(&mut checked);
            section.close(checked);
            let depends_on = depends_on(&mut section);
            let labels = labels(&mut section);
            let mut nothing = section.section("image");
            let mut container = container(&mut section, &mut nothing, port);
            (container.health_check, container.depends_on, container.labels) = (health_check, depends_on, labels);
            container
        };
        let points = section.take_as("mount_points", |value| {
            let points = value.as_array()?.iter().map(|point| {
                let volume = point.get("source_volume")?.as_str().filter(|volume| volumes.contains_key(*volume))?;
                let path = point.get("path")?.as_str().filter(|path| path.starts_with('/'))?;
                let readonly = point.get("read_only").and_then(Value::as_bool).unwrap_or(true);
                Some((path.to_owned(), Mount { volume: volume.to_owned(), readonly }))
            });
            points.collect::<Option<BTreeMap<_, _>>>()
        });
        container.mounts = points.unwrap_or_default();
        let artifact = artifacts.find(&image, &digest).map(str::to_owned);
        let sidecar = Sidecar {
            container,
            image: artifact.is_none().then(|| format!("{}@{digest}", image.repository)),
            artifact,
            essential: section.take_boolean("essential").unwrap_or(true),
            cpu: None,
            memory: None,
            memory_reservation: None,
        };
        manifest.close(section);
        sidecars.insert(name, sidecar);
    }
    sidecars
}

/// A container waits for those that were taken over.
pub(super) fn keep_dependencies(main: &mut Container, sidecars: &BTreeMap<String, Sidecar>, manifest: &mut Section) {
    main.depends_on.retain(|name, condition| {
        let reachable = sidecars.get(name).is_some_and(|sidecar| match condition {
            DependencyCondition::Start => true,
            DependencyCondition::Healthy => sidecar.container.health_check.is_some(),
            DependencyCondition::Complete | DependencyCondition::Success => !sidecar.essential,
        });
        if !reachable {
            manifest.note(
                "image.depends_on",
                format!("`{name}` is not taken over: it never gets that far, or is not there"),
            );
        }
        reachable
    });
}

fn health_check(section: &mut Section) -> Option<ContainerHealthCheck> {
    let command = section.take_words("command");
    let command = match command.as_slice() {
        [] => return None,
        [form, program @ ..] if form == "CMD" && !program.is_empty() => program.to_vec(),
        [form, line] if form == "CMD-SHELL" => vec!["/bin/sh".to_owned(), "-c".to_owned(), line.clone()],
        words => vec!["/bin/sh".to_owned(), "-c".to_owned(), words.join(" ")],
    };
    let mut bounded = |key, (from, to): (u32, u32), default| {
        section.take_seconds(key).filter(|seconds| (from..=to).contains(seconds)).unwrap_or(default)
    };
    // Copilot's own defaults.
    let interval_seconds = bounded("interval", (5, 300), 10);
    let timeout_seconds = bounded("timeout", (2, 60), 5);
    let start_seconds = bounded("start_period", (0, 300), 0);
    let retries = section.take_number("retries", (1, 10)).unwrap_or(2);
    Some(ContainerHealthCheck { command, interval_seconds, timeout_seconds, retries, start_seconds })
}

fn is_variable(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn variables(section: &mut Section) -> BTreeMap<String, String> {
    let mut inner = section.section("variables");
    let mut variables = BTreeMap::new();
    for (name, value) in inner.entries() {
        let text = match value {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(switch) => Some(switch.to_string()),
            _ => None,
        };
        match text {
            Some(text) if holds_secret(&name, &text) => inner.note(
                &name,
                "a secret stands here in plain: it was not copied; put it into SSM or Secrets Manager, name it under \
                 `secrets:`, and replace it",
            ),
            Some(text) if is_variable(&name) => {
                variables.insert(name, text);
            }
            _ => inner.note(&name, "not taken over: a variable is a name and a value"),
        }
    }
    section.close(inner);
    variables
}

fn secrets(section: &mut Section) -> BTreeMap<String, SecretReference> {
    let mut inner = section.section("secrets");
    let mut secrets = BTreeMap::new();
    for (name, value) in inner.entries() {
        let reference = match &value {
            Value::String(parameter) => {
                Some(SecretReference::Place(format!("ssm:/{}", parameter.trim_start_matches('/'))))
            }
            Value::Object(members) => members.get("secretsmanager").and_then(Value::as_str).map(of_secrets_manager),
            _ => None,
        };
        let is_place = |reference: &SecretReference| {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"/_.:-+=@".contains(&byte);
            reference.place().bytes().all(allowed)
                && !reference.place().contains("//")
                && !reference.place().ends_with('/')
        };
        match reference.filter(|reference| is_variable(&name) && is_place(reference)) {
            Some(reference) => {
                secrets.insert(name, reference);
            }
            None => inner.note(
                &name,
                "not taken over: name the parameter or the secret itself, as `ssm:/path` or `secretsmanager:name`",
            ),
        }
    }
    section.close(inner);
    secrets
}

/// `name:key::`, of which only the name has to be there.
fn of_secrets_manager(written: &str) -> SecretReference {
    let mut parts = written.split(':');
    let from = format!("secretsmanager:{}", parts.next().unwrap_or_default());
    match parts.next().filter(|key| !key.is_empty()) {
        Some(key) => SecretReference::Part(SecretPart { from, key: Some(key.to_owned()), version: None }),
        None => SecretReference::Place(from),
    }
}

fn depends_on(section: &mut Section) -> BTreeMap<String, DependencyCondition> {
    let all = section.take_as("depends_on", |value| {
        let pairs = value.as_object()?.iter().map(|(name, condition)| {
            let condition = match condition.as_str()?.to_ascii_lowercase().as_str() {
                "start" => DependencyCondition::Start,
                "complete" => DependencyCondition::Complete,
                "success" => DependencyCondition::Success,
                "healthy" => DependencyCondition::Healthy,
                _ => return None,
            };
            Some((name.clone(), condition))
        });
        pairs.collect::<Option<_>>()
    });
    all.unwrap_or_default()
}

fn labels(section: &mut Section) -> BTreeMap<String, String> {
    let labels = section.take_as("labels", |value| {
        let pairs = value.as_object()?.iter().map(|(name, text)| {
            let text = text
                .as_str()
                .filter(|text| !name.is_empty() && !name.starts_with("slipway.") && !holds_secret(name, text))?;
            Some((name.clone(), text.to_owned()))
        });
        pairs.collect::<Option<_>>()
    });
    labels.unwrap_or_default()
}
