"""RunTask: tasks that somebody starts by hand, each request once."""

from __future__ import annotations

import copy
from typing import Any

from ministack.core.responses import json_response
from ministack.services import ecs

from truthful_aws import ecs_capacity, ecs_tasks
from truthful_aws import ecs_store as store
from truthful_aws.ecs_store import Record, Refusal


def run_task(data: Record) -> Any:
    _, cluster = store.cluster_named(data.get("cluster"))
    definition = store.task_definition(data.get("taskDefinition"))
    count = int(data.get("count", 1))
    if not 1 <= count <= 10:
        raise Refusal("InvalidParameterException", "count must be between 1 and 10.")
    ecs_tasks.require_network(definition, data)
    known = {container["name"] for container in definition["containerDefinitions"]}
    for override in (data.get("overrides") or {}).get("containerOverrides") or []:
        if override.get("name") not in known:
            raise Refusal(
                "InvalidParameterException",
                "Override for container named {} is not a container in the TaskDefinition.".format(
                    override.get("name")
                ),
            )
    if failure := ecs_capacity.failure(definition):
        return json_response({"tasks": [], "failures": [{"reason": failure}]})
    tasks = _started_by_token(data, cluster)
    tags = _tags(data, definition, cluster)
    for _ in range(0 if tasks else count):
        placed = [task["capacityProviderName"] for task in tasks]
        task = ecs_tasks.create(cluster, definition, {**data, "tags": tags}, placed=placed)
        task["_request"] = copy.deepcopy(data)
        tasks.append(task)
    return json_response({"tasks": [ecs_tasks.view(task, tags=True) for task in tasks], "failures": []})


def _started_by_token(data: Record, cluster: Record) -> list[Record]:
    """The tasks that the same request started before; a token is good for one request alone."""
    token = data.get("clientToken")
    tasks = [
        task
        for task in ecs._tasks.values()
        if token and task["_token"] == token and task["clusterArn"] == cluster["clusterArn"]
    ]
    if tasks and tasks[0]["_request"] != data:
        raise Refusal(
            "ConflictException",
            "The provided client token is already in use with a different RunTask request.",
            resourceIds=[task["taskArn"] for task in tasks],
        )
    return tasks


def _tags(data: Record, definition: Record, cluster: Record) -> list[Record]:
    tags = {tag["key"]: tag["value"] for tag in data.get("tags") or []}
    if data.get("propagateTags") == "TASK_DEFINITION":
        tags = {t["key"]: t["value"] for t in ecs._tags.get(definition["taskDefinitionArn"], [])} | tags
    if data.get("enableECSManagedTags"):
        tags["aws:ecs:clusterName"] = cluster["clusterName"]
    return [{"key": key, "value": value} for key, value in tags.items()]
