//! The schedule of one task: live against declared.

use std::sync::LazyLock;

use ops_model::declaration::{Schedule, Task};
use ops_model::observation::{Observation, ObservedSchedule};
use ops_model::plan::{Act, Change, ChangeClass, Difference, ScheduleAct, TASK_DEFINITION_TO_COME, TaskDefinitionAct};
use ops_model::platform::{Platform, PlatformSchedules, PlatformTask};
use serde_json::Value;

use crate::change::of_calls;
use crate::comparison::{Field, Shape, Table, canonical, differences, field, unite_capacity};
use crate::desired::{DesiredTask, desired_schedule, schedule_name};
use crate::task_definition;

/// Source: <https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html>.
pub(crate) const FIELDS: &[Field] = &[
    field("ScheduleExpression", Shape::Plain, "", "at"),
    field("ScheduleExpressionTimezone", Shape::Plain, r#""UTC""#, "time_zone"),
    field("State", Shape::Plain, r#""ENABLED""#, "enabled"),
    field("ActionAfterCompletion", Shape::Plain, r#""NONE""#, ""),
    field("FlexibleTimeWindow", Shape::Plain, "", "flexible_minutes"),
    field("Target.EcsParameters.TaskCount", Shape::Plain, "1", ""),
    field("Target.EcsParameters.TaskDefinitionArn", Shape::Plain, "", "task_definition"),
    field("Target.EcsParameters.PlatformVersion", Shape::Plain, r#""LATEST""#, ""),
    field("Target.EcsParameters.CapacityProviderStrategy", Shape::Keyed(&["capacityProvider"]), "", ""),
    field("Target.EcsParameters.NetworkConfiguration.awsvpcConfiguration.Subnets", Shape::Set, "", ""),
    field("Target.EcsParameters.NetworkConfiguration.awsvpcConfiguration.SecurityGroups", Shape::Set, "", ""),
    field(
        "Target.EcsParameters.NetworkConfiguration.awsvpcConfiguration.AssignPublicIp",
        Shape::Plain,
        r#""DISABLED""#,
        "",
    ),
    field("Target.RetryPolicy.MaximumRetryAttempts", Shape::Plain, "185", "retries"),
    field("Target.RetryPolicy.MaximumEventAgeInSeconds", Shape::Plain, "86400", "maximum_age_seconds"),
];

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(FIELDS));

/// What a schedule is made from.
pub(crate) struct Subject<'a> {
    pub(crate) environment: &'a str,
    pub(crate) platform: &'a Platform,
    pub(crate) name: &'a str,
    pub(crate) task: &'a Task,
    pub(crate) schedule: &'a Schedule,
    pub(crate) surroundings: &'a PlatformTask,
    pub(crate) schedules: &'a PlatformSchedules,
    pub(crate) desired: &'a DesiredTask,
}

/// `None`: it is as declared, and starts the newest version.
pub(crate) fn compare(subject: &Subject<'_>, observation: &Observation) -> Option<Change> {
    let provided = task_definition::provide(&subject.desired.task_definition, observation);
    let task_definition = match &provided {
        TaskDefinitionAct::Registered { arn } => arn.as_str(),
        TaskDefinitionAct::Register { .. } => TASK_DEFINITION_TO_COME,
    };
    let wanted = desired_schedule(
        subject.platform,
        subject.task,
        subject.schedule,
        subject.surroundings,
        subject.schedules,
        task_definition,
    );
    let name = schedule_name(subject.environment, subject.name);
    let live = observation.schedules.get(&name);
    let found = found(live, &wanted);
    if found.is_empty() {
        return None;
    }
    let class = if live.is_some() { ChangeClass::InPlace } else { ChangeClass::Create };
    let act = ScheduleAct::Put { name, exists: live.is_some(), schedule: wanted, task_definition: provided };
    Some(change(subject.name, class, act, if live.is_some() { found } else { Vec::new() }))
}

/// A schedule of our group that no task has any more.
pub(crate) fn removal(name: &str) -> Change {
    change(name, ChangeClass::Delete, ScheduleAct::Remove { name: name.to_owned() }, Vec::new())
}

fn found(live: Option<&ObservedSchedule>, wanted: &ObservedSchedule) -> Vec<Difference> {
    let canonical_form = |schedule: &ObservedSchedule| {
        let mut document = schedule.0.clone();
        let parameters = document.get_mut("Target").and_then(|target| target.get_mut("EcsParameters"));
        if let Some(parameters) = parameters.and_then(Value::as_object_mut) {
            unite_capacity(parameters, "LaunchType", "CapacityProviderStrategy");
        }
        canonical(&document, &TABLE)
    };
    let live = live.map(canonical_form).unwrap_or_default();
    let differences = differences(&live, &canonical_form(wanted), &TABLE).into_iter().map(|one| Difference {
        path: match TABLE.field(&one.pattern).map(|field| field.declared).filter(|name| !name.is_empty()) {
            Some(name) => format!("schedule.{name}"),
            None => format!("schedule.{}", one.keys.join(".")),
        },
        live: one.live,
        declared: one.declared,
        class: ChangeClass::InPlace,
    });
    differences.collect()
}

fn change(name: &str, class: ChangeClass, act: ScheduleAct, differences: Vec<Difference>) -> Change {
    of_calls(name, class, Act::Schedule(act), differences)
}
