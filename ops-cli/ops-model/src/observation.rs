//! What AWS says now. An observation exists only when everything in it could be read: what could
//! not be read is an error of the reader, never an empty list here.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::plan::Kind;
use crate::rollout::Rollout;
use crate::security_group::SecurityGroupRule;
use crate::site::ObservedSite;
use crate::task_definition::TaskDefinition;

/// The live state of one environment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Observation {
    /// Every service in the environment's cluster that is not inactive, by name.
    pub services: BTreeMap<String, ObservedService>,
    /// The newest active task definition by family, of those families that a plan may have to register a revision of:
    /// of every task, and of every service that is not as declared.
    pub newest_task_definitions: BTreeMap<String, RegisteredTaskDefinition>,
    /// Secrets that the declaration names, by place (`ssm:/path`, `secretsmanager:name`).
    pub secrets: BTreeMap<String, ObservedSecret>,
    /// Scaling of the cluster's services, by service; those without any are not in it.
    pub scaling: BTreeMap<String, ScalingSettings>,
    /// Schedules of the environment's schedule group, by name.
    pub schedules: BTreeMap<String, ObservedSchedule>,
    /// Listener rules that blue/green services of the environment move their traffic by, by service.
    pub listener_rules: BTreeMap<String, ListenerRule>,
    /// Rules of the platform contract's security groups, by the group's name in the firewall. One that AWS does not have
    /// is not in it.
    #[serde(default)]
    pub firewall: BTreeMap<String, Vec<SecurityGroupRule>>,
    /// When all this was read: exceptions end, and gates open.
    #[serde(default)]
    pub now: Timestamp,
    /// Declared sites that Terraform has made, by name.
    #[serde(default)]
    pub sites: BTreeMap<String, ObservedSite>,
    /// Kinds that AWS would not show us, and why. The declaration uses none of them, so that a plan can be made all the
    /// same; what is there of them is unknown, not absent.
    #[serde(default)]
    pub unread: BTreeMap<Kind, String>,
}

impl Observation {
    /// The day in UTC on which it was made.
    #[must_use]
    pub fn today(&self) -> Date {
        self.now.to_zoned(TimeZone::UTC).date()
    }
}

/// A task definition as registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisteredTaskDefinition {
    /// ARN with revision: its content is immutable, so it may be cached.
    pub arn: String,
    pub content: TaskDefinition,
    /// Unlike the content these may change. Empty where they were not asked for.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
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
    /// Whether ECS says of every deployment that it is completed, so that there is no rollout to look at.
    pub settled: bool,
    /// The newest service deployment, whatever became of it. `None` before the first, and where nobody looked because the
    /// service is settled and as declared.
    pub rollout: Option<Rollout>,
    /// Latest first.
    pub events: Vec<ServiceEvent>,
}

/// What a service is set to beside its task definition: the JSON of
/// [`CreateService`](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html) without cluster, name,
/// task definition, tags and client token. As read from AWS it also holds what AWS adds by itself; what
/// `DescribeServices` is blind to comes from the service revision.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ServiceSettings(pub Map<String, Value>);

impl ServiceSettings {
    /// Number of tasks; `None` where nobody owns it.
    #[must_use]
    pub fn desired_count(&self) -> Option<u32> {
        self.0.get("desiredCount")?.as_u64()?.try_into().ok()
    }

    /// Every target group that the service registers its tasks in, alternates included.
    pub fn target_group_arns(&self) -> impl Iterator<Item = &str> {
        let load_balancers = self.0.get("loadBalancers").and_then(Value::as_array);
        load_balancers.into_iter().flatten().flat_map(|load_balancer| {
            let alternate = load_balancer.pointer("/advancedConfiguration/alternateTargetGroupArn");
            [load_balancer.get("targetGroupArn"), alternate].into_iter().flatten().filter_map(Value::as_str)
        })
    }
}

/// What AWS says of a secret. Never its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "secret")]
pub enum ObservedSecret {
    /// There, with a value.
    Present {
        /// Number of the parameter's version, or id of the secret's current one.
        version: String,
        /// ARN; that of Secrets Manager ends with six random characters.
        arn: String,
    },
    /// A place that nobody has put a value into.
    Empty,
    Missing,
    /// AWS would not tell.
    Unreadable {
        why: String,
    },
}

/// Scaling of one service, in the words of
/// [Application Auto Scaling](https://docs.aws.amazon.com/autoscaling/application/APIReference/API_Operations.html). Names of
/// the service, of the namespace and of the dimension are left out everywhere, ARNs and times of creation too.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ScalingSettings {
    /// `RegisterScalableTarget`: `MinCapacity`, `MaxCapacity`, `SuspendedState`.
    pub target: Map<String, Value>,
    /// `PutScalingPolicy` by name: `PolicyType` and its configuration.
    pub policies: BTreeMap<String, Map<String, Value>>,
    /// `PutScheduledAction` by name: `Schedule`, `Timezone`, `ScalableTargetAction`.
    pub scheduled_actions: BTreeMap<String, Map<String, Value>>,
}

/// A schedule of EventBridge Scheduler: the JSON of
/// [`CreateSchedule`](https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html) without name, group
/// and client token.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ObservedSchedule(pub Map<String, Value>);

/// A rule of the load balancer's listener that ECS moves a service's traffic by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListenerRule {
    pub arn: String,
    pub priority: u32,
    /// Path pattern that it matches.
    pub path: String,
    /// Host name that it matches, if it looks at that.
    pub host: Option<String>,
    /// Weight by ARN of the target group.
    pub weights: BTreeMap<String, u32>,
    /// Whether it does anything else: other conditions, other actions.
    pub foreign: bool,
    /// Empty where they were not asked for: of rules that forward to one target group alone.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
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
