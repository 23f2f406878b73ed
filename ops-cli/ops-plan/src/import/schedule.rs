use ops_model::declaration::Schedule;
use ops_model::observation::ObservedSchedule;
use serde_json::{Map, Value, json};

use super::member::{number, object, text};

/// A schedule as the declaration says it. What it cannot say shows in the plan: a schedule has no overrides.
pub(super) fn schedule(live: &ObservedSchedule) -> Option<Schedule> {
    let document = &live.0;
    let nothing = Map::new();
    let window = object(document, "FlexibleTimeWindow").unwrap_or(&nothing);
    let retry = object(document, "Target").and_then(|target| object(target, "RetryPolicy")).unwrap_or(&nothing);
    Some(Schedule {
        at: text(document, "ScheduleExpression")?.to_owned(),
        time_zone: text(document, "ScheduleExpressionTimezone").unwrap_or("UTC").to_owned(),
        flexible_minutes: number(window, "MaximumWindowInMinutes", (1, 1440)).unwrap_or(0),
        retries: number(retry, "MaximumRetryAttempts", (0, 185)).unwrap_or(185),
        maximum_age_seconds: number(retry, "MaximumEventAgeInSeconds", (60, 86400)).unwrap_or(86400),
        enabled: text(document, "State") != Some("DISABLED"),
    })
}

/// How a schedule runs its task, in the words of ECS, which begin with small letters.
pub(super) fn run_settings(live: &ObservedSchedule) -> Map<String, Value> {
    let parameters = object(&live.0, "Target").and_then(|target| object(target, "EcsParameters"));
    let settings = parameters.into_iter().flatten().map(|(member, value)| {
        let value = match (member.as_str(), value.get("awsvpcConfiguration").and_then(Value::as_object)) {
            ("NetworkConfiguration", Some(network)) => {
                let network: Map<_, _> = network.iter().map(|(name, value)| (small(name), value.clone())).collect();
                json!({"awsvpcConfiguration": network})
            }
            _ => value.clone(),
        };
        (small(member), value)
    });
    settings.collect()
}

fn small(member: &str) -> String {
    let mut letters = member.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}
