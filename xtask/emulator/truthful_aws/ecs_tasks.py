"""Tasks: their records, their life from PROVISIONING to STOPPED, and StopTask, DescribeTasks, ListTasks.

How a task runs is the runner's business (`ecs_task_model` or `ecs_container_engine`); this module says in which order the states
follow and what is recorded with them.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator
from typing import Any, Protocol

from ministack.core.responses import get_account_id, get_region, json_response, new_uuid
from ministack.services import ecs

from truthful_aws import ecs_capacity, target_health
from truthful_aws import ecs_store as store
from truthful_aws.ecs_store import Record, Refusal
from truthful_aws.speed import seconds


class Runner(Protocol):
    """Runs the containers of tasks. Both methods are called under the lock and must not wait."""

    def launch(self, task: Record) -> None: ...

    def stop(self, task: Record) -> None:
        """Ends the containers; `finish` is called when they have ended."""

    def advance(self, task: Record, now: float) -> None:
        """Called often for every task that is not STOPPED."""

    def close(self) -> None:
        """The emulator ends: nothing is launched after this."""


class _NoRunner:
    """Before `ecs.install` has chosen one, a task is a mistake of this package."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError("no runner of tasks is installed")


runner: Runner = _NoRunner()

# Reasons that say that a task of a service failed by itself, and was not asked to stop.
FAILURES = ("EssentialContainerExited", "TaskFailedToStart")


def is_live(task: Record) -> bool:
    """Whether the task is there to stay: not stopped and not being stopped."""
    return task["desiredStatus"] == "RUNNING"


def of_service(service: Record) -> Iterator[Record]:
    group = f"service:{service['serviceName']}"
    for task in list(ecs._tasks.values()):
        if (
            task.get("group") == group
            and task["clusterArn"] == service["clusterArn"]
            and task["createdAt"] >= service["createdAt"]
        ):
            yield task


def create(
    cluster: Record, definition: Record, request: Record, *, rollout_id: str | None = None, placed: list[str]
) -> Record:
    """Records a new task and hands it to the runner. `request` has the fields of RunTask; `placed` tells the capacity
    providers of the tasks that are started with it or were before."""
    launch_type, strategy, error = ecs._launch_choice(request, cluster)
    if error:
        raise Refusal("InvalidParameterException", ecs._BOTH_LAUNCH_CHOICES)
    items = ecs_capacity.strategy(strategy, cluster)
    provider = ecs_capacity.next_provider(items, placed) if items else None
    launch_type = ecs_capacity.launch_type(items) if items else launch_type
    task_id = store.hexadecimal()
    overrides = request.get("overrides") or {"containerOverrides": [], "inferenceAcceleratorOverrides": []}
    containers = ecs._build_task_containers(definition, overrides.get("containerOverrides") or [])
    arn = store.arn(f"task/{cluster['clusterName']}/{task_id}")
    for container in containers:
        container.update(taskArn=arn, lastStatus="PENDING", runtimeId=None)
    version = request.get("platformVersion") or "LATEST"
    task: Record = {
        "taskArn": arn,
        "clusterArn": cluster["clusterArn"],
        "taskDefinitionArn": definition["taskDefinitionArn"],
        "overrides": copy.deepcopy(overrides),
        "lastStatus": "PROVISIONING",
        "desiredStatus": "RUNNING",
        "launchType": launch_type,
        "capacityProviderName": provider,
        "cpu": overrides.get("cpu") or definition.get("cpu", "256"),
        "memory": overrides.get("memory") or definition.get("memory", "512"),
        "platformVersion": ("1.4.0" if version == "LATEST" else version) if launch_type == "FARGATE" else None,
        "platformFamily": "Linux" if launch_type == "FARGATE" else None,
        "connectivity": "CONNECTED",
        "connectivityAt": store.now(),
        "createdAt": store.now(),
        "group": request.get("group") or f"family:{definition['family']}",
        "startedBy": request.get("startedBy"),
        "version": 1,
        "containers": containers,
        "attachments": [],
        "availabilityZone": f"{get_region()}a",
        "enableExecuteCommand": bool(request.get("enableExecuteCommand")),
        "tags": [],
        "healthStatus": "UNKNOWN",
        "ephemeralStorage": overrides.get("ephemeralStorage")
        or definition.get("ephemeralStorage")
        or {"sizeInGiB": 20},
        "_docker_ids": [],
        "_deployment_id": rollout_id,
        "_network": request.get("networkConfiguration") or {},
        "_network_mode": definition.get("networkMode"),
        "_subnet": ecs._requested_subnet(request),
        "_essential": [bool(c.get("essential", True)) for c in definition["containerDefinitions"]],
        "_definition": copy.deepcopy(definition),
        "_token": request.get("clientToken"),
        "_load_balancers": request.get("_load_balancers") or [],
    }
    ecs._tasks[arn] = task
    if request.get("tags"):
        ecs._tags[arn] = list(request["tags"])
    runner.launch(task)
    return task


