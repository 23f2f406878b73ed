use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use ops_engine::cloud::{
    AuthorizeRule, CreateListenerRule, CreateService, ModifyListenerRule, RunTask, ServiceUpdate, WriteCondition,
};
use ops_model::declaration::PauseEnd;
use ops_model::observation::ObservedSchedule;
use ops_model::security_group::{Direction, Permission};
use ops_model::task_definition::TaskDefinition;
use serde_json::{Map, Value};

/// A change that somebody asked for through the cloud traits and that AWS accepted, also when its answer
/// was lost. Changes by hand are not in here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    RegisterTaskDefinition {
        arn: String,
        content: TaskDefinition,
        tags: BTreeMap<String, String>,
    },
    CreateService(CreateService),
    UpdateService(ServiceUpdate),
    /// Of a service or a task definition.
    Tag {
        arn: String,
        tags: BTreeMap<String, String>,
    },
    DeleteService {
        cluster: String,
        service: String,
    },
    ContinueRollout {
        rollout: String,
        hook: String,
        end: PauseEnd,
    },
    /// With the task that it started, or had started before.
    RunTask {
        arn: String,
        request: RunTask,
    },
    StopTask {
        arn: String,
        reason: String,
    },
    CreateListenerRule(CreateListenerRule),
    ModifyListenerRule(ModifyListenerRule),
    DeleteListenerRule {
        arn: String,
    },
    AuthorizeRule {
        group_id: String,
        id: String,
        rule: AuthorizeRule,
    },
    ModifyRule {
        group_id: String,
        id: String,
        permission: Permission,
    },
    RevokeRule {
        group_id: String,
        id: String,
        direction: Direction,
    },
    PutScalableTarget {
        service: String,
        target: Map<String, Value>,
    },
    PutScalingPolicy {
        service: String,
        name: String,
        policy: Map<String, Value>,
    },
    PutScheduledAction {
        service: String,
        name: String,
        action: Map<String, Value>,
    },
    DeleteScalingPolicy {
        service: String,
        name: String,
    },
    DeleteScheduledAction {
        service: String,
        name: String,
    },
    RemoveScalableTarget {
        service: String,
    },
    CreateSchedule {
        name: String,
        schedule: ObservedSchedule,
    },
    UpdateSchedule {
        name: String,
        schedule: ObservedSchedule,
    },
    DeleteSchedule {
        name: String,
    },
    PutObject {
        bucket: String,
        key: String,
        condition: WriteCondition,
        locked_until: Option<Timestamp>,
    },
    DeleteObject {
        bucket: String,
        key: String,
    },
    /// Without a condition, or under a free key.
    UploadObject {
        bucket: String,
        key: String,
    },
    CopyObject {
        bucket: String,
        from: String,
        to: String,
    },
    DeleteObjects {
        bucket: String,
        keys: Vec<String>,
    },
    BlockPublicAccess {
        bucket: String,
    },
    CreateInvalidation {
        distribution: String,
        reference: String,
        paths: Vec<String>,
    },
}

impl Write {
    /// A write to a bucket or a distribution, such as the lease, the records and the files of a site, rather than to
    /// what runs.
    #[must_use]
    pub fn is_object(&self) -> bool {
        self.is_of_a_site() || matches!(self, Self::PutObject { .. } | Self::DeleteObject { .. })
    }

    /// A write to a site's bucket, the documents in it apart, or to its distribution.
    #[must_use]
    pub fn is_of_a_site(&self) -> bool {
        matches!(
            self,
            Self::UploadObject { .. }
                | Self::CopyObject { .. }
                | Self::DeleteObjects { .. }
                | Self::BlockPublicAccess { .. }
                | Self::CreateInvalidation { .. }
        )
    }
}

