//! A plan: the changes in order, the gates that hold them, and what was looked at and left alone.

mod environment_gate;
mod firewall;
mod site;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::declaration::Digest;
use crate::observation::{ObservedSchedule, ScalingSettings, ServiceSettings};
use crate::task_definition::TaskDefinition;

pub use environment_gate::{GateOverride, HoldingAlarm, MissingSoak, OverridableGate};
pub use firewall::{FirewallAct, FirewallCall, FirewallStep, GroupStanding, Hole, WantedRule};
pub use site::{SiteAccessAct, SiteAct, SiteCopy, SiteGate, SiteStanding, SiteUpload, SiteWork};

/// What a reconcile would do. It leaves no choice to whoever carries it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[must_use = "an unread plan changes nothing"]
pub struct Plan {
    pub environment: String,
    /// Every declared or owned service, by name.
    pub services: BTreeMap<String, ServiceStanding>,
    /// Every declared task, by name.
    #[serde(default)]
    pub tasks: BTreeMap<String, TaskStanding>,
    /// Every security group of the platform contract, by its name in the firewall; none where they could not be read.
    #[serde(default)]
    pub firewall: BTreeMap<String, GroupStanding>,
    /// What is open beyond the declaration, whether or not the plan closes it.
    #[serde(default)]
    pub holes: Vec<Hole>,
    /// Every declared site, by name.
    #[serde(default)]
    pub sites: BTreeMap<String, SiteStanding>,
    /// Changes of one wave run at the same time; a wave starts when the one before it has succeeded.
    pub waves: Vec<Vec<Change>>,
    /// Why the plan may not run yet.
    pub gates: Vec<Gate>,
    /// Paths in the declaration that Terraform consumes and that changed since it was last applied, whether
    /// or not they hold the plan.
    pub terraform_behind: Vec<String>,
    /// Kinds that AWS would not show us, and why; the declaration uses none of them.
    #[serde(default)]
    pub unread: BTreeMap<Kind, String>,
    /// Changes that nobody asked for this time, in their order.
    #[serde(default)]
    pub left_out: Vec<LeftOut>,
}

/// A change that a restricted plan leaves for later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    pub kind: Kind,
    pub name: String,
    pub class: ChangeClass,
    /// Changes of the plan that come after it otherwise.
    pub needed_by: Vec<(Kind, String)>,
}

impl Plan {
    /// Live state and declaration agree and nothing is under way.
    #[must_use]
    pub fn in_sync(&self) -> bool {
        self.waves.is_empty()
    }

    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        self.waves.iter().flatten()
    }
}

/// A sort of thing that ops owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    #[default]
    Service,
    /// A run of a task.
    Task,
    /// Scaling of a service, named like it.
    Scaling,
    /// Schedule of a task, named like it.
    Schedule,
    /// Listener rule of a blue/green service, named like it.
    ListenerRule,
    /// Rules of a security group, by its name in the firewall.
    Firewall,
    /// A run of a scenario. No plan has one: they run after it.
    Scenario,
    /// Contents of a web site.
    Site,
    /// Who may read a site's bucket, named like the site.
    SiteAccess,
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

/// How one task stands before the plan runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "standing")]
pub enum TaskStanding {
    /// Its newest version has run with success, or waits for the clock or a person.
    InSync,
    Changes,
    /// Its artifact has no build in this environment yet.
    WaitsForBuild {
        artifact: String,
    },
    /// Terraform has not yet made what it runs in.
    WaitsForTerraform,
}

/// One difference between git and AWS, and the act that removes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Name of the service, task, security group or site.
    pub name: String,
    pub class: ChangeClass,
    pub act: Act,
    /// What differs, field by field, sorted by path. Empty for an act that is not about a field.
    pub differences: Vec<Difference>,
    /// Seconds that the executor waits for the outcome.
    pub timeout_seconds: u32,
    /// Why it is of its class, from AWS's documents.
    pub reasons: Vec<String>,
    /// What a person should know before agreeing to the change.
    pub warnings: Vec<String>,
}

impl Change {
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.act {
            Act::Service(_) => Kind::Service,
            Act::Task(_) => Kind::Task,
            Act::Scaling(_) => Kind::Scaling,
            Act::Schedule(_) => Kind::Schedule,
            Act::ListenerRule(_) => Kind::ListenerRule,
            Act::Firewall(_) => Kind::Firewall,
            Act::Site(_) => Kind::Site,
            Act::SiteAccess(_) => Kind::SiteAccess,
        }
    }
}

