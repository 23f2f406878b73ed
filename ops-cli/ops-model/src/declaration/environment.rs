use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::names::{SECRET_REFERENCE, given_name};
use super::{
    Alarms, ClusterSettings, Database, Domain, FirewallRule, Gates, Holes, LoadBalancer, Logs, Network, Queue, Records,
    Scenario, Service, Site, Task, Uploads,
};

/// One environment: `infra/environments/<environment>/environment.yaml`.
///
/// Terraform reads the same file for what changes slowly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// Version of this file's format. Always 1.
    #[schemars(range(min = 1, max = 1))]
    pub version: u32,
    /// Name of the environment; the same as its folder's. Up to 20 lower-case letters, digits and hyphens, beginning
    /// with a letter, and no hyphen last or two in a row: names of load balancers and of databases may not.
    #[schemars(length(max = 20), regex(pattern = "^[a-z](-?[a-z0-9])*$"))]
    pub environment: String,
    /// AWS account id: twelve digits, quoted. ops refuses to act in any other account.
    #[schemars(regex(pattern = r"^[0-9]{12}$"))]
    pub account: String,
    /// AWS region, such as `ap-northeast-2`.
    #[schemars(regex(pattern = r"^[a-z]{2}(-[a-z]+)+-[0-9]$"))]
    pub region: String,
    /// S3 bucket with the platform contract, the records and the lease of this environment. 3 to 63 lower-case
    /// letters, digits and hyphens. No dots: S3's certificate does not cover such names.
    #[schemars(regex(pattern = r"^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$"))]
    pub ops_bucket: String,
    /// The virtual private cloud. Made by Terraform.
    pub network: Network,
    /// Log groups. Made by Terraform.
    #[serde(default)]
    pub logs: Logs,
    /// The ECS cluster. Made by Terraform.
    #[serde(default)]
    pub cluster: ClusterSettings,
    /// Image repositories that this environment creates. Made by Terraform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry: Option<Registry>,
    /// DNS name of the environment, with its zone and certificates. Made by Terraform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<Domain>,
    /// The application load balancer; absent when no service is public. Made by Terraform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load_balancer: Option<LoadBalancer>,
    /// The MySQL database. Made by Terraform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<Database>,
    /// Places for secrets, `ssm:/path` or `secretsmanager:name`: Terraform makes them, people fill them. Never a secret
    /// itself.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    #[schemars(inner(regex(pattern = SECRET_REFERENCE)))]
    pub secrets: BTreeSet<String>,
    /// Message queues (SQS), by name. Made by Terraform.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = given_name()))]
    pub queues: BTreeMap<String, Queue>,
    /// Web sites, by name. Made by Terraform.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = given_name()))]
    pub sites: BTreeMap<String, Site>,
    /// Stores of files that browsers upload, by name. Made by Terraform.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = given_name()))]
    pub uploads: BTreeMap<String, Uploads>,
    /// Alarms; none when absent. Made by Terraform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alarms: Option<Alarms>,
    /// The records of what ops did. Terraform makes the bucket so that it can lock them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<Records>,
    /// Who may talk to whom: a list of rules for `load_balancer`, for `database`, for each service and for each task.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub firewall: BTreeMap<String, Vec<FirewallRule>>,
    /// What ops does about what is open beyond the firewall's rules.
    #[serde(default)]
    pub holes: Holes,
    /// The ECS services, by name.
    #[serde(default)]
    #[schemars(extend("propertyNames" = given_name()))]
    pub services: BTreeMap<String, Service>,
    /// Tasks that run to their end, by name; no service has the same.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = given_name()))]
    pub tasks: BTreeMap<String, Task>,
    /// Requests that show whether what was deployed works, by name. They are sent after everything else.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("propertyNames" = given_name()))]
    pub scenarios: BTreeMap<String, Scenario>,
    /// What has to be so before anything is deployed.
    #[serde(default)]
    pub gates: Gates,
}

/// Image repositories (ECR) that Terraform creates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Registry {
    /// Repository names, such as `slipway/app`: 2 to 256 characters, lower-case, with `/`, `-`, `_` and `.` inside.
    #[schemars(length(min = 1), inner(length(max = 256), regex(pattern = r"^[a-z0-9]([._/-]?[a-z0-9])+$")))]
    pub repositories: Vec<String>,
}
