use std::collections::{BTreeMap, HashMap};

use aws_sdk_ecs::types::{
    ContainerDefinition, KeyValuePair, LogConfiguration, LogDriver, PortMapping, Secret, TransportProtocol,
};
use ops_model::task_definition::{Container, LogDestination};
use serde_json::json;

use crate::other_settings::OtherSettings;

const LOG_GROUP: &str = "awslogs-group";
const LOG_REGION: &str = "awslogs-region";
const LOG_STREAM_PREFIX: &str = "awslogs-stream-prefix";

pub(super) fn to_sdk(container: &Container) -> Result<ContainerDefinition, String> {
    let Container { name, image, command, essential, port, environment, secrets, readonly_root_filesystem, log, other } =
        container;
    if let Some(setting) = other.keys().next() {
        return Err(format!("{setting} of container {name} cannot be registered: the declaration has no name for it"));
    }
    let environment = environment.iter().map(|(name, value)| KeyValuePair::builder().name(name).value(value).build());
    let secrets = secrets.iter().map(|(name, arn)| Secret::builder().name(name).value_from(arn).build());
    let secrets = secrets.collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?;
    let port = port.map(|port| {
        PortMapping::builder()
            .container_port(port.into())
            .host_port(port.into())
            .protocol(TransportProtocol::Tcp)
            .build()
    });
    Ok(ContainerDefinition::builder()
        .name(name)
        .image(image)
        .set_command((!command.is_empty()).then(|| command.clone()))
        .essential(*essential)
        .set_port_mappings(port.map(|port| vec![port]))
        .set_environment(Some(environment.collect()))
        .set_secrets(Some(secrets))
        .readonly_root_filesystem(*readonly_root_filesystem)
        .set_log_configuration(log.as_ref().map(log_to_sdk).transpose()?)
        .build())
}

fn log_to_sdk(log: &LogDestination) -> Result<LogConfiguration, String> {
    let LogDestination { group, region, stream_prefix } = log;
    LogConfiguration::builder()
        .log_driver(LogDriver::Awslogs)
        .options(LOG_GROUP, group)
        .options(LOG_REGION, region)
        .options(LOG_STREAM_PREFIX, stream_prefix)
        .build()
        .map_err(|error| error.to_string())
}

pub(super) fn from_sdk(container: &ContainerDefinition) -> Result<Container, String> {
    let name = container.name().ok_or("a container has no name")?;
    let mut other = OtherSettings::of(container)?
        .without(&["name", "image", "command", "essential", "readonlyRootFilesystem"])
        .without_default("cpu", &json!(0))
        .without_default("versionConsistency", &json!("enabled"));

    // Each of these stays among the other settings when ours cannot hold all of it.
    let port = port(container.port_mappings());
    if port.is_some() {
        other = other.without(&["portMappings"]);
    }
    let environment =
        by_name(container.environment().iter().map(|variable| (variable.name(), Some(variable.value().unwrap_or("")))));
    if environment.len() == container.environment().len() {
        other = other.without(&["environment"]);
    }
    let secrets = by_name(container.secrets().iter().map(|secret| (Some(secret.name()), Some(secret.value_from()))));
    if secrets.len() == container.secrets().len() {
        other = other.without(&["secrets"]);
    }
    let log = container.log_configuration().and_then(log);
    if log.is_some() {
        other = other.without(&["logConfiguration"]);
    }

    Ok(Container {
        name: name.to_owned(),
        image: container.image().unwrap_or_default().to_owned(),
        command: container.command().to_vec(),
        essential: container.essential().unwrap_or(true),
        port,
        environment,
        secrets,
        readonly_root_filesystem: container.readonly_root_filesystem().unwrap_or(false),
        log,
        other: other.into_text(),
    })
}

/// The port of the only mapping, if it is a plain one. In `awsvpc` mode the host's port is the container's.
fn port(mappings: &[PortMapping]) -> Option<u16> {
    let [mapping] = mappings else { return None };
    let port = mapping.container_port()?;
    let plain = PortMapping::builder()
        .container_port(port)
        .set_host_port(mapping.host_port().filter(|host_port| *host_port == port || *host_port == 0))
        .set_protocol(mapping.protocol().filter(|protocol| **protocol == TransportProtocol::Tcp).cloned())
        .build();
    if *mapping == plain { u16::try_from(port).ok() } else { None }
}

/// Shorter than the list when a name is missing or there twice.
fn by_name<'a>(pairs: impl Iterator<Item = (Option<&'a str>, Option<&'a str>)>) -> BTreeMap<String, String> {
    pairs.filter_map(|(name, value)| Some((name?.to_owned(), value?.to_owned()))).collect()
}

/// The destination, if the configuration says nothing more.
fn log(configuration: &LogConfiguration) -> Option<LogDestination> {
    let options: &HashMap<_, _> = configuration.options()?;
    let destination = LogDestination {
        group: options.get(LOG_GROUP)?.clone(),
        region: options.get(LOG_REGION)?.clone(),
        stream_prefix: options.get(LOG_STREAM_PREFIX)?.clone(),
    };
    let plain = *configuration.log_driver() == LogDriver::Awslogs
        && options.len() == 3
        && configuration.secret_options().is_empty();
    plain.then_some(destination)
}
