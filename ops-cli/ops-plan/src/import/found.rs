use std::collections::BTreeMap;

use ops_model::declaration::Digest;
use ops_model::observation::{
    ListenerRule, ObservedSchedule, ObservedSecret, ObservedService, RegisteredTaskDefinition, ScalingSettings,
};

/// What there is to import, whether it was read from an account or from another tool's files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// Name that the environment is to have.
    pub environment: String,
    /// `None`: nothing that was read names it.
    pub account: Option<String>,
    pub region: String,
    pub cluster_name: String,
    /// Empty when it is unknown.
    pub cluster_arn: String,
    pub services: BTreeMap<String, FoundService>,
    /// By the name that each is to have.
    pub tasks: BTreeMap<String, FoundTask>,
    /// What AWS says of the places that [`super::secret_places`] names.
    pub secrets: BTreeMap<String, ObservedSecret>,
    /// Group that the schedules are in.
    pub schedule_group: String,
}

/// One service, and what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundService {
    pub observed: ObservedService,
    pub scaling: Option<ScalingSettings>,
    /// What the containers of a running task really run.
    pub digests: BTreeMap<String, Digest>,
    /// Path of its target group's health check.
    pub health_path: Option<String>,
    pub vpc_id: Option<String>,
    /// Rule of the load balancer that leads to it, where one is known.
    pub rule: Option<ListenerRule>,
}

/// One task that runs by the clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundTask {
    /// Name of its schedule.
    pub schedule_name: String,
    pub schedule: ObservedSchedule,
    pub task_definition: RegisteredTaskDefinition,
}
