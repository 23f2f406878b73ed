//! One container of a task definition as the declaration says it.

use std::collections::{BTreeMap, BTreeSet};

use ops_model::declaration::{
    Container, ContainerHealthCheck, ContainerLog, DependencyCondition, Mount, SecretReference, Volume,
};
use serde_json::{Map, Value};

use super::member::{is_true, items, number, object, text, words};
use super::secret::Secrets;

/// What containers of one task are read with.
#[derive(Clone, Copy)]
pub(super) struct Surroundings<'a> {
    pub(super) secrets: Secrets<'a>,
    pub(super) volumes: &'a BTreeMap<String, Volume>,
}

/// What is left out here is found when the result is rendered and compared.
pub(super) fn container(surroundings: Surroundings<'_>, document: &Map<String, Value>, port: Option<u16>) -> Container {
    Container {
        entry_point: words(document, "entryPoint"),
        command: words(document, "command"),
        port,
        environment: variables(document),
        secrets: secrets(document, surroundings.secrets),
        depends_on: dependencies(document),
        health_check: object(document, "healthCheck").and_then(health_check),
        user: text(document, "user").map(str::to_owned),
        working_directory: text(document, "workingDirectory").filter(|path| path.starts_with('/')).map(str::to_owned),
        readonly_root_filesystem: is_true(document, "readonlyRootFilesystem"),
        init_process: object(document, "linuxParameters").is_some_and(|linux| is_true(linux, "initProcessEnabled")),
        mounts: mounts(document, surroundings.volumes),
        open_files: open_files(document),
        labels: labels(document),
        log: log(document),
        start_timeout_seconds: number(document, "startTimeout", (2, 120)),
        stop_timeout_seconds: number(document, "stopTimeout", (2, 120)),
    }
}

/// The first TCP port, or the one that the load balancer asks.
pub(super) fn port(document: &Map<String, Value>, asked: Option<u16>) -> Option<u16> {
    let mappings = items(document, "portMappings").iter().filter_map(Value::as_object);
    let tcp = mappings.filter(|mapping| text(mapping, "protocol").is_none_or(|protocol| protocol == "tcp"));
    let mut ports = tcp
        .filter_map(|mapping| number(mapping, "containerPort", (1, 65535)))
        .filter_map(|port| u16::try_from(port).ok());
    match asked {
        Some(asked) => ports.find(|port| *port == asked),
        None => ports.next(),
    }
}

/// Name and value of each pair of a list; the declaration has each name once.
fn pairs<'a>(document: &'a Map<String, Value>, member: &str, name: &str, value: &str) -> Vec<(&'a str, &'a str)> {
    let pairs: Vec<_> = items(document, member)
        .iter()
        .filter_map(|pair| Some((pair.get(name)?.as_str()?, pair.get(value)?.as_str()?)))
        .collect();
    let mut seen = BTreeSet::new();
    let twice: BTreeSet<_> = pairs.iter().map(|(name, _)| *name).filter(|name| !seen.insert(*name)).collect();
    pairs.into_iter().filter(|(name, _)| !twice.contains(name)).collect()
}

