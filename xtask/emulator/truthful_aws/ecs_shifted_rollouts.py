"""Rollouts whose traffic is shifted (BLUE_GREEN, CANARY, LINEAR): from stage to stage, and the traffic back when they fail.

Blue is the last completed revision, which serves; green the new one. Without a load balancer there is no traffic to shift, and
the stages and their hooks are the same.
"""

from __future__ import annotations

from truthful_aws import ecs_lifecycle_hooks, ecs_tasks, ecs_traffic
from truthful_aws import ecs_rollouts as rollouts
from truthful_aws.ecs_health import is_healthy
from truthful_aws.ecs_rollouts import Rollout
from truthful_aws.ecs_store import Record
from truthful_aws.speed import seconds


def is_shifting(rollout: Rollout) -> bool:
    """Whether the stages say what happens; a rollback only brings back what was."""
    return rollout.deployment.lifecycle is not None and not rollout.is_rollback and rollout.state == "IN_PROGRESS"


def blue(service: Record) -> Rollout | None:
    """The rollout of the revision that served before."""
    return next(
        (r for r in service["_rollouts"] if r.status == "ACTIVE" and r.revision is service["_last_completed"]), None
    )


def advance(service: Record, rollout: Rollout, now: float) -> str | None:
    """Goes as many stages on as it can. Returns why the deployment has failed, or `completed`."""
    lifecycle = rollout.deployment.lifecycle
    assert lifecycle is not None
    while True:
        if lifecycle.stage is not None:
            ecs_lifecycle_hooks.advance(lifecycle.hooks, _payload(service, rollout), now)
            for hook in lifecycle.hooks:
                if not hook.is_waiting and not hook.lets_pass:
                    return f"Service deployment failed: lifecycle hook {hook.id} {_ended(hook.status)}."
            if any(hook.is_waiting for hook in lifecycle.hooks) or not _is_over(service, rollout, now):
                return None
        if lifecycle.position + 1 == len(lifecycle.stages):
            return "completed"
        lifecycle.position += 1
        _enter(service, rollout, now)


def _ended(status: str) -> str:
    return "timed out" if status == "TIMED_OUT" else "failed"


def _enter(service: Record, rollout: Rollout, now: float) -> None:
    lifecycle = rollout.deployment.lifecycle
    stage = lifecycle.stage
    lifecycle.entered_at = now
    lifecycle.hooks = ecs_lifecycle_hooks.begin(
        rollout.deployment.configuration.get("lifecycleHooks") or [], stage.name, now
    )
    if stage.name == "TEST_TRAFFIC_SHIFT":
        lifecycle.test = 100.0
        _shift(rollout, "testListenerRule", lifecycle.test)
    if stage.production is not None:
        lifecycle.production = stage.production
    if stage.name == "PRE_SCALE_UP" or stage.production is not None:
        # From the beginning on the rule names both target groups, without which green's would not be checked.
        _shift(rollout, "productionListenerRule", lifecycle.production)


def _shift(rollout: Rollout, kind: str, percent: float) -> None:
    ecs_traffic.shift(
        rollout.revision.configuration.get("loadBalancers") or [], rollout.revision.balancers, kind, percent
    )


def _is_over(service: Record, rollout: Rollout, now: float) -> bool:
    stage = rollout.deployment.lifecycle.stage
    if now - rollout.deployment.lifecycle.entered_at < seconds(60.0 * stage.minutes):
        return False
    live = [task for task in ecs_tasks.of_service(service) if ecs_tasks.is_live(task)]
    green = [task for task in live if task["_deployment_id"] == rollout.id]
    before = blue(service)
    match stage.name:
        case "RECONCILE_SERVICE":
            return all(before and task["_deployment_id"] == before.id for task in live)
        case "SCALE_UP":
            return len(green) == service["desiredCount"] == sum(is_healthy(task, now) for task in green)
        case "CLEAN_UP":
            return len(live) == len(green)
    return True


def _payload(service: Record, rollout: Rollout) -> Record:
    """What a Lambda hook is called with."""
    return {
        "executionDetails": {
            "serviceArn": service["serviceArn"],
            "targetServiceRevisionArn": rollout.revision.arn,
            "testTrafficWeights": _weights(service, rollout, "test"),
            "productionTrafficWeights": _weights(service, rollout, "production"),
        },
        "lifecycleStage": rollout.deployment.lifecycle.stage.name,
        "resourceArn": rollout.deployment.arn,
    }


def _weights(service: Record, rollout: Rollout, kind: str) -> dict[str, float]:
    percent = getattr(rollout.deployment.lifecycle, kind)
    before = service["_last_completed"]
    return {rollout.revision.arn: percent} | ({before.arn: 100.0 - percent} if before else {})


def restore_traffic(service: Record, rollback: Rollout, now: float) -> None:
    """During a rollback all traffic goes back as soon as one task there can serve, which is at once while blue runs."""
    if rollback.deployment.lifecycle is None:
        return
    serves = any(is_healthy(task, now) for task in rollouts.tasks_of(service, rollback))
    if serves or not service["desiredCount"]:
        for kind in ("productionListenerRule", "testListenerRule"):
            _shift(rollback, kind, 100.0)


def wanted(service: Record, rollout: Rollout) -> list[tuple[Rollout, int]]:
    """How many tasks each revision is to have now; those of any other are to end."""
    lifecycle = rollout.deployment.lifecycle
    counts = [(rollout, service["desiredCount"] if lifecycle.is_past("SCALE_UP") else 0)]
    before = blue(service)
    if before and not lifecycle.is_past("CLEAN_UP"):
        counts.append((before, service["desiredCount"]))
    return counts


def requested(service: Record, rollout: Rollout) -> int:
    """How many tasks the service wants of a rollout."""
    primary = rollouts.primary(service)
    if is_shifting(primary):
        return next((count for wanted_of, count in wanted(service, primary) if wanted_of is rollout), 0)
    return service["desiredCount"] if rollout is primary and rollout.state != "FAILED" else 0
