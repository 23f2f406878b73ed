//! When the containers of a task start, answer health checks and exit, if nobody stops them.

use std::time::Duration;

use ops_model::task_definition::{ContainerDefinition, TaskDefinition};
use serde_json::Value;

use crate::images::{ImageBehaviour, Images};
use crate::timing::{Timing, after};

/// What will become of one container. `None`: never.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ContainerFate {
    pub(crate) starts_at: Option<Duration>,
    pub(crate) exits_at: Option<(Duration, i32)>,
    /// By its own health check, if it has one.
    pub(crate) healthy_at: Option<Duration>,
    /// When its own health check gives it up, if it is not healthy by then.
    pub(crate) unhealthy_at: Option<Duration>,
    /// When it is clear that it will never start, because of what it depends on.
    pub(crate) refused_at: Option<Duration>,
}

/// Fates of the containers, in the order of the document, when the images are there at `pulled_at`.
pub(crate) fn decide(content: &TaskDefinition, images: &Images, pulled_at: Duration) -> Vec<ContainerFate> {
    let containers: Vec<_> = content.containers().collect();
    let mut fates: Vec<Option<ContainerFate>> = vec![None; containers.len()];
    // Each turn decides those whose dependencies are decided; registration refuses circles.
    for _ in 0..containers.len() {
        for (index, container) in containers.iter().enumerate() {
            if fates[index].is_none()
                && let Some(start) = start(*container, &containers, &fates, pulled_at)
            {
                fates[index] = Some(from_start(*container, images, start));
            }
        }
    }
    let never = Start { starts_at: None, refused_at: None };
    fates
        .into_iter()
        .zip(&containers)
        .map(|(fate, one)| fate.unwrap_or_else(|| from_start(*one, images, never)))
        .collect()
}

#[derive(Clone, Copy)]
struct Start {
    starts_at: Option<Duration>,
    refused_at: Option<Duration>,
}

/// `None` as long as a dependency is not decided.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html>
fn start(
    container: ContainerDefinition<'_>,
    containers: &[ContainerDefinition<'_>],
    fates: &[Option<ContainerFate>],
    pulled_at: Duration,
) -> Option<Start> {
    let mut start = Start { starts_at: Some(pulled_at), refused_at: None };
    for (name, condition) in dependencies(container) {
        let index = containers.iter().position(|other| other.name() == name)?;
        let other = fates[index]?;
        let (met_at, refused_at) = match condition {
            "COMPLETE" => (other.exits_at.map(|(at, _)| at), None),
            "SUCCESS" => match other.exits_at {
                Some((at, 0)) => (Some(at), None),
                exit => (None, exit.map(|(at, _)| at)),
            },
            "HEALTHY" => (other.healthy_at, other.unhealthy_at.filter(|_| other.healthy_at.is_none())),
            _ => (other.starts_at, None),
        };
        start.starts_at = start.starts_at.zip(met_at).map(|(one, other)| one.max(other));
        start.refused_at = [start.refused_at, refused_at, other.refused_at].into_iter().flatten().min();
    }
    Some(start)
}

/// Names and conditions of what a container waits for.
pub(crate) fn dependencies(container: ContainerDefinition<'_>) -> impl Iterator<Item = (&str, &str)> {
    let dependencies = container.0.get("dependsOn").and_then(Value::as_array);
    dependencies
        .into_iter()
        .flatten()
        .filter_map(|one| Some((one.get("containerName")?.as_str()?, one.get("condition")?.as_str()?)))
}

fn from_start(container: ContainerDefinition<'_>, images: &Images, start: Start) -> ContainerFate {
    let behaviour = images.behaviour(container.image());
    let Start { starts_at, refused_at } = start;
    let exits_at = match (behaviour, starts_at) {
        (ImageBehaviour::Exits { exit_code, after: lifetime }, Some(start)) => {
            Some((after(start, lifetime), exit_code))
        }
        _ => None,
    };
    let mut fate = ContainerFate { starts_at, exits_at, healthy_at: None, unhealthy_at: None, refused_at };
    if let (Some(check), Some(start)) = (HealthCheck::of(container), starts_at) {
        fate.healthy_at = answers_from(behaviour).map(|answers| check.healthy_at(start, answers));
        fate.unhealthy_at = Some(check.unhealthy_at(start));
    }
    fate
}

/// How long after its start a container answers health checks; `None` for never.
pub(crate) fn answers_from(behaviour: ImageBehaviour) -> Option<Duration> {
    match behaviour {
        ImageBehaviour::Healthy { start } => Some(start),
        ImageBehaviour::Exits { .. } => Some(Duration::ZERO),
        ImageBehaviour::NeverHealthy | ImageBehaviour::CannotBePulled => None,
    }
}

/// The health check that a container definition has of its own.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html>
struct HealthCheck {
    interval: Duration,
    retries: u32,
    start_period: Duration,
}

impl HealthCheck {
    fn of(container: ContainerDefinition<'_>) -> Option<Self> {
        let check = container.0.get("healthCheck")?;
        let number = |name: &str, default: u64| check.get(name).and_then(Value::as_u64).unwrap_or(default);
        Some(Self {
            interval: Duration::from_secs(number("interval", 30).max(1)),
            retries: u32::try_from(number("retries", 3)).unwrap_or(u32::MAX),
            start_period: Duration::from_secs(number("startPeriod", 0)),
        })
    }

    /// The first check that passes.
    fn healthy_at(&self, start: Duration, answers: Duration) -> Duration {
        let checks = answers.as_nanos().div_ceil(self.interval.as_nanos()).max(1);
        start.saturating_add(self.interval.saturating_mul(u32::try_from(checks).unwrap_or(u32::MAX)))
    }

    /// The last of the failures that are allowed after the start period.
    fn unhealthy_at(&self, start: Duration) -> Duration {
        start.saturating_add(self.start_period).saturating_add(self.interval.saturating_mul(self.retries))
    }
}

/// When a task is healthy and when ECS gives it up, by the health checks of its essential containers.
pub(crate) fn essential_health(
    content: &TaskDefinition,
    fates: &[ContainerFate],
    timing: &Timing,
    pulled_at: Duration,
) -> (Option<Duration>, Option<Duration>) {
    let checked: Vec<_> = content
        .containers()
        .zip(fates)
        .filter(|(one, _)| one.essential() && one.0.contains_key("healthCheck"))
        .collect();
    if checked.is_empty() {
        let started = fates.iter().filter_map(|fate| fate.starts_at).max().unwrap_or(pulled_at);
        return (Some(after(started, timing.running_before_healthy)), None);
    }
    let healthy_at: Option<Vec<_>> = checked.iter().map(|(_, fate)| fate.healthy_at).collect();
    let given_up_at = checked.iter().filter_map(|(_, fate)| fate.unhealthy_at).min();
    (healthy_at.and_then(|moments| moments.into_iter().max()), given_up_at)
}
