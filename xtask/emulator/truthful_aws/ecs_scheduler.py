"""The service scheduler: brings each service's tasks to what its rollout wants, judges the rollout, fails it, rolls it back.

It is a loop over the state, not a chain of callbacks: every step looks at what is there and does what is due, so that a task
that disappears for any reason (it crashed, somebody stopped it, a health check failed) is replaced the same way.
"""

from __future__ import annotations

import logging
import threading
import time

from ministack.core.responses import request_scope
from ministack.services import ecs

from truthful_aws import ecs_capacity, ecs_tasks, target_health
from truthful_aws import ecs_rollouts as rollouts
from truthful_aws import ecs_shifted_rollouts as shifted
from truthful_aws import ecs_store as store
from truthful_aws.ecs_health import is_healthy
from truthful_aws.ecs_publish import publish
from truthful_aws.ecs_rollouts import Rollout
from truthful_aws.ecs_store import Record
from truthful_aws.speed import FACTOR, seconds

logger = logging.getLogger("truthful-aws.ecs")

# The pause before the next start after n failures in a row is n times this, at most ten times.
BACK_OFF = 2.0
# The pause when there is no capacity, which is no failure of a task.
UNPLACED = 15.0


def step(service: Record, now: float) -> None:
    if service["status"] == "DRAINING":
        _drain(service)
        return
    if service["status"] != "ACTIVE":
        return
    rollout = rollouts.primary(service)
    if rollout.deployment.status == "PENDING":
        rollout.deployment.move("IN_PROGRESS", "")
    _stop_unhealthy(service, now)
    _count_failures(service, rollout, now)
    if rollout.state == "IN_PROGRESS":
        rollout = _judge(service, rollout, now)
    if shifted.is_shifting(rollout):
        _move_shifted_tasks(service, rollout, now)
    else:
        if rollout.is_rollback and rollout.state == "IN_PROGRESS":
            shifted.restore_traffic(service, rollout, now)
        _move_tasks(service, rollout, now)
    _forget_drained(service)
    publish(service)


def _drain(service: Record) -> None:
    tasks = list(ecs_tasks.of_service(service))
    for task in tasks:
        ecs_tasks.request_stop(
            task,
            f"Scaling activity initiated by deletion of service {service['serviceName']}",
            "ServiceSchedulerInitiated",
        )
    if all(task["lastStatus"] in ("STOPPING", "DEPROVISIONING", "STOPPED") for task in tasks):
        service["status"] = "INACTIVE"
    publish(service)


def _stop_unhealthy(service: Record, now: float) -> None:
    """Ends tasks that their target groups found unhealthy, once the grace period of the service is over."""
    grace = seconds(float(service.get("healthCheckGracePeriodSeconds") or 0))
    for task in ecs_tasks.of_service(service):
        if task["lastStatus"] != "RUNNING" or not ecs_tasks.is_live(task) or now - task["_running_since"] < grace:
            continue
        if task.get("healthStatus") == "UNHEALTHY":
            store.add_event(
                service, f"(service {service['serviceName']}) (task {_id(task)}) failed container health checks."
            )
            ecs_tasks.request_stop(task, "Task failed container health checks", "ServiceSchedulerInitiated")
            task["_failed_checks"] = True
            continue
        for balancer in task["_load_balancers"]:
            group, port = balancer["targetGroupArn"], int(balancer["containerPort"])
            target = target_health.get(group, task["_container_ip"], port)
            if target and target.state == "unhealthy":
                reason = target.description
                store.add_event(
                    service,
                    f"(service {service['serviceName']}) (port {port}) is unhealthy in (target-group {group}) due to (reason {reason})",
                )
                ecs_tasks.request_stop(
                    task, f"Task failed ELB health checks in (target-group {group})", "ServiceSchedulerInitiated"
                )
                task["_failed_checks"] = True
                break


def _count_failures(service: Record, rollout: Rollout, now: float) -> None:
    """Counts tasks of the rollout that failed before they were healthy, and lets a healthy one reset the count."""
    for task in rollouts.tasks_of(service, rollout):
        arn = task["taskArn"]
        if is_healthy(task, now):
            if not task.get("_was_healthy"):
                task["_was_healthy"] = True
                rollout.start_after = 0.0
                if rollouts.breaker(service).get("resetOnHealthyTask", True) and rollout.state == "IN_PROGRESS":
                    rollout.failed_tasks = rollout.deployment.failures = 0
            continue
        failed = task.get("_failed_checks") or task.get("stopCode") in ecs_tasks.FAILURES
        if not failed or arn in rollout.counted:
            continue
        rollout.counted.add(arn)
        if task.get("_was_healthy") and not task.get("_failed_checks"):
            continue  # it served and then ended: replaced, but no sign that the rollout cannot work
        rollout.failed_tasks += 1
        rollout.start_after = now + seconds(BACK_OFF * min(10, rollout.failed_tasks))
        if rollout.state == "IN_PROGRESS" and not rollout.is_rollback:
            rollout.deployment.failures = rollout.failed_tasks
        if rollout.failed_tasks == 3:
            store.add_event(
                service, f"(service {service['serviceName']}) is unable to consistently start tasks successfully."
            )