/// What the executor does, by kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    Service(ServiceAct),
    Task(TaskAct),
    Scaling(ScalingAct),
    Schedule(ScheduleAct),
    ListenerRule(ListenerRuleAct),
    Firewall(FirewallAct),
    Site(SiteAct),
    SiteAccess(SiteAccessAct),
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
    /// Runs a task to its end.
    Run,
    /// Deletes the service and creates it anew: AWS cannot change it otherwise. A gate holds it.
    Replacement,
    /// AWS does not allow it. A gate holds it.
    Refused,
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
        /// Declared tags, beside those that say whose the service is.
        tags: BTreeMap<String, String>,
    },
    Update {
        /// `None`: the live one stays.
        task_definition: Option<TaskDefinitionAct>,
        /// Empty, and no task definition: there is nothing to send but tags.
        update: SettingsUpdate,
        /// Declared tags, beside those that say whose the service is.
        tags: BTreeMap<String, String>,
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
    /// Deletes the service and creates it anew.
    Replace {
        task_definition: TaskDefinitionAct,
        settings: ServiceSettings,
        tags: BTreeMap<String, String>,
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

/// Members of [`UpdateService`](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html) that are
/// sent, beside cluster, service and task definition: only what differs, for it leaves the rest as it is. With
/// `forceNewDeployment` where AWS asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SettingsUpdate(pub Map<String, Value>);

impl SettingsUpdate {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Starts new tasks even where nothing of them differs.
    pub fn force_new_deployment(&mut self) {
        self.0.insert("forceNewDeployment".to_owned(), true.into());
    }

    /// Number of tasks that is sent.
    #[must_use]
    pub fn desired_count(&self) -> Option<u32> {
        self.0.get("desiredCount")?.as_u64()?.try_into().ok()
    }
}

/// What the executor does with a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum TaskAct {
    /// Run it, and wait for its end.
    Run { task_definition: TaskDefinitionAct, settings: RunSettings, tags: BTreeMap<String, String> },
}

/// How a task is run: the JSON of [`RunTask`](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html)
/// without cluster, task definition, tags, client token and `startedBy`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunSettings(pub Map<String, Value>);

/// What the executor does with the scaling of a service. What is absent in `put` and live is removed first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum ScalingAct {
    Put {
        /// Only what differs: an empty target stays as it is.
        put: ScalingSettings,
        remove_policies: Vec<String>,
        remove_scheduled_actions: Vec<String>,
    },
    /// Removes the target, and with it its policies and scheduled actions.
    Remove,
}

/// What the executor does with a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum ScheduleAct {
    /// Creates it or replaces all of it. The ARN of the task definition is filled in where it says
    /// [`TASK_DEFINITION_TO_COME`].
    Put {
        name: String,
        exists: bool,
        schedule: ObservedSchedule,
        task_definition: TaskDefinitionAct,
    },
    Remove {
        name: String,
    },
}

/// Stands in a schedule for the ARN of a task definition that is yet to be registered.
pub const TASK_DEFINITION_TO_COME: &str = "(task definition to come)";

/// Stands in a service's settings for the ARN of a listener rule that is yet to be created.
pub const LISTENER_RULE_TO_COME: &str = "(listener rule to come)";

/// What the executor does with the listener rule of a blue/green service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum ListenerRuleAct {
    Create {
        listener_arn: String,
        priority: u32,
        path: String,
        host: Option<String>,
        /// ARNs of the target group that gets all traffic at first, and of the other one.
        target_group_arns: [String; 2],
    },
    /// `None` stays as it is. Weights are ECS's own; they are set only where a foreign target group took part.
    Modify {
        arn: String,
        priority: Option<u32>,
        /// Path and host, which are set together.
        conditions: Option<(String, Option<String>)>,
        weights: Option<BTreeMap<String, u32>>,
    },
    Delete {
        arn: String,
    },
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
    /// What removing it means.
    #[serde(default = "new_deployment")]
    pub class: ChangeClass,
}

/// Records of before did not say.
fn new_deployment() -> ChangeClass {
    ChangeClass::NewDeployment
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
    /// Secrets that a task could not start with.
    Secrets { unusable: Vec<UnusableSecret> },
    /// A change that AWS makes by deleting and creating: the service serves nothing meanwhile.
    Replacement { service: String, paths: Vec<String> },
    /// A change that AWS does not allow.
    Refused { service: String, paths: Vec<String>, why: Vec<String> },
    /// What the rollout of a service that shifts traffic stands on is not as it has to be.
    Preflight { service: String, failures: Vec<String> },
    /// Exactly this was deployed before, and rolled back because scenarios failed.
    FailedVerification {
        /// Id of the record that says so.
        record: String,
        scenarios: Vec<String>,
    },
    /// Nothing may be published into a site.
    Site { site: String, reason: SiteGate },
    /// Nothing is deployed for a time.
    Freeze { reason: String, until: Timestamp },
    /// It is outside of all windows.
    Windows {
        /// When the next one opens; `None`: not within two weeks.
        opens_at: Option<Timestamp>,
        /// That of the one which opens next.
        time_zone: String,
    },
    /// Something is the matter already.
    Alarms { alarms: Vec<HoldingAlarm> },
    /// A build has not yet shown itself where it has to be promoted from.
    Soak {
        artifact: String,
        version: String,
        digest: Digest,
        /// The environment that it has to be promoted from.
        from: String,
        missing: MissingSoak,
    },
    /// Not enough people have approved it.
    Approvals {
        needed: u32,
        /// ARNs of those who have.
        approved_by: Vec<String>,
        /// SHA-256 of what is to be approved: declaration, builds and the scenarios' files.
        fingerprint: String,
    },
}

/// A secret that a task could not start with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnusableSecret {
    /// Service or task.
    pub user: String,
    /// Such as `secrets.DATABASE_PASSWORD`.
    pub path: String,
    /// `ssm:/path` or `secretsmanager:name`.
    pub place: String,
    pub why: String,
}
