use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::names::HOST;

/// The application load balancer in front of the public services.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadBalancer {
    /// TCP port that it listens on. With `https` not 80, which then sends browsers to this one.
    #[schemars(range(min = 1, max = 65535))]
    pub port: u16,
    /// What it speaks on that port.
    #[serde(default)]
    pub protocol: Protocol,
    /// Its name below the domain: `api` is `api.dev.slipway.example` where `dev.slipway.example` is the domain. 1 to 63
    /// lower-case letters, digits and hyphens, no hyphen first or last. Needs `domain`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = HOST))]
    pub host: Option<String>,
}

/// How browsers talk to the load balancer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// Unencrypted.
    #[default]
    Http,
    /// TLS 1.2 or 1.3, with a certificate of the domain. Needs `domain`.
    Https,
}