def _judge(service: Record, rollout: Rollout, now: float) -> Rollout:
    """Completes or fails a rollout that is under way; returns the rollout that the service has afterwards."""
    if not shifted.is_shifting(rollout) and _has_replaced_all(service, rollout, now):
        return _complete(service, rollout)

    deployment = rollout.deployment
    if deployment.status in ("STOP_REQUESTED", "ROLLBACK_REQUESTED"):
        return _fail(
            service,
            rollout,
            "Service deployment was stopped by the user.",
            roll_back=deployment.status == "ROLLBACK_REQUESTED",
        )
    if rollout.is_rollback:
        return rollout
    alarms = service["deploymentConfiguration"].get("alarms") or {}
    if alarms.get("enable"):
        triggered = [name for name in deployment.alarm_names if rollouts.alarm_state(name) == "ALARM"]
        if triggered:
            deployment.triggered_alarms = triggered
            return _fail(
                service,
                rollout,
                "Service deployment failed: alarm detected.",
                "alarm detected",
                alarms.get("rollback", False),
            )
    breaker = rollouts.breaker(service)
    if breaker.get("enable") and rollout.failed_tasks >= deployment.threshold:
        deployment.breaker_triggered = True
        return _fail(
            service,
            rollout,
            "Service deployment failed: ECS deployment circuit breaker: tasks failed to start.",
            "tasks failed to start",
            breaker.get("rollback", False),
        )
    if shifted.is_shifting(rollout):
        outcome = shifted.advance(service, rollout, now)
        if outcome == "completed":
            return _complete(service, rollout)
        if outcome:
            return _fail(service, rollout, outcome, "lifecycle hook")
    return rollout


def _has_replaced_all(service: Record, rollout: Rollout, now: float) -> bool:
    live = [task for task in ecs_tasks.of_service(service) if ecs_tasks.is_live(task)]
    mine = [task for task in live if task["_deployment_id"] == rollout.id]
    return len(live) == len(mine) == service["desiredCount"] == sum(is_healthy(task, now) for task in mine)


def _complete(service: Record, rollout: Rollout) -> Rollout:
    name = service["serviceName"]
    rollout.move("COMPLETED", f"ECS deployment {rollout.id} completed.")
    if rollout.is_rollback:
        rollout.deployment.move("ROLLBACK_SUCCESSFUL", rollout.deployment.rollback["reason"])
    else:
        rollout.deployment.move("SUCCESSFUL", "")
        service["_rollouts"] = [r for r in service["_rollouts"] if r is rollout or r.state != "FAILED"]
    service["_last_completed"] = rollout.revision
    store.add_event(service, f"(service {name}) (deployment {rollout.id}) deployment completed.")
    return rollout


def _fail(service: Record, rollout: Rollout, reason: str, why: str | None = None, roll_back: bool = True) -> Rollout:
    name = service["serviceName"]
    prefix = "ECS deployment circuit breaker: " if why == "tasks failed to start" else "ECS deployment failed: "
    rollout.move("FAILED", f"{prefix}{why}." if why else reason)
    if why:
        store.add_event(service, f"(service {name}) (deployment {rollout.id}) deployment failed: {why}.")
    if roll_back:
        return rollouts.roll_back(service, rollout, reason) or rollout
    rollout.deployment.move("STOPPED", reason)
    return rollout


def _move_tasks(service: Record, rollout: Rollout, now: float) -> None:
    """Starts and stops tasks within minimumHealthyPercent and maximumPercent."""
    live = [task for task in ecs_tasks.of_service(service) if ecs_tasks.is_live(task)]
    mine = [task for task in live if task["_deployment_id"] == rollout.id]
    old = [task for task in live if task["_deployment_id"] != rollout.id]
    healthy = sum(is_healthy(task, now) for task in live)

    if rollout.state == "FAILED":  # nothing more is started; what serves stays, and the failed tasks end
        return
    surplus = len(mine) - service["desiredCount"]
    if surplus > 0:
        mine.sort(key=lambda task: (is_healthy(task, now), task["lastStatus"] == "RUNNING", -task["createdAt"]))
        _stop(service, mine[:surplus], rollout)
    missing = min(-surplus, rollouts.most_tasks(service) - len(live))
    if missing > 0 and now >= rollout.start_after:
        _start(service, rollout, missing, now)
    # Old tasks that do not serve can always go; healthy ones only while enough of all are left.
    spare = max(0, healthy - rollouts.minimum_healthy(service))
    idle = [task for task in old if not is_healthy(task, now)]
    serving = [task for task in old if is_healthy(task, now)]
    if rollout.is_rollback or len(mine) >= service["desiredCount"] or len(live) >= rollouts.most_tasks(service):
        _stop(service, idle, rollout)
    _stop(service, serving[:spare], rollout)


