//! One service deployment, in ECS's words and ours.

use aws_sdk_ecs::types::{
    DeploymentLifecycleHookAction, DeploymentLifecycleHookDetail, DeploymentLifecycleHookStatus,
    DeploymentLifecycleHookTargetType, DeploymentStrategy, ServiceDeployment, ServiceDeploymentCircuitBreaker,
    ServiceDeploymentRollbackMonitorsStatus, ServiceDeploymentStatus, ServiceRevisionSummary,
};
use ops_model::rollout::{CircuitBreaker, Rollback, Rollout, RolloutStatus, TaskCounts, WaitingHook};

use crate::aws_document::Document;
use crate::time::timestamp;

pub(super) fn target_revision_arn(deployment: &ServiceDeployment) -> Option<&str> {
    deployment.target_service_revision()?.arn()
}

/// `revision` is the one that the deployment brings, as a document.
pub(super) fn rollout(deployment: &ServiceDeployment, revision: Option<&Document>) -> Result<Rollout, String> {
    let id = deployment.service_deployment_arn().ok_or("a service deployment has no ARN")?;
    let task_definition = revision
        .and_then(|revision| revision.get("taskDefinition")?.as_str())
        .ok_or_else(|| format!("{id} has no target service revision with a task definition"))?;
    let triggered = deployment.alarms().map(|alarms| alarms.triggered_alarm_names().to_vec());
    Ok(Rollout {
        id: id.to_owned(),
        status: status(id, deployment.status())?,
        status_reason: deployment.status_reason().filter(|reason| !reason.is_empty()).map(str::to_owned),
        task_definition: task_definition.to_owned(),
        tasks: deployment.target_service_revision().map(task_counts).unwrap_or_default(),
        circuit_breaker: deployment.deployment_circuit_breaker().and_then(circuit_breaker),
        rollback: deployment.rollback().map(|rollback| Rollback {
            reason: rollback.reason().map(str::to_owned),
            service_revision: rollback.service_revision_arn().map(str::to_owned),
        }),
        // The SDK does not know every stage that ECS documents, so its words are passed on.
        stage: deployment.lifecycle_stage().map(|stage| stage.as_str().to_owned()),
        waiting: waiting(deployment.lifecycle_hook_details()),
        traffic_percent: traffic_percent(deployment),
        alarms: triggered.unwrap_or_default(),
        created_at: deployment.created_at().and_then(timestamp),
    })
}

fn task_counts(revision: &ServiceRevisionSummary) -> TaskCounts {
    TaskCounts {
        requested: revision.requested_task_count().try_into().unwrap_or_default(),
        running: revision.running_task_count().try_into().unwrap_or_default(),
        pending: revision.pending_task_count().try_into().unwrap_or_default(),
    }
}

fn circuit_breaker(breaker: &ServiceDeploymentCircuitBreaker) -> Option<CircuitBreaker> {
    breaker.status().filter(|status| **status != ServiceDeploymentRollbackMonitorsStatus::Disabled)?;
    Some(CircuitBreaker {
        failures: breaker.failure_count().try_into().unwrap_or_default(),
        threshold: breaker.threshold().try_into().unwrap_or_default(),
    })
}

/// Soonest to expire first.
fn waiting(hooks: &[DeploymentLifecycleHookDetail]) -> Vec<WaitingHook> {
    let waited_for = |hook: &&DeploymentLifecycleHookDetail| {
        let waits = [DeploymentLifecycleHookStatus::AwaitingAction, DeploymentLifecycleHookStatus::InProgress];
        hook.status().is_some_and(|status| waits.contains(status))
    };
    let mut waiting: Vec<_> = hooks
        .iter()
        .filter(waited_for)
        .map(|hook| WaitingHook {
            id: hook.hook_id().unwrap_or_default().to_owned(),
            pause: hook.target_type() == Some(&DeploymentLifecycleHookTargetType::Pause),
            expires_at: hook.expires_at().and_then(timestamp),
            // What ECS does unless told otherwise.
            then_rolls_back: hook.timeout_action() != Some(&DeploymentLifecycleHookAction::Continue),
        })
        .collect();
    waiting.sort_by_key(|hook| (hook.expires_at.is_none(), hook.expires_at));
    waiting
}

fn traffic_percent(deployment: &ServiceDeployment) -> Option<u32> {
    let strategy = deployment.deployment_configuration()?.strategy()?;
    if *strategy == DeploymentStrategy::Rolling {
        return None;
    }
    let weight = deployment.target_service_revision()?.requested_production_traffic_weight()?;
    // Steps may be tenths of a percent.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between 0 and 100")]
    Some(weight.clamp(0.0, 100.0).round() as u32)
}

fn status(id: &str, status: Option<&ServiceDeploymentStatus>) -> Result<RolloutStatus, String> {
    match status {
        Some(ServiceDeploymentStatus::Pending) => Ok(RolloutStatus::Pending),
        Some(ServiceDeploymentStatus::InProgress) => Ok(RolloutStatus::InProgress),
        Some(ServiceDeploymentStatus::Successful) => Ok(RolloutStatus::Successful),
        Some(ServiceDeploymentStatus::StopRequested) => Ok(RolloutStatus::StopRequested),
        Some(ServiceDeploymentStatus::Stopped) => Ok(RolloutStatus::Stopped),
        Some(ServiceDeploymentStatus::RollbackRequested) => Ok(RolloutStatus::RollbackRequested),
        Some(ServiceDeploymentStatus::RollbackInProgress) => Ok(RolloutStatus::RollbackInProgress),
        Some(ServiceDeploymentStatus::RollbackSuccessful) => Ok(RolloutStatus::RollbackSuccessful),
        Some(ServiceDeploymentStatus::RollbackFailed) => Ok(RolloutStatus::RollbackFailed),
        Some(unknown) => Err(format!("{id} has the unknown status {}", unknown.as_str())),
        None => Err(format!("{id} has no status")),
    }
}