def move(task: Record, status: str) -> None:
    task["lastStatus"] = status
    ecs._bump_task_version(task)


def set_address(task: Record, address: str) -> None:
    """Attaches the network interface of an awsvpc task."""
    task["_container_ip"] = address
    if task["_network_mode"] != "awsvpc":
        return
    details = [
        {"name": "networkInterfaceId", "value": f"eni-{store.hexadecimal()[:17]}"},
        {"name": "privateIPv4Address", "value": address},
    ]
    if task["_subnet"]:
        details.insert(0, {"name": "subnetId", "value": task["_subnet"]})
    task["attachments"] = [
        {"id": new_uuid(), "type": "ElasticNetworkInterface", "status": "ATTACHED", "details": details}
    ]
    for container in task["containers"]:
        container["networkInterfaces"] = [{"attachmentId": task["attachments"][0]["id"], "privateIpv4Address": address}]


def container_started(task: Record, place: int) -> None:
    container = task["containers"][place]
    task.setdefault("pullStoppedAt", store.now())
    if container.get("exitCode") is None:  # a short-lived one may have ended before this is noted
        container["lastStatus"] = "RUNNING"
    container["runtimeId"] = container.get("runtimeId") or f"{task['taskArn'].rsplit('/', 1)[-1]}-{store.digits()[:10]}"
    if task["enableExecuteCommand"]:
        container["managedAgents"] = [
            {"name": "ExecuteCommandAgent", "lastStatus": "RUNNING", "lastStartedAt": store.now()}
        ]


def running(task: Record) -> None:
    """The containers run: the task takes its places in the target groups and is RUNNING."""
    task["startedAt"] = store.now()
    task["_running_since"] = time.monotonic()
    move(task, "RUNNING")
    for balancer in task["_load_balancers"]:
        target_health.register(balancer["targetGroupArn"], task["_container_ip"], int(balancer["containerPort"]))


def request_stop(task: Record, reason: str, code: str) -> None:
    """Asks a task to end: out of its target groups, drained, then its containers get SIGTERM."""
    if not is_live(task):
        return
    task.update(desiredStatus="STOPPED", stoppedReason=reason, stopCode=code, stoppingAt=store.now())
    ecs._bump_task_version(task)
    drained_at = 0.0
    for balancer in task["_load_balancers"]:
        if task.get("_container_ip"):
            drained_at = max(
                drained_at,
                target_health.deregister(
                    balancer["targetGroupArn"], task["_container_ip"], int(balancer["containerPort"])
                ),
            )
    task["_drained_at"] = drained_at
    task["lastStatus"] = "DEACTIVATING"


def container_ended(task: Record, place: int, code: int, reason: str | None = None) -> None:
    """A container ended by itself; with an essential one, or the last of all, its task ends too."""
    task["containers"][place].update(lastStatus="STOPPED", exitCode=code, **({"reason": reason} if reason else {}))
    ecs._bump_task_version(task)
    is_last = all(container["lastStatus"] == "STOPPED" for container in task["containers"])
    if is_live(task) and (task["_essential"][place] or is_last):
        request_stop(task, "Essential container in task exited", "EssentialContainerExited")
        task["_drained_at"] = 0.0  # nobody is left to answer what is still in flight


