//! What a declared service or task means in AWS's terms.

mod capacity;
mod container;
mod deployment;
mod merge;
mod scaling;
mod schedule;
mod secret;
mod service;
mod task;
mod task_definition;

pub(crate) use deployment::bake_seconds;
pub use deployment::rollout_timeout_seconds;
pub(crate) use scaling::{Bounds, desired_scaling};
pub(crate) use schedule::{desired_schedule, schedule_name};
pub(crate) use secret::VERSION_LABEL;
pub use secret::unusable_secrets;
pub use service::{Count, DesiredService, Given, desired_service};
pub use task::{DesiredTask, desired_task};

use ops_model::declaration::Workload;
use ops_model::platform::Platform;

/// Family of the task definitions of a service or task. Families are global to an account and region, so the cluster's
/// name, which holds the environment's, is part of it unless another one is declared.
#[must_use]
pub fn family(platform: &Platform, name: &str, workload: &Workload) -> String {
    workload.family.clone().unwrap_or_else(|| format!("{}-{name}", platform.cluster.name))
}

/// Name of the main container of a service or task.
#[must_use]
pub fn main_container<'a>(name: &'a str, workload: &'a Workload) -> &'a str {
    workload.container_name.as_deref().unwrap_or(name)
}

/// Why a service or task cannot be rendered yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waits {
    /// Its artifact has no build in this environment.
    ForBuild { artifact: String },
    /// Terraform has not made what it runs in.
    ForTerraform,
}
