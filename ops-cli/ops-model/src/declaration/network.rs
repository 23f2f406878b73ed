use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The virtual private cloud and its subnets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// IPv4 range of the network, /16 to /22, such as `10.10.0.0/16`: less leaves no room for a load balancer's
    /// subnets, which have to be /27 at least.
    ///
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer>
    #[schemars(regex(pattern = r"^([0-9]{1,3}\.){3}[0-9]{1,3}/[0-9]{1,2}$"))]
    pub cidr: String,
    /// Availability zones, the region and a letter from `a` to `h`; a load balancer needs at least two.
    #[schemars(length(min = 2))]
    pub zones: Vec<String>,
    /// How tasks in private subnets reach the internet. With `none` tasks run in public subnets
    /// with an address of their own.
    #[serde(default)]
    pub nat: Nat,
    /// AWS services that tasks reach without leaving the network, through interface endpoints. Each costs by the hour
    /// and zone.
    ///
    /// <https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html>
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub endpoints: BTreeSet<Endpoint>,
    /// Which connections are written to the network's flow log.
    ///
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html>
    #[serde(default)]
    pub flow_logs: FlowLogs,
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

/// An AWS service, or those that one purpose needs together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// Pulling images.
    Ecr,
    /// Shells in running tasks.
    EcsExec,
    /// CloudWatch Logs.
    Logs,
    /// CloudWatch metrics.
    Monitoring,
    /// Secrets Manager.
    Secretsmanager,
    /// Queues.
    Sqs,
    /// Systems Manager, with its parameters.
    Ssm,
    /// Credentials by role.
    Sts,
}

/// Which connections are logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FlowLogs {
    /// None.
    None,
    /// Those that the firewall turned away.
    #[default]
    Rejected,
    /// All.
    All,
}
