use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The virtual private cloud and its subnets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// IPv4 range of the network, /16 to /24, such as `10.10.0.0/16`.
    #[schemars(regex(pattern = r"^([0-9]{1,3}\.){3}[0-9]{1,3}/[0-9]{1,2}$"))]
    pub cidr: String,
    /// Availability zones, the region and a letter from `a` to `h`; a load balancer needs at least two.
    #[schemars(length(min = 2))]
    pub zones: Vec<String>,
    /// How tasks in private subnets reach the internet. With `none` tasks run in public subnets
    /// with an address of their own.
    #[serde(default)]
    pub nat: Nat,
}

/// Network address translation gateways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Nat {
    /// No gateway, no cost.
    #[default]
    None,
    /// One gateway for all zones.
    Single,
    /// One gateway in each zone: a zone that fails takes no other along.
    PerZone,
}
