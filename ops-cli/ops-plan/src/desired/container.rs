//! One container of a task definition.

use ops_model::declaration::{
    ConnectProtocol, Container, ContainerHealthCheck, ContainerLog, DependencyCondition, Mount, Sidecar,
};
use serde_json::{Map, Value, json};

use super::secret::{Secrets, VERSION_LABEL};

/// What a container is rendered with.
pub(super) struct Surroundings<'a> {
    pub(super) secrets: Secrets<'a>,
    pub(super) log_group: &'a str,
    pub(super) region: &'a str,
    /// Name of the service or task: the beginning of its log streams.
    pub(super) workload: &'a str,
}

/// The port of the main container under the name that Service Connect knows it by.
pub(super) struct ConnectedPort<'a> {
    pub(super) name: &'a str,
    pub(super) protocol: ConnectProtocol,
}

/// A container that stands beside the main one.
pub(super) fn sidecar(surroundings: &Surroundings<'_>, name: &str, image: &str, sidecar: &Sidecar) -> Value {
    // Destructured without `..`, so that a new field has to be decided on here.
    let Sidecar { container: declared, artifact: _, image: _, essential, cpu, memory, memory_reservation } = sidecar;
    let mut document = container(surroundings, name, image, declared, None);
    document.insert("essential".to_owned(), json!(essential));
    put(&mut document, "cpu", cpu);
    put(&mut document, "memory", memory);
    put(&mut document, "memoryReservation", memory_reservation);
    Value::Object(document)
}

pub(super) fn container(
    surroundings: &Surroundings<'_>,
    name: &str,
    image: &str,
    declared: &Container,
    connected: Option<&ConnectedPort<'_>>,
) -> Map<String, Value> {
    // Destructured without `..`, so that a new field has to be decided on here.
    let Container {
        entry_point,
        command,
        port,
        environment,
        secrets,
        depends_on,
        health_check,
        user,
        working_directory,
        readonly_root_filesystem,
        init_process,
        mounts,
        open_files,
        labels,
        log,
        start_timeout_seconds,
        stop_timeout_seconds,
    } = declared;
    let mut document = Map::from_iter([
        ("name".to_owned(), json!(name)),
        ("image".to_owned(), json!(image)),
        ("essential".to_owned(), json!(true)),
        ("readonlyRootFilesystem".to_owned(), json!(readonly_root_filesystem)),
        ("logConfiguration".to_owned(), log_configuration(surroundings, log)),
    ]);
    put_list(&mut document, "entryPoint", entry_point.iter().map(|word| json!(word)).collect());
    put_list(&mut document, "command", command.iter().map(|word| json!(word)).collect());
    put_list(&mut document, "portMappings", port.iter().map(|port| port_mapping(*port, connected)).collect());
    let variables = environment.iter().map(|(name, value)| json!({"name": name, "value": value}));
    put_list(&mut document, "environment", variables.collect());
    let from = secrets
        .iter()
        .map(|(name, reference)| json!({"name": name, "valueFrom": surroundings.secrets.value_from(reference)}));
    put_list(&mut document, "secrets", from.collect());
    let dependencies = depends_on
        .iter()
        .map(|(container, condition)| json!({"containerName": container, "condition": condition_name(*condition)}));
    put_list(&mut document, "dependsOn", dependencies.collect());
    put(&mut document, "healthCheck", &health_check.as_ref().map(health_check_document));
    put(&mut document, "user", user);
    put(&mut document, "workingDirectory", working_directory);
    put(&mut document, "linuxParameters", &init_process.then(|| json!({"initProcessEnabled": true})));
    let points = mounts.iter().map(|(path, Mount { volume, readonly })| {
        json!({"containerPath": path, "sourceVolume": volume, "readOnly": readonly})
    });
    put_list(&mut document, "mountPoints", points.collect());
    let limits = open_files.iter().map(|limit| json!({"name": "nofile", "softLimit": limit, "hardLimit": limit}));
    put_list(&mut document, "ulimits", limits.collect());
    let mut all_labels: Map<String, Value> = labels.iter().map(|(name, text)| (name.clone(), json!(text))).collect();
    all_labels.extend(secrets.iter().filter_map(|(variable, reference)| {
        Some((format!("{VERSION_LABEL}{variable}"), json!(surroundings.secrets.version(reference)?)))
    }));
    put(&mut document, "dockerLabels", &(!all_labels.is_empty()).then_some(all_labels));
    put(&mut document, "startTimeout", start_timeout_seconds);
    put(&mut document, "stopTimeout", stop_timeout_seconds);
    document
}

fn port_mapping(port: u16, connected: Option<&ConnectedPort<'_>>) -> Value {
    let mut mapping = Map::from_iter([
        ("containerPort".to_owned(), json!(port)),
        ("hostPort".to_owned(), json!(port)),
        ("protocol".to_owned(), json!("tcp")),
    ]);
    if let Some(ConnectedPort { name, protocol }) = connected {
        mapping.insert("name".to_owned(), json!(name));
        let protocol = match protocol {
            ConnectProtocol::Tcp => None,
            ConnectProtocol::Http => Some("http"),
            ConnectProtocol::Http2 => Some("http2"),
            ConnectProtocol::Grpc => Some("grpc"),
        };
        put(&mut mapping, "appProtocol", &protocol);
    }
    Value::Object(mapping)
}

fn condition_name(condition: DependencyCondition) -> &'static str {
    match condition {
        DependencyCondition::Start => "START",
        DependencyCondition::Complete => "COMPLETE",
        DependencyCondition::Success => "SUCCESS",
        DependencyCondition::Healthy => "HEALTHY",
    }
}

fn health_check_document(check: &ContainerHealthCheck) -> Value {
    let ContainerHealthCheck { command, interval_seconds, timeout_seconds, retries, start_seconds } = check;
    let command: Vec<&str> = std::iter::once("CMD").chain(command.iter().map(String::as_str)).collect();
    json!({
        "command": command, "interval": interval_seconds, "timeout": timeout_seconds, "retries": retries,
        "startPeriod": start_seconds,
    })
}

fn log_configuration(surroundings: &Surroundings<'_>, log: &ContainerLog) -> Value {
    let ContainerLog { drop_after_mib, multiline_pattern } = log;
    let mut options = Map::from_iter([
        ("awslogs-group".to_owned(), json!(surroundings.log_group)),
        ("awslogs-region".to_owned(), json!(surroundings.region)),
        ("awslogs-stream-prefix".to_owned(), json!(surroundings.workload)),
    ]);
    if let Some(mib) = drop_after_mib {
        options.insert("mode".to_owned(), json!("non-blocking"));
        options.insert("max-buffer-size".to_owned(), json!(format!("{mib}m")));
    }
    put(&mut options, "awslogs-multiline-pattern", multiline_pattern);
    json!({"logDriver": "awslogs", "options": options})
}

/// Members that nothing is said of are left out.
pub(super) fn put<T: serde::Serialize>(document: &mut Map<String, Value>, member: &str, value: &Option<T>) {
    if let Some(value) = value {
        document.insert(member.to_owned(), json!(value));
    }
}

pub(super) fn put_list(document: &mut Map<String, Value>, member: &str, items: Vec<Value>) {
    put(document, member, &(!items.is_empty()).then_some(items));
}