def failed_to_start(task: Record, reason: str, container: int = 0) -> None:
    if is_live(task):
        task["containers"][container]["reason"] = reason
        request_stop(task, reason, "TaskFailedToStart")
        finish(task)


def finish(task: Record, codes: list[int | None] | None = None) -> None:
    """The containers are gone: STOPPED, the last state."""
    if task["lastStatus"] == "STOPPED":
        return
    for index, container in enumerate(task["containers"]):
        container["lastStatus"] = "STOPPED"
        if codes and codes[index] is not None and container.get("exitCode") is None:
            container["exitCode"] = codes[index]
    task["executionStoppedAt"] = task["stoppedAt"] = store.now()
    for attachment in task["attachments"]:
        attachment["status"] = "DELETED"
    move(task, "STOPPED")


def advance(task: Record, now: float) -> None:
    """Moves a task that was asked to stop on, once it is drained; the runner moves all others."""
    if task["lastStatus"] == "STOPPED":
        return
    if task["lastStatus"] == "DEACTIVATING" and now >= task["_drained_at"]:
        task["lastStatus"] = "STOPPING"
        runner.stop(task)
    runner.advance(task, now)


# How long DescribeTasks still shows a stopped task: AWS says an hour at least.
STOPPED_KEPT = 3600.0


def forget_old(now: float) -> None:
    for arn, task in list(ecs._tasks.items()):
        if task["lastStatus"] == "STOPPED" and now - task["stoppedAt"] > max(60.0, seconds(STOPPED_KEPT)):
            ecs._tasks.pop(arn, None)
            ecs._tags.pop(arn, None)


def require_network(definition: Record, data: Record) -> None:
    if definition.get("networkMode") == "awsvpc" and not ecs._requested_subnet(data):
        raise Refusal(
            "InvalidParameterException",
            "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
        )


def stop_task(data: Record) -> Any:
    name, _ = store.cluster_named(data.get("cluster"))
    task = ecs._resolve_task(data.get("task", ""), name)
    if task is None:
        raise Refusal("InvalidParameterException", "The referenced task was not found.")
    request_stop(task, data.get("reason") or "Task stopped by user", "UserInitiated")
    return json_response({"task": view(task)})


def describe_tasks(data: Record) -> Any:
    name, _ = store.cluster_named(data.get("cluster"))
    references = data.get("tasks") or []
    if not references or len(references) > 100:
        raise Refusal(
            "InvalidParameterException",
            "Tasks cannot be empty." if not references else "Tasks can have at most 100 items.",
        )
    found, failures = [], []
    for reference in references:
        task = ecs._resolve_task(reference, name)
        if task is None:
            arn = reference if reference.startswith("arn:") else store.arn(f"task/{name}/{reference}")
            failures.append({"arn": arn, "reason": "MISSING"})
        else:
            found.append(view(task, tags="TAGS" in (data.get("include") or [])))
    return json_response({"tasks": found, "failures": failures})


def list_tasks(data: Record) -> Any:
    _, cluster = store.cluster_named(data.get("cluster"))
    wanted = data.get("desiredStatus") or "RUNNING"
    arns = []
    for arn, task in list(ecs._tasks.items()):
        if task["clusterArn"] != cluster["clusterArn"] or task["desiredStatus"] != wanted:
            continue
        if data.get("serviceName") and task["group"] != f"service:{data['serviceName'].rsplit('/', 1)[-1]}":
            continue
        if data.get("family") and f":task-definition/{data['family']}:" not in task["taskDefinitionArn"]:
            continue
        if data.get("startedBy") and task["startedBy"] != data["startedBy"]:
            continue
        if data.get("launchType") and task["launchType"] != data["launchType"]:
            continue
        arns.append(arn)
    arns, following = store.page(arns, data, 100, 100)
    return json_response({"taskArns": arns, **({"nextToken": following} if following else {})})


def view(task: Record, *, tags: bool = False) -> Record:
    shown = ecs._sanitize(task)
    shown["tags"] = ecs._tags.get(task["taskArn"], []) if tags else []
    return shown


def scope() -> tuple[str, str]:
    return get_account_id(), get_region()
