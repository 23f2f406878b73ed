//! What AWS says now. An observation exists only when everything in it could be read: what could
//! not be read is an error of the reader, never an empty list here.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::rollout::Rollout;
use crate::task_definition::TaskDefinition;

/// The live state of one environment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Observation {
    /// Every service in the environment's cluster that is not inactive, by name.
    pub services: BTreeMap<String, ObservedService>,
    /// The newest active task definition of each declared family.
    pub newest_task_definitions: BTreeMap<String, RegisteredTaskDefinition>,
}

/// A task definition as registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisteredTaskDefinition {
    /// ARN with revision: immutable, so it may be cached.
    pub arn: String,
    pub content: TaskDefinition,
}

/// One live ECS service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedService {
    pub name: String,
    pub arn: String,
    /// On its way out: ECS is stopping its tasks.
    pub draining: bool,
    pub tags: BTreeMap<String, String>,
    pub running_count: u32,
    pub pending_count: u32,
    pub task_definition: RegisteredTaskDefinition,
    pub settings: ServiceSettings,
    /// The newest service deployment, whatever became of it; `None` before the first.
    pub rollout: Option<Rollout>,
    /// Latest first.
    pub events: Vec<ServiceEvent>,
}

/// What `CreateService` and `UpdateService` set beside the task definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceSettings {
    pub desired_count: u32,
    pub network: NetworkSettings,
    pub load_balancers: Vec<LoadBalancerSettings>,
    pub deployment: DeploymentSettings,
    /// Seconds after its start in which a task's failed health checks are forgiven; `None` without
    /// a load balancer.
    pub health_check_grace_seconds: Option<u32>,
    /// Settings that the declaration has no name for, as AWS reports them, by field name.
    pub other: BTreeMap<String, String>,
}

/// Where the tasks' network interfaces are. Order means nothing, so the lists are sorted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkSettings {
    pub subnet_ids: Vec<String>,
    pub security_group_ids: Vec<String>,
    pub assign_public_ip: bool,
}

/// Which container port is registered in which target group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LoadBalancerSettings {
    pub target_group_arn: String,
    pub container: String,
    pub port: u16,
}

/// How ECS replaces tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeploymentSettings {
    pub minimum_healthy_percent: u32,
    pub maximum_percent: u32,
    pub circuit_breaker: bool,
    pub rollback: bool,
}

/// A line of the service's event log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceEvent {
    pub id: String,
    pub at: Option<Timestamp>,
    pub message: String,
}

/// A task of a service, running or lately stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedTask {
    pub arn: String,
    pub task_definition: String,
    pub last_status: String,
    pub stop_code: Option<String>,
    pub stopped_reason: Option<String>,
    pub containers: Vec<ObservedContainer>,
}

impl ObservedTask {
    /// Whether ECS ended it, as it does with unhealthy tasks: an exit code then only says that it obeyed.
    #[must_use]
    pub fn was_stopped_by_ecs(&self) -> bool {
        self.stop_code.as_deref() == Some("ServiceSchedulerInitiated")
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedContainer {
    pub name: String,
    /// Digest of the image that really runs, once it was pulled.
    pub image_digest: Option<String>,
    pub exit_code: Option<i32>,
    pub reason: Option<String>,
}

/// A target of a target group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetHealth {
    /// IP address and port.
    pub target: String,
    pub state: TargetState,
    pub reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetState {
    Initial,
    Healthy,
    Unhealthy,
    Unused,
    Draining,
    Unavailable,
}

/// How many targets pass their health checks.
#[must_use]
pub fn healthy_count(targets: &[TargetHealth]) -> u32 {
    let healthy = targets.iter().filter(|target| target.state == TargetState::Healthy).count();
    u32::try_from(healthy).unwrap_or(u32::MAX)
}
