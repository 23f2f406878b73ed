//! What a person would have clicked through consoles to find. Read before ECS forgets it, which takes about
//! an hour.

use std::collections::BTreeMap;

use ops_model::observation::ObservedTask;
use ops_model::outcome::Evidence;
use ops_model::rollout::Rollout;

use super::Execution;
use crate::error_chain::error_chain;

const MOST_TASKS: usize = 10;
const MOST_EVENTS: usize = 10;

/// Tasks and events, as far as they can be read; what cannot is said in it, because a verdict must not fail for want of evidence.
pub(super) async fn collect(execution: &Execution<'_>, service: &str, rollout: &Rollout) -> Evidence {
    let mut evidence = Evidence::default();
    match execution.cloud.containers.tasks(execution.cluster, service).await {
        Ok(mut tasks) => {
            tasks.retain(|task| task.task_definition == rollout.task_definition);
            tasks.sort_by_key(|task| task.stopped_reason.is_none());
            tasks.truncate(MOST_TASKS);
            evidence.tasks = tasks;
        }
        Err(error) => evidence.unread.push(error_chain(&error)),
    }
    let name = [service.to_owned()];
    match execution.cloud.containers.describe_services(execution.cluster, &name).await {
        Ok(services) => {
            evidence.events = services.into_iter().flat_map(|service| service.events).collect();
            evidence.events.retain(|event| rollout.created_at.is_none() || event.at >= rollout.created_at);
            evidence.events.sort_by_key(|event| !tells_of_failure(&event.message));
            evidence.events.truncate(MOST_EVENTS);
        }
        Err(error) => evidence.unread.push(error_chain(&error)),
    }
    evidence
}

/// What a rollback did afterwards is news too, but not why it came to it.
fn tells_of_failure(event: &str) -> bool {
    ["unhealthy", "unable", "failed"].iter().any(|word| event.contains(word))
}

/// The most telling sentence: what ECS says of the rollout, and what most of its tasks died of.
pub(super) fn reason(rollout: &Rollout, evidence: &Evidence) -> String {
    let ecs = rollout.rollback.as_ref().and_then(|rollback| rollback.reason.clone()).or(rollout.status_reason.clone());
    let mut sentences: Vec<String> = ecs.map(|text| text.trim_end_matches('.').to_owned()).into_iter().collect();
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
    for task in tasks {
        let Some(stopped) = &task.stopped_reason else { continue };
        let exits = task.containers.iter().find_map(|container| {
            let code = container.exit_code.filter(|code| *code != 0 && !task.was_stopped_by_ecs())?;
            Some(format!(" (container {} exited with {code})", container.name))
        });
        let container = task.containers.iter().find_map(|container| container.reason.clone());
        let detail = container.map(|reason| format!(": {reason}")).or(exits).unwrap_or_default();
        *causes.entry(format!("{stopped}{detail}")).or_default() += 1;
    }
    causes.into_iter().max_by_key(|(_, count)| *count).map(|(cause, _)| cause)
}
