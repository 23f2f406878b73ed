//! A plan: the changes in order, the gates that hold them, and what was looked at and left alone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::observation::{DeploymentSettings, LoadBalancerSettings, NetworkSettings, ServiceSettings};
use crate::task_definition::TaskDefinition;

/// What a reconcile would do. It leaves no choice to whoever carries it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[must_use = "an unread plan changes nothing"]
pub struct Plan {
    pub environment: String,
    /// Every declared or owned service, by name.
    pub services: BTreeMap<String, ServiceStanding>,
    /// Changes of one wave run at the same time; a wave starts when the one before it has succeeded.
    pub waves: Vec<Vec<ServiceChange>>,
    /// Why the plan may not run yet.
    pub gates: Vec<Gate>,
    /// Paths in the declaration that Terraform consumes and that changed since it was last applied, whether
    /// or not they hold the plan.
    pub terraform_behind: Vec<String>,
    /// Live settings that the declaration has no name for, which ops sees and leaves as they are.
    pub left_alone: Vec<LeftAlone>,
}

impl Plan {
    /// Live state and declaration agree and nothing is under way.
    #[must_use]
    pub fn in_sync(&self) -> bool {
        self.waves.is_empty()
    }

    pub fn changes(&self) -> impl Iterator<Item = &ServiceChange> {
        self.waves.iter().flatten()
    }
}

/// How one service stands before the plan runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "standing")]
pub enum ServiceStanding {
    InSync,
    Changes,
    /// Declared, but its artifact has no build in this environment yet. What may run of it is left alone.
    WaitsForBuild {
        artifact: String,
    },
    /// Declared, but Terraform has not yet made what it runs in.
    WaitsForTerraform,
    /// A service of this name is there that ops did not make; a gate says so too.
    NotOwned,
}

/// A setting made by hand that no field of the declaration stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftAlone {
    pub service: String,
    /// AWS's name of the field.
    pub field: String,
    pub live: String,
}

/// One difference between git and AWS, and the act that removes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceChange {
    pub service: String,
    pub class: ChangeClass,
    pub act: ServiceAct,
    /// What differs, field by field, sorted by path. Empty for an act that is not about a field.
    pub differences: Vec<Difference>,
    /// Seconds that the executor waits for the outcome.
    pub timeout_seconds: u32,
    /// What a person should know before agreeing to the change.
    pub warnings: Vec<String>,
}

/// What a change means for the tasks that run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeClass {
    /// Starts tasks where none are.
    Create,
    /// Changes the service and leaves its tasks running.
    InPlace,
    /// Replaces the tasks by a rollout.
    NewDeployment,
    /// Waits for a rollout to the declared state that is already under way.
    UnderWay,
    /// Stops the tasks and removes the service.
    Delete,
}

/// What the executor does to a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum ServiceAct {
    Create {
        task_definition: TaskDefinitionAct,
        settings: ServiceSettings,
    },
    Update {
        /// `None`: the live one stays.
        task_definition: Option<TaskDefinitionAct>,
        update: SettingsUpdate,
        /// ARN of a rollback that is under way: it has to end before anything is sent.
        after_rollback: Option<String>,
        /// ARN of a rollout to the declared revision that is under way and that the update does not end:
        /// the verdict is about it.
        then_await: Option<String>,
    },
    /// Adopt the rollout with this ARN and wait for its verdict.
    Await {
        rollout: String,
    },
    Delete,
}

/// Where the task definition of a rollout comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "from")]
pub enum TaskDefinitionAct {
    /// Register a new revision.
    Register { content: TaskDefinition },
    /// The newest registered one already has the wanted content.
    Registered { arn: String },
}

/// Only what differs: `UpdateService` leaves the rest as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SettingsUpdate {
    pub desired_count: Option<u32>,
    pub network: Option<NetworkSettings>,
    pub load_balancers: Option<Vec<LoadBalancerSettings>>,
    pub deployment: Option<DeploymentSettings>,
    pub health_check_grace_seconds: Option<u32>,
}

impl SettingsUpdate {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Difference {
    /// Such as `environment.LOG_LEVEL`.
    pub path: String,
    /// `None`: not there.
    pub live: Option<String>,
    /// `None`: not wanted.
    pub declared: Option<String>,
}

/// Why a plan may not run yet, and what would open the gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "gate")]
pub enum Gate {
    /// The declaration changed in what Terraform builds since it was last applied.
    TerraformBehind { paths: Vec<String> },
    /// A service of the declared name exists, but ops did not make it.
    NotOwned { service: String, owner: Option<String> },
    /// More would be deleted than a slip of the pen may delete.
    Deletions { services: Vec<String>, owned: usize },
}
