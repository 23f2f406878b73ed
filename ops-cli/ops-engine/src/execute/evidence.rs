//! What a person would have clicked through consoles to find. Read before ECS forgets it, which takes about
//! an hour.

use std::collections::BTreeMap;

use ops_model::observation::{ObservedContainer, ObservedTask};
use ops_model::outcome::Evidence;
use ops_model::rollout::Rollout;
use ops_model::task_definition::TaskDefinition;

use crate::cloud::{Cloud, LogStream};
use crate::error_chain::error_chain;
use crate::logs::{awslogs_streams, task_id};

const MOST_TASKS: usize = 10;
const MOST_EVENTS: usize = 10;
/// Tasks of one revision mostly die of the same.
const MOST_TASKS_WITH_LOGS: usize = 2;
const MOST_LINES: u32 = 20;

/// A revision of a service that something is wrong with.
#[derive(Clone, Copy)]
pub(crate) struct Suspect<'a> {
    pub(crate) cluster: &'a str,
    pub(crate) service: &'a str,
    /// ARN of its task definition.
    pub(crate) task_definition: &'a str,
    /// `None` when nobody knows: then no log is read.
    pub(crate) content: Option<&'a TaskDefinition>,
    /// The rollout that brought it, if it is worth a look.
    pub(crate) rollout: Option<&'a Rollout>,
}

/// Tasks, events and logs, as far as they can be read; what cannot is said in it, because a verdict must not fail for want
/// of evidence.
pub(crate) async fn collect(cloud: &Cloud, suspect: Suspect<'_>) -> Evidence {
    let Suspect { cluster, service, task_definition, content, rollout } = suspect;
    let mut evidence = Evidence {
        circuit_breaker: rollout.and_then(|rollout| rollout.circuit_breaker),
        alarms: rollout.map(|rollout| rollout.alarms.clone()).unwrap_or_default(),
        ..Evidence::default()
    };
    match cloud.containers.tasks(cluster, service).await {
        Ok(mut tasks) => {
            tasks.retain(|task| task.task_definition == task_definition);
            tasks.sort_by_key(|task| task.stopped_reason.is_none());
            tasks.truncate(MOST_TASKS);
            evidence.tasks = tasks;
        }
        Err(error) => evidence.unread.push(error_chain(&error)),
    }
    match cloud.containers.describe_services(cluster, &[service.to_owned()]).await {
        Ok(services) => {
            let since = rollout.and_then(|rollout| rollout.created_at);
            evidence.events = services.into_iter().flat_map(|service| service.events).collect();
            evidence.events.retain(|event| since.is_none() || event.at >= since);
            evidence.events.sort_by_key(|event| !tells_of_failure(&event.message));
            evidence.events.truncate(MOST_EVENTS);
        }
        Err(error) => evidence.unread.push(error_chain(&error)),
    }
    read_logs(cloud, content, &mut evidence).await;
    evidence
}

/// The last lines of what failed in the evidence's tasks.
pub(super) async fn read_logs(cloud: &Cloud, content: Option<&TaskDefinition>, evidence: &mut Evidence) {
    let Some(content) = content else { return };
    let stopped = evidence.tasks.iter().filter(|task| task.stopped_reason.is_some());
    let streams: Vec<_> = stopped.take(MOST_TASKS_WITH_LOGS).flat_map(|task| telling_streams(content, task)).collect();
    for stream in streams {
        match cloud.logs.last_lines(&stream, MOST_LINES).await {
            Ok(lines) => evidence.log.extend(lines),
            Err(error) => evidence.unread.push(error_chain(&error)),
        }
    }
    evidence.log.sort_by_key(|line| line.at);
}

/// Streams of the containers that failed by themselves; of the essential ones when none did.
fn telling_streams(content: &TaskDefinition, task: &ObservedTask) -> Vec<LogStream> {
    let failed = |container: &ObservedContainer| container.exit_code.is_some_and(|code| code != 0);
    let failed: Vec<_> = task.containers.iter().filter(|it| failed(it)).map(|it| it.name.as_str()).collect();
    let any_failed = !failed.is_empty() && !task.was_stopped_by_ecs();
    let mut streams = awslogs_streams(content, task_id(&task.arn));
    streams.retain(|stream| {
        let essential = content.containers().any(|it| it.name() == stream.container && it.essential());
        if any_failed { failed.contains(&stream.container.as_str()) } else { essential }
    });
    streams
}

/// What a rollback did afterwards is news too, but not why it came to it.
fn tells_of_failure(event: &str) -> bool {
    ["unhealthy", "unable", "failed"].iter().any(|word| event.contains(word))
}

/// The most telling sentence: what ECS says of the rollout, and what most of its tasks died of.
pub(super) fn reason(rollout: &Rollout, evidence: &Evidence) -> String {
    let ecs = rollout.rollback.as_ref().and_then(|rollback| rollback.reason.clone()).or(rollout.status_reason.clone());
    let mut sentences: Vec<String> = ecs.map(|text| text.trim_end_matches('.').to_owned()).into_iter().collect();
    if !rollout.alarms.is_empty() {
        sentences.push(format!("alarms went off: {}", rollout.alarms.join(", ")));
    }
    if let Some(breaker) = &rollout.circuit_breaker
        && breaker.failures > 0
    {
        sentences.push(format!(
            "{} tasks failed, {} are allowed",
            breaker.failures,
            breaker.threshold.saturating_sub(1)
        ));
    }
    if let Some(cause) = commonest_cause(&evidence.tasks) {
        sentences.push(cause);
    }
    if sentences.is_empty() { "ECS gave no reason".to_owned() } else { sentences.join("; ") }
}

fn commonest_cause(tasks: &[ObservedTask]) -> Option<String> {
    let mut causes: BTreeMap<String, usize> = BTreeMap::new();
    for cause in tasks.iter().filter_map(cause) {
        *causes.entry(cause).or_default() += 1;
    }
    causes.into_iter().max_by_key(|(_, count)| *count).map(|(cause, _)| cause)
}

/// What a task died of; `None` while it lives.
pub(super) fn cause(task: &ObservedTask) -> Option<String> {
    let stopped = task.stopped_reason.as_ref()?;
    let exits = task.containers.iter().find_map(|container| {
        let code = container.exit_code.filter(|code| *code != 0 && !task.was_stopped_by_ecs())?;
        Some(format!(" (container {} exited with {code})", container.name))
    });
    let container = task.containers.iter().find_map(|container| container.reason.clone());
    let detail = container.map(|reason| format!(": {reason}")).or(exits).unwrap_or_default();
    Some(format!("{stopped}{detail}"))
}
