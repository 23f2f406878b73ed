//! The schedule of a task in the words of EventBridge Scheduler.

use ops_model::declaration::{Schedule, Task};
use ops_model::observation::ObservedSchedule;
use ops_model::platform::{Platform, PlatformSchedules, PlatformTask};
use serde_json::{Map, Value, json};

use super::capacity::capacity;
use super::container::put;

/// Name of a task's schedule. A group holds schedules of one environment.
pub(crate) fn schedule_name(environment: &str, task: &str) -> String {
    format!("{environment}-{task}")
}

/// `task_definition`: ARN with revision, or what stands for one that is yet to come.
pub(crate) fn desired_schedule(
    platform: &Platform,
    declared: &Task,
    schedule: &Schedule,
    surroundings: &PlatformTask,
    schedules: &PlatformSchedules,
    task_definition: &str,
) -> ObservedSchedule {
    // Destructured without `..`, so that a new field has to be decided on here.
    let Schedule { at, time_zone, flexible_minutes, retries, maximum_age_seconds, enabled } = schedule;
    let PlatformSchedules { group: _, role_arn, dead_letter_arn } = schedules;
    let address = if surroundings.assign_public_ip { "ENABLED" } else { "DISABLED" };
    let mut parameters = Map::from_iter([
        ("TaskDefinitionArn".to_owned(), json!(task_definition)),
        ("TaskCount".to_owned(), json!(1)),
        ("EnableECSManagedTags".to_owned(), json!(true)),
        (
            "NetworkConfiguration".to_owned(),
            json!({"awsvpcConfiguration": {
                "Subnets": surroundings.subnet_ids, "SecurityGroups": surroundings.security_group_ids,
                "AssignPublicIp": address,
            }}),
        ),
    ]);
    // The same words as ECS's, but with a capital letter, except for the members of a strategy's items.
    for (member, value) in capacity(declared.workload.capacity.as_ref()) {
        let mut letters = member.chars();
        let capital = letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect();
        parameters.insert(capital, value);
    }
    put(&mut parameters, "PlatformVersion", &declared.workload.platform_version);
    let window = match flexible_minutes {
        0 => json!({"Mode": "OFF"}),
        minutes => json!({"Mode": "FLEXIBLE", "MaximumWindowInMinutes": minutes}),
    };
    let document: Map<String, Value> = Map::from_iter([
        ("ScheduleExpression".to_owned(), json!(at)),
        ("ScheduleExpressionTimezone".to_owned(), json!(time_zone)),
        ("FlexibleTimeWindow".to_owned(), window),
        ("State".to_owned(), json!(if *enabled { "ENABLED" } else { "DISABLED" })),
        (
            "Target".to_owned(),
            json!({
                "Arn": platform.cluster.arn, "RoleArn": role_arn, "EcsParameters": parameters,
                "RetryPolicy": {"MaximumRetryAttempts": retries, "MaximumEventAgeInSeconds": maximum_age_seconds},
                "DeadLetterConfig": {"Arn": dead_letter_arn},
            }),
        ),
    ]);
    ObservedSchedule(document)
}
