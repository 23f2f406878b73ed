use ops_model::declaration::{Connect, ConnectProtocol};
use serde_json::{Map, Value};

use super::member::{is_true, items, number, object, text};

/// Service Connect, where the port has the name of the container, as ops names it; else it stays an override.
pub(super) fn connect(
    settings: &Map<String, Value>,
    service: &str,
    main: &Map<String, Value>,
    port: Option<u16>,
) -> Option<Connect> {
    let configuration = object(settings, "serviceConnectConfiguration").filter(|it| is_true(it, "enabled"))?;
    let (Some(port), [_, ..]) = (port, items(configuration, "services")) else {
        let only_calls = items(configuration, "services").is_empty() && port.is_none();
        return only_calls.then(Connect::default);
    };
    let [Value::Object(connected)] = items(configuration, "services") else { return None };
    let [Value::Object(alias)] = items(connected, "clientAliases") else { return None };
    let container = text(main, "name")?;
    let mapping = items(main, "portMappings").iter().filter_map(Value::as_object);
    let mapping =
        mapping.into_iter().find(|mapping| number(mapping, "containerPort", (1, 65535)) == Some(port.into()))?;
    let discovery = text(connected, "discoveryName").filter(|name| is_name(name))?;
    let said = text(connected, "portName") == Some(container)
        && text(mapping, "name") == Some(container)
        && text(alias, "dnsName") == Some(discovery);
    let alias_port = number(alias, "port", (1, 65535)).and_then(|port| u16::try_from(port).ok())?;
    let protocol = match text(mapping, "appProtocol") {
        None => ConnectProtocol::Tcp,
        Some("http") => ConnectProtocol::Http,
        Some("http2") => ConnectProtocol::Http2,
        Some("grpc") => ConnectProtocol::Grpc,
        Some(_) => return None,
    };
    let timeout = object(connected, "timeout");
    let seconds = |member| timeout.and_then(|timeout| number(timeout, member, (0, 86400)));
    said.then(|| Connect {
        name: (discovery != service).then(|| discovery.to_owned()),
        port: (alias_port != port).then_some(alias_port),
        protocol,
        idle_timeout_seconds: seconds("idleTimeoutSeconds"),
        request_timeout_seconds: seconds("perRequestTimeoutSeconds").filter(|_| protocol != ConnectProtocol::Tcp),
    })
}

fn is_name(name: &str) -> bool {
    name.len() <= 63
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && !name.ends_with('-')
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}