/// One line: the operation, what it is about and what it sets.
impl fmt::Display for Write {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RegisterTaskDefinition { arn, .. } => {
                write!(formatter, "ecs:RegisterTaskDefinition {}", short(arn))
            }
            Self::CreateService(request) => {
                let CreateService { service, task_definition, settings, .. } = request;
                write!(formatter, "ecs:CreateService {service} taskDefinition={}", short(task_definition))?;
                settings.desired_count().map_or(Ok(()), |count| write!(formatter, " desiredCount={count}"))
            }
            Self::UpdateService(request) => {
                write!(formatter, "ecs:UpdateService {}", request.service)?;
                if let Some(arn) = &request.task_definition {
                    write!(formatter, " taskDefinition={}", short(arn))?;
                }
                members(formatter, &request.update.0)
            }
            Self::Tag { arn, tags } => {
                let keys: Vec<_> = tags.keys().map(String::as_str).collect();
                write!(formatter, "ecs:TagResource {} {}", short(arn), keys.join(","))
            }
            Self::DeleteService { service, .. } => write!(formatter, "ecs:DeleteService {service}"),
            Self::ContinueRollout { rollout, end, .. } => {
                let service = rollout.rsplit('/').nth(1).unwrap_or_default();
                let action = match end {
                    PauseEnd::Continue => "CONTINUE",
                    PauseEnd::Rollback => "ROLLBACK",
                };
                write!(formatter, "ecs:ContinueServiceDeployment {service} action={action}")
            }
            Self::RunTask { request, .. } => write!(formatter, "ecs:RunTask {}", short(&request.task_definition)),
            Self::StopTask { reason, .. } => write!(formatter, "ecs:StopTask {reason}"),
            Self::CreateListenerRule(request) => {
                write!(formatter, "elasticloadbalancing:CreateRule {} priority={}", request.path, request.priority)
            }
            Self::ModifyListenerRule(ModifyListenerRule { arn: _, priority, conditions, weights }) => {
                write!(formatter, "elasticloadbalancing:ModifyRule")?;
                priority.map_or(Ok(()), |priority| write!(formatter, " priority={priority}"))?;
                conditions.as_ref().map_or(Ok(()), |(path, _)| write!(formatter, " path={path}"))?;
                weights.as_ref().map_or(Ok(()), |_| write!(formatter, " weights"))
            }
            Self::DeleteListenerRule { .. } => write!(formatter, "elasticloadbalancing:DeleteRule"),
            Self::AuthorizeRule { group_id, rule, .. } => {
                let Permission { direction, peer, .. } = &rule.permission;
                write!(formatter, "ec2:AuthorizeSecurityGroup {group_id} {direction} {peer}")
            }
            Self::ModifyRule { group_id, permission, .. } => {
                let Permission { direction, peer, .. } = permission;
                write!(formatter, "ec2:ModifySecurityGroupRules {group_id} {direction} {peer}")
            }
            Self::RevokeRule { group_id, direction, .. } => {
                write!(formatter, "ec2:RevokeSecurityGroup {group_id} {direction}")
            }
            Self::PutScalableTarget { service, target } => {
                write!(formatter, "application-autoscaling:RegisterScalableTarget {service}")?;
                members(formatter, target)
            }
            Self::PutScalingPolicy { service, name, .. } => {
                write!(formatter, "application-autoscaling:PutScalingPolicy {service} {name}")
            }
            Self::PutScheduledAction { service, name, .. } => {
                write!(formatter, "application-autoscaling:PutScheduledAction {service} {name}")
            }
            Self::DeleteScalingPolicy { service, name } => {
                write!(formatter, "application-autoscaling:DeleteScalingPolicy {service} {name}")
            }
            Self::DeleteScheduledAction { service, name } => {
                write!(formatter, "application-autoscaling:DeleteScheduledAction {service} {name}")
            }
            Self::RemoveScalableTarget { service } => {
                write!(formatter, "application-autoscaling:DeregisterScalableTarget {service}")
            }
            Self::CreateSchedule { name, .. } => write!(formatter, "scheduler:CreateSchedule {name}"),
            Self::UpdateSchedule { name, .. } => write!(formatter, "scheduler:UpdateSchedule {name}"),
            Self::DeleteSchedule { name } => write!(formatter, "scheduler:DeleteSchedule {name}"),
            Self::PutObject { key, condition, locked_until, .. } => {
                let condition = match condition {
                    WriteCondition::Absent => "absent",
                    WriteCondition::Unchanged { .. } => "unchanged",
                };
                write!(formatter, "s3:PutObject {key} if {condition}")?;
                locked_until.map_or(Ok(()), |until| write!(formatter, " locked until {until}"))
            }
            Self::DeleteObject { key, .. } => write!(formatter, "s3:DeleteObject {key}"),
            Self::UploadObject { key, .. } => write!(formatter, "s3:PutObject {key}"),
            Self::CopyObject { from, to, .. } => write!(formatter, "s3:CopyObject {from} to {to}"),
            Self::DeleteObjects { keys, .. } => write!(formatter, "s3:DeleteObjects {}", keys.join(" ")),
            Self::BlockPublicAccess { bucket } => write!(formatter, "s3:PutPublicAccessBlock {bucket}"),
            Self::CreateInvalidation { paths, .. } => {
                write!(formatter, "cloudfront:CreateInvalidation {}", paths.join(" "))
            }
        }
    }
}

/// Names of the members that are sent, sorted, and values where they are short.
fn members(formatter: &mut fmt::Formatter<'_>, document: &Map<String, Value>) -> fmt::Result {
    for (name, value) in document.iter().collect::<BTreeMap<_, _>>() {
        match value {
            Value::Object(_) | Value::Array(_) => write!(formatter, " {name}")?,
            Value::String(text) => write!(formatter, " {name}={text}")?,
            value => write!(formatter, " {name}={value}")?,
        }
    }
    Ok(())
}

/// The last part of an ARN.
fn short(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