def _move_shifted_tasks(service: Record, rollout: Rollout, now: float) -> None:
    """Gives each revision the tasks that the stage wants it to have, and ends all others."""
    left = {task["taskArn"]: task for task in ecs_tasks.of_service(service) if ecs_tasks.is_live(task)}
    for revision, count in shifted.wanted(service, rollout):
        mine = [left.pop(arn) for arn, task in list(left.items()) if task["_deployment_id"] == revision.id]
        mine.sort(key=lambda task: (is_healthy(task, now), task["lastStatus"] == "RUNNING", -task["createdAt"]))
        _stop(service, mine[: max(0, len(mine) - count)], rollout)
        if len(mine) < count and now >= revision.start_after:
            _start(service, revision, count - len(mine), now)
    _stop(service, list(left.values()), rollout)


def _start(service: Record, rollout: Rollout, count: int, now: float) -> None:
    cluster = ecs._clusters[service["clusterArn"].rsplit("/", 1)[-1]]
    configuration = rollout.revision.configuration
    definition = ecs._task_defs[ecs._resolve_td_key(rollout.definition_arn)]
    if failure := ecs_capacity.failure(definition):
        store.add_event(service, f"(service {service['serviceName']}) was unable to place a task. Reason: {failure}.")
        rollout.start_after = now + seconds(UNPLACED)
        return
    started = []
    for _ in range(count):
        request = {
            "group": f"service:{service['serviceName']}",
            "startedBy": rollout.id,
            "enableExecuteCommand": service.get("enableExecuteCommand", False),
            "_load_balancers": [b for b in rollout.revision.balancers if b.get("targetGroupArn")],
            "tags": _tags(service, definition),
            **{
                k: configuration.get(k)
                for k in ("launchType", "capacityProviderStrategy", "platformVersion", "networkConfiguration")
            },
        }
        live = [task for task in rollouts.tasks_of(service, rollout) if ecs_tasks.is_live(task)]
        task = ecs_tasks.create(
            cluster,
            definition,
            request,
            rollout_id=rollout.id,
            placed=[task["capacityProviderName"] for task in live],
        )
        task["_revision"] = rollout.revision.arn
        started.append(task)
    names = " ".join(f"(task {_id(task)})" for task in started)
    store.add_event(service, f"(service {service['serviceName']}) has started {count} tasks: {names}.")


def _tags(service: Record, definition: Record) -> list[Record]:
    """The tags of the service's tasks: propagated ones, and those of ECS if they are wanted."""
    managed = []
    if service.get("enableECSManagedTags"):
        managed = [
            {"key": "aws:ecs:clusterName", "value": service["clusterArn"].rsplit("/", 1)[-1]},
            {"key": "aws:ecs:serviceName", "value": service["serviceName"]},
        ]
    match service.get("propagateTags"):
        case "SERVICE":
            return [*ecs._tags.get(service["serviceArn"], []), *managed]
        case "TASK_DEFINITION":
            return [*ecs._tags.get(definition["taskDefinitionArn"], []), *managed]
    return managed


def _stop(service: Record, tasks: list[Record], rollout: Rollout) -> None:
    if not tasks:
        return
    name = service["serviceName"]
    for task in tasks:
        ecs_tasks.request_stop(
            task, f"Scaling activity initiated by (deployment {rollout.id})", "ServiceSchedulerInitiated"
        )
    if any(task["_load_balancers"] for task in tasks):
        store.add_event(service, f"(service {name}) has begun draining connections on {len(tasks)} tasks.")
    names = " ".join(f"(task {_id(task)})" for task in tasks)
    store.add_event(service, f"(service {name}) has stopped {len(tasks)} running tasks: {names}.")


def _forget_drained(service: Record) -> None:
    """A replaced deployment leaves the list with its last task; a failed one stays until a later one completes."""
    primary = rollouts.primary(service)
    kept = [revision for revision, _ in shifted.wanted(service, primary)] if shifted.is_shifting(primary) else []
    service["_rollouts"] = [
        rollout
        for rollout in service["_rollouts"]
        if rollout.status == "PRIMARY"
        or rollout.state == "FAILED"
        or rollout in kept
        or any(ecs_tasks.is_live(t) for t in rollouts.tasks_of(service, rollout))
    ]


def _id(task: Record) -> str:
    return task["taskArn"].rsplit("/", 1)[-1]


def advance_everything() -> None:
    now = time.monotonic()
    for (account, region, _), task in list(ecs._tasks.all_items()):
        with request_scope(account, region):
            ecs_tasks.advance(task, now)
    for (account, region, _), service in list(ecs._services.all_items()):
        with request_scope(account, region):
            step(service, now)
    for account, region in {(account, region) for (account, region, _), _ in ecs._tasks.all_items()}:
        with request_scope(account, region):
            ecs_tasks.forget_old(store.now())


_ending = threading.Event()


def _loop() -> None:
    pause = min(0.1, max(0.02, 0.1 / FACTOR))
    while not _ending.wait(pause):
        try:
            with store.lock:
                advance_everything()
        except Exception:
            logger.exception("service scheduler")


def end() -> None:
    """No task is started any more: what the emulator ends with is not to be replaced."""
    _ending.set()
    with store.lock:
        ecs_tasks.runner.close()


def start() -> None:
    threading.Thread(target=_loop, daemon=True, name="service-scheduler").start()
