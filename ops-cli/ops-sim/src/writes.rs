use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use ops_engine::cloud::{CreateService, ServiceUpdate, WriteCondition};
use ops_model::plan::SettingsUpdate;
use ops_model::task_definition::TaskDefinition;

/// A change that somebody asked for through the cloud traits and that AWS accepted, also when its answer
/// was lost. Changes by hand are not in here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    RegisterTaskDefinition { arn: String, content: TaskDefinition, tags: BTreeMap<String, String> },
    CreateService(CreateService),
    UpdateService(ServiceUpdate),
    TagService { service_arn: String, tags: BTreeMap<String, String> },
    DeleteService { cluster: String, service: String },
    PutObject { bucket: String, key: String, condition: WriteCondition, locked_until: Option<Timestamp> },
    DeleteObject { bucket: String, key: String },
}

impl Write {
    /// A write to the ops bucket, such as the lease and the records, rather than to what runs.
    #[must_use]
    pub fn is_object(&self) -> bool {
        matches!(self, Self::PutObject { .. } | Self::DeleteObject { .. })
    }
}

/// One line: the operation, what it is about and what it sets.
impl fmt::Display for Write {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RegisterTaskDefinition { arn, .. } => {
                write!(formatter, "ecs:RegisterTaskDefinition {}", short(arn))
            }
            Self::CreateService(request) => write!(
                formatter,
                "ecs:CreateService {} task_definition={} desired_count={}",
                request.service,
                short(&request.task_definition),
                request.settings.desired_count
            ),
            Self::UpdateService(request) => {
                write!(formatter, "ecs:UpdateService {}", request.service)?;
                if let Some(arn) = &request.task_definition {
                    write!(formatter, " task_definition={}", short(arn))?;
                }
                fields(formatter, &request.update)
            }
            Self::TagService { service_arn, tags } => {
                let keys: Vec<_> = tags.keys().map(String::as_str).collect();
                write!(formatter, "ecs:TagResource {} {}", short(service_arn), keys.join(","))
            }
            Self::DeleteService { service, .. } => write!(formatter, "ecs:DeleteService {service}"),
            Self::PutObject { key, condition, locked_until, .. } => {
                let condition = match condition {
                    WriteCondition::Absent => "absent",
                    WriteCondition::Unchanged { .. } => "unchanged",
                };
                write!(formatter, "s3:PutObject {key} if {condition}")?;
                locked_until.map_or(Ok(()), |until| write!(formatter, " locked until {until}"))
            }
            Self::DeleteObject { key, .. } => write!(formatter, "s3:DeleteObject {key}"),
        }
    }
}

fn fields(formatter: &mut fmt::Formatter<'_>, update: &SettingsUpdate) -> fmt::Result {
    let SettingsUpdate { desired_count, network, load_balancers, deployment, health_check_grace_seconds } = update;
    if let Some(desired_count) = desired_count {
        write!(formatter, " desired_count={desired_count}")?;
    }
    if network.is_some() {
        write!(formatter, " network")?;
    }
    if load_balancers.is_some() {
        write!(formatter, " load_balancers")?;
    }
    if deployment.is_some() {
        write!(formatter, " deployment")?;
    }
    if let Some(seconds) = health_check_grace_seconds {
        write!(formatter, " health_check_grace_seconds={seconds}")?;
    }
    Ok(())
}

/// The last part of an ARN.
fn short(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
