use std::collections::BTreeMap;

use async_trait::async_trait;
use ops_model::observation::{ListenerRule, TargetHealth};

use super::CloudError;

/// Load balancers: target groups, and the listener rules of blue/green services.
#[async_trait]
pub trait Targets: Send + Sync {
    /// Every registered target of a target group and what its health check says.
    async fn target_health(&self, target_group_arn: &str) -> Result<Vec<TargetHealth>, CloudError>;

    /// What a target group is set to; `None` when there is none of that ARN.
    async fn target_group(&self, target_group_arn: &str) -> Result<Option<TargetGroup>, CloudError>;

    /// Every rule of a listener but the default one.
    async fn listener_rules(&self, listener_arn: &str) -> Result<Vec<ListenerRule>, CloudError>;

    /// Creates a rule that forwards to target groups by weight, and returns its ARN.
    async fn create_listener_rule(&self, request: &CreateListenerRule) -> Result<String, CloudError>;

    /// Changes a rule: what is `None` stays.
    async fn modify_listener_rule(&self, request: &ModifyListenerRule) -> Result<(), CloudError>;

    /// Deletes a rule; one that is already gone is no error.
    async fn delete_listener_rule(&self, rule_arn: &str) -> Result<(), CloudError>;
}

/// A target group, as far as a service has to agree with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetGroup {
    pub port: u16,
    /// Path of its health check; `None` for one that only connects.
    pub health_path: Option<String>,
    /// Whether targets are addresses (`ip`), as tasks with an interface of their own need.
    pub by_address: bool,
    pub vpc_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateListenerRule {
    pub listener_arn: String,
    pub priority: u32,
    pub path: String,
    pub host: Option<String>,
    /// Weight by ARN of the target group.
    pub weights: BTreeMap<String, u32>,
    pub tags: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModifyListenerRule {
    pub arn: String,
    pub priority: Option<u32>,
    /// Path and host, which are set together.
    pub conditions: Option<(String, Option<String>)>,
    pub weights: Option<BTreeMap<String, u32>>,
}
