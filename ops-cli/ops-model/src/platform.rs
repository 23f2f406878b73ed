//! The platform contract: the one JSON object that Terraform writes to the ops bucket and ops reads.
//!
//! It holds identifiers, never secrets, so that ops has no need of the Terraform state.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Key of the contract in the ops bucket.
pub const PLATFORM_KEY: &str = "platform.json";

/// Version of the contract that this build understands.
pub const PLATFORM_VERSION: u32 = 3;

/// What Terraform made for one environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Platform {
    /// Version of the contract's format. Always 3.
    #[schemars(range(min = 3, max = 3))]
    pub version: u32,
    pub environment: String,
    pub account: String,
    pub region: String,
    /// SHA-256 of the `environment.yaml` that Terraform was applied from, in hexadecimal.
    pub declaration_sha256: String,
    /// The part of that declaration which Terraform consumes, as it stood in the YAML.
    pub applied_from: Value,
    pub vpc_id: String,
    /// Security group id by group of the firewall: `load_balancer`, `database`, each service and each task.
    pub security_groups: BTreeMap<String, String>,
    pub cluster: Cluster,
    #[serde(default)]
    pub load_balancer: Option<PlatformLoadBalancer>,
    /// Repository URL by repository name.
    pub repositories: BTreeMap<String, String>,
    pub services: BTreeMap<String, PlatformService>,
    /// What tasks run in, by task.
    pub tasks: BTreeMap<String, PlatformTask>,
    /// What schedules of tasks need; absent when no task has one.
    #[serde(default)]
    pub schedules: Option<PlatformSchedules>,
    #[serde(default)]
    pub database: Option<PlatformDatabase>,
    pub queues: BTreeMap<String, PlatformQueue>,
    pub sites: BTreeMap<String, PlatformSite>,
    pub uploads: BTreeMap<String, PlatformUploads>,
    /// SNS topic that every alarm goes to.
    #[serde(default)]
    pub alarm_topic_arn: Option<String>,
}

impl Platform {
    /// Days that the ops bucket locks records for. What Terraform was applied from counts, not what is declared since:
    /// a bucket without Object Lock refuses objects that ask for it.
    #[must_use]
    pub fn record_lock_days(&self) -> Option<u32> {
        self.applied_from.pointer("/records/lock_days")?.as_u64()?.try_into().ok()
    }
}

/// The ECS cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cluster {
    pub name: String,
    pub arn: String,
    /// HTTP namespace of Cloud Map, for Service Connect.
    pub namespace_arn: String,
}

/// The application load balancer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlatformLoadBalancer {
    pub arn: String,
    pub dns_name: String,
    pub listener_arn: String,
    /// Where browsers find it, without `/` at the end.
    pub url: String,
}

/// What Terraform made for one service to run in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlatformService {
    pub subnet_ids: Vec<String>,
    pub security_group_ids: Vec<String>,
    pub assign_public_ip: bool,
    pub execution_role_arn: String,
    pub task_role_arn: String,
    pub log_group: String,
    #[serde(default)]
    pub target_group_arn: Option<String>,
    /// What blue/green, canary and linear deployments need; absent for a rolling or a private service.
    #[serde(default)]
    pub traffic_shift: Option<TrafficShift>,
}

/// What ECS needs to move a public service's traffic from one target group to the other. ops makes the rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TrafficShift {
    pub alternate_target_group_arn: String,
    /// Role that ECS moves the traffic with.
    pub role_arn: String,
    pub listener_arn: String,
    pub rule_priority: u32,
    pub path: String,
    /// Host name that the rule looks at; absent when it takes every host.
    #[serde(default)]
    pub host: Option<String>,
}

/// What Terraform made for one task to run in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlatformTask {
    pub subnet_ids: Vec<String>,
    pub security_group_ids: Vec<String>,
    pub assign_public_ip: bool,
    pub execution_role_arn: String,
    pub task_role_arn: String,
    pub log_group: String,
}

/// What schedules of tasks need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlatformSchedules {
    /// Group that all schedules of the environment are in.
    pub group: String,
    /// Role that EventBridge Scheduler runs tasks with.
    pub role_arn: String,
    /// Queue for what could not be started.
    pub dead_letter_arn: String,
}

/// The MySQL database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlatformDatabase {
    /// Name of the instance in RDS.
    pub identifier: String,
    pub address: String,
    pub port: u16,
    pub schema: String,
    /// Addresses of the read replicas.
    pub replica_addresses: Vec<String>,
    /// Where the password is kept; never the password.
    pub secret_arn: String,
}

/// A message queue and the queue for what nobody could handle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlatformQueue {
    pub url: String,
    pub arn: String,
    pub dead_letter_url: String,
    pub dead_letter_arn: String,
}

/// The bucket of a web site and the distribution before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlatformSite {
    pub bucket: String,
    pub distribution_id: String,
    /// CloudFront's own name of the distribution.
    pub domain_name: String,
    /// Where browsers find it, without `/` at the end.
    pub url: String,
}

/// The bucket of uploaded files and the distribution before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlatformUploads {
    pub bucket: String,
    pub distribution_id: String,
    /// CloudFront's own name of the distribution.
    pub domain_name: String,
    /// Where browsers find it, without `/` at the end.
    pub url: String,
    /// CloudFront's id of each public key, by the key's name in the declaration: signed URLs name it.
    pub key_pair_ids: BTreeMap<String, String>,
}
