"""What a service shows of itself: counts, deployments, and the events that follow from the state of its tasks."""

from __future__ import annotations

import time

from truthful_aws import ecs_rollouts as rollouts
from truthful_aws import ecs_shifted_rollouts as shifted
from truthful_aws import ecs_store as store
from truthful_aws import ecs_tasks
from truthful_aws.ecs_health import is_healthy
from truthful_aws.ecs_store import Record


def publish(service: Record) -> None:
    """Brings the fields that AWS shows up to date, and tells the events that follow from them."""
    tasks = list(ecs_tasks.of_service(service))
    service["runningCount"], service["pendingCount"] = rollouts.counts(tasks)
    for task in tasks:
        digests = {c["name"]: c["imageDigest"] for c in task["containers"] if c.get("imageDigest")}
        service["_revision_digests"].setdefault(task["_revision"], {}).update(digests)
    service["deployments"] = (
        [
            rollouts.deployment_view(service, rollout, shifted.requested(service, rollout))
            for rollout in service["_rollouts"]
        ]
        if service["status"] != "INACTIVE"
        else []
    )
    _tell_registrations(service, tasks)
    primary = rollouts.primary(service)
    steady = (
        service["status"] == "ACTIVE"
        and primary.state == "COMPLETED"
        and sum(is_healthy(task, time.monotonic()) for task in tasks) == service["desiredCount"]
        and service["runningCount"] == service["desiredCount"]
        and not service["pendingCount"]
    )
    if steady and not service["_steady"]:
        store.add_event(service, f"(service {service['serviceName']}) has reached a steady state.")
    service["_steady"] = steady


def _tell_registrations(service: Record, tasks: list[Record]) -> None:
    registered: dict[str, list[Record]] = {}
    deregistered: dict[str, list[Record]] = {}
    for task in tasks:
        for balancer in task["_load_balancers"]:
            group = balancer["targetGroupArn"]
            if task["lastStatus"] == "RUNNING" and not task.get("_told_registered"):
                registered.setdefault(group, []).append(task)
            if not ecs_tasks.is_live(task) and task.get("_told_registered") and not task.get("_told_deregistered"):
                deregistered.setdefault(group, []).append(task)
    for word, mark, groups in (
        ("registered", "_told_registered", registered),
        ("deregistered", "_told_deregistered", deregistered),
    ):
        for group, members in groups.items():
            store.add_event(
                service, f"(service {service['serviceName']}) {word} {len(members)} targets in (target-group {group})"
            )
            for task in members:
                task[mark] = True
