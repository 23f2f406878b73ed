"""When the scheduler counts a task as healthy."""

from __future__ import annotations

from truthful_aws import ecs_container_health, ecs_tasks, target_health
from truthful_aws.ecs_store import Record
from truthful_aws.speed import seconds

# Without any check a task counts as healthy when it has run this long: one that exits at once was never healthy.
STEADY_WITHOUT_CHECKS = 3.0


def is_healthy(task: Record, now: float) -> bool:
    if task["lastStatus"] != "RUNNING" or not ecs_tasks.is_live(task) or task.get("healthStatus") == "UNHEALTHY":
        return False
    if ecs_container_health.is_checked(task["_definition"]):
        if task["healthStatus"] != "HEALTHY":
            return False
    elif not task["_load_balancers"]:
        return now - task["_running_since"] >= seconds(STEADY_WITHOUT_CHECKS)
    return all(_target_state(task, balancer) == "healthy" for balancer in task["_load_balancers"])


def _target_state(task: Record, balancer: Record) -> str:
    target = target_health.get(balancer["targetGroupArn"], task["_container_ip"], int(balancer["containerPort"]))
    return target.state if target else "initial"
