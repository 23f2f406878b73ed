//! The platform contract: the one JSON object that Terraform writes to the ops bucket and ops reads.
//!
//! It holds identifiers, never secrets, so that ops has no need of the Terraform state.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Key of the contract in the ops bucket.
pub const PLATFORM_KEY: &str = "platform.json";

/// What Terraform made for one environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Platform {
    /// Version of the contract's format. Always 1.
    #[schemars(range(min = 1, max = 1))]
    pub version: u32,
    pub environment: String,
    pub account: String,
    pub region: String,
    /// SHA-256 of the `environment.yaml` that Terraform was applied from, in hexadecimal.
    pub declaration_sha256: String,
    /// The part of that declaration which Terraform consumes, as it stood in the YAML.
    pub applied_from: Value,
    pub vpc_id: String,
    pub cluster: Cluster,
    #[serde(default)]
    pub load_balancer: Option<PlatformLoadBalancer>,
    /// Repository URL by repository name.
    #[serde(default)]
    pub repositories: BTreeMap<String, String>,
    #[serde(default)]
    pub services: BTreeMap<String, PlatformService>,
}

/// The ECS cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cluster {
    pub name: String,
    pub arn: String,
}

/// The application load balancer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlatformLoadBalancer {
    pub arn: String,
    pub dns_name: String,
    pub listener_arn: String,
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
}
