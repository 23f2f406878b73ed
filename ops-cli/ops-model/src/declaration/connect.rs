use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Service Connect: other services of the environment reach this one as `name:port`.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts.html>
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Connect {
    /// Name that others use; the service's own when absent. A service without a port only calls others.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$"))]
    pub name: Option<String>,
    /// Port that others use; the container's own when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 65535))]
    pub port: Option<u16>,
    /// What is spoken on the port: with `http`, `http2` and `grpc` there are metrics and retries by request.
    pub protocol: ConnectProtocol,
    /// Seconds after which an idle connection is closed; ECS's own when absent, 0 for never.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 86400))]
    pub idle_timeout_seconds: Option<u32>,
    /// Seconds that a request may take; ECS's own when absent, 0 for ever. Not with `tcp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 86400))]
    pub request_timeout_seconds: Option<u32>,
}

/// What is spoken on a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConnectProtocol {
    #[default]
    Tcp,
    Http,
    Http2,
    Grpc,
}