/// Whether the declaration takes the name of a variable.
fn is_variable(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn variables(document: &Map<String, Value>) -> BTreeMap<String, String> {
    // Under `environment` that would be a slip: the program would get the place and not the secret.
    let is_place = |value: &str| value.starts_with("ssm:") || value.starts_with("secretsmanager:");
    let said = pairs(document, "environment", "name", "value").into_iter();
    let said = said.filter(|(name, value)| is_variable(name) && !is_place(value));
    said.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn secrets(document: &Map<String, Value>, places: Secrets<'_>) -> BTreeMap<String, SecretReference> {
    let said = pairs(document, "secrets", "name", "valueFrom").into_iter().filter(|(name, _)| is_variable(name));
    said.filter_map(|(name, from)| Some((name.to_owned(), places.reference(from)?))).collect()
}

fn dependencies(document: &Map<String, Value>) -> BTreeMap<String, DependencyCondition> {
    let all = pairs(document, "dependsOn", "containerName", "condition").into_iter().map(|(name, condition)| {
        let condition = match condition {
            "START" => DependencyCondition::Start,
            "COMPLETE" => DependencyCondition::Complete,
            "SUCCESS" => DependencyCondition::Success,
            "HEALTHY" => DependencyCondition::Healthy,
            _ => return None,
        };
        Some((name.to_owned(), condition))
    });
    all.collect::<Option<_>>().unwrap_or_default()
}

/// A command for the shell is one of the shell's: the same check, though not the same text.
fn health_check(document: &Map<String, Value>) -> Option<ContainerHealthCheck> {
    let command = words(document, "command");
    let command = match command.as_slice() {
        [form, program @ ..] if form == "CMD" && !program.is_empty() => program.to_vec(),
        [form, line] if form == "CMD-SHELL" => vec!["/bin/sh".to_owned(), "-c".to_owned(), line.clone()],
        _ => return None,
    };
    let seconds = |member, bounds, default| match document.get(member) {
        None | Some(Value::Null) => Some(default),
        Some(_) => number(document, member, bounds),
    };
    Some(ContainerHealthCheck {
        command,
        interval_seconds: seconds("interval", (5, 300), 30)?,
        timeout_seconds: seconds("timeout", (2, 60), 5)?,
        retries: seconds("retries", (1, 10), 3)?,
        start_seconds: seconds("startPeriod", (0, 300), 0)?,
    })
}

/// All mounts, or none: a list without names is overridden as a whole.
fn mounts(document: &Map<String, Value>, volumes: &BTreeMap<String, Volume>) -> BTreeMap<String, Mount> {
    let points = items(document, "mountPoints");
    let mounts = points.iter().filter_map(Value::as_object).map(|point| {
        let path = text(point, "containerPath").filter(|path| path.starts_with('/') && path.len() > 1)?;
        let volume = text(point, "sourceVolume").filter(|volume| volumes.contains_key(*volume))?;
        Some((path.to_owned(), Mount { volume: volume.to_owned(), readonly: is_true(point, "readOnly") }))
    });
    let mounts: BTreeMap<_, _> = mounts.collect::<Option<_>>().unwrap_or_default();
    if mounts.len() == points.len() { mounts } else { BTreeMap::new() }
}

fn open_files(document: &Map<String, Value>) -> Option<u32> {
    let [Value::Object(limit)] = items(document, "ulimits") else { return None };
    let bounds = (1, 1_048_576);
    let soft = number(limit, "softLimit", bounds)?;
    (text(limit, "name") == Some("nofile") && number(limit, "hardLimit", bounds) == Some(soft)).then_some(soft)
}

fn labels(document: &Map<String, Value>) -> BTreeMap<String, String> {
    let labels = object(document, "dockerLabels").into_iter().flatten();
    let own = labels.filter(|(name, _)| !name.is_empty() && !name.starts_with("slipway."));
    own.filter_map(|(name, text)| Some((name.clone(), text.as_str()?.to_owned()))).collect()
}

fn log(document: &Map<String, Value>) -> ContainerLog {
    let configuration = object(document, "logConfiguration").filter(|it| text(it, "logDriver") == Some("awslogs"));
    let Some(options) = configuration.and_then(|it| object(it, "options")) else { return ContainerLog::default() };
    let buffer = text(options, "max-buffer-size").filter(|_| text(options, "mode") == Some("non-blocking"));
    let mib = buffer.and_then(|size| size.strip_suffix('m')?.parse().ok());
    ContainerLog {
        drop_after_mib: mib.filter(|mib| (1..=512).contains(mib)),
        multiline_pattern: text(options, "awslogs-multiline-pattern").map(str::to_owned),
    }
}
