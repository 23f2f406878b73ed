"""Task definitions: kept whole, with AWS's defaults; what Fargate cannot run is refused."""

from __future__ import annotations

import copy
import json
from typing import Any

from ministack.core.responses import json_response
from ministack.services import ecs

from truthful_aws import ecs_container_health, ecs_dependencies, patch
from truthful_aws.ecs_store import Record, Refusal

_register_task_definition = patch.original(ecs, "_register_task_definition")
_describe_task_definition = patch.original(ecs, "_describe_task_definition")

GIB = 1024
# Memory in MiB that Fargate has for each number of CPU units.
FARGATE: dict[int, frozenset[int]] = {
    256: frozenset((512, 1 * GIB, 2 * GIB)),
    512: frozenset(range(1 * GIB, 4 * GIB + 1, GIB)),
    1024: frozenset(range(2 * GIB, 8 * GIB + 1, GIB)),
    2048: frozenset(range(4 * GIB, 16 * GIB + 1, GIB)),
    4096: frozenset(range(8 * GIB, 30 * GIB + 1, GIB)),
    8192: frozenset(range(16 * GIB, 60 * GIB + 1, 4 * GIB)),
    16384: frozenset(range(32 * GIB, 120 * GIB + 1, 8 * GIB)),
}


# What AWS adds to a container definition.
LISTS = ("environment", "mountPoints", "volumesFrom", "portMappings", "systemControls")
# Fields of the request that ministack drops.
DROPPED = ("enableFaultInjection", "inferenceAccelerators")


def register_task_definition(data: Record) -> Any:
    is_fargate = "FARGATE" in (data.get("requiresCompatibilities") or [])
    if is_fargate:
        _check_fargate(data)
    containers = [_container(c, data.get("networkMode")) for c in data.get("containerDefinitions") or []]
    names = [container.get("name") for container in containers]
    if len(set(names)) < len(names):
        raise Refusal("ClientException", "Container names must be unique within a task definition.")
    if containers and not any(container["essential"] for container in containers):
        raise Refusal("ClientException", "At least one container in a task definition must be essential.")
    ecs_dependencies.check(containers)
    volumes = [_volume(volume) for volume in data.get("volumes") or []]
    status, headers, body = _register_task_definition({**data, "containerDefinitions": containers, "volumes": volumes})
    if status != 200:
        return status, headers, body
    answer = json.loads(body)
    stored = ecs._task_defs[f"{answer['taskDefinition']['family']}:{answer['taskDefinition']['revision']}"]
    # AWS omits what was not given, and keeps all that was.
    for name in [name for name, value in stored.items() if value in (None, "")]:
        del stored[name]
    stored |= {name: data[name] for name in DROPPED if name in data}
    return json_response({"taskDefinition": stored, "tags": answer["tags"]})


def _check_fargate(data: Record) -> None:
    if data.get("networkMode") != "awsvpc":
        raise Refusal("ClientException", "Fargate only supports network mode 'awsvpc'.")
    if not data.get("cpu") or not data.get("memory"):
        raise Refusal("ClientException", "Fargate requires that 'cpu' and 'memory' be defined at the task level.")
    cpu, memory = str(data["cpu"]), str(data["memory"])
    if not (cpu.isdigit() and memory.isdigit() and int(memory) in FARGATE.get(int(cpu), frozenset())):
        raise Refusal(
            "ClientException",
            f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory. See the Amazon ECS documentation for the valid values.",
        )
    storage = (data.get("ephemeralStorage") or {}).get("sizeInGiB", 21)
    if not 21 <= int(storage) <= 200:
        raise Refusal("ClientException", "The ephemeral storage of a Fargate task is between 21 and 200 GiB.")


def _container(given: Record, network_mode: str | None) -> Record:
    container = {"cpu": 0, "essential": True, **{name: [] for name in LISTS}, **copy.deepcopy(given)}
    container["portMappings"] = [_port(mapping, network_mode) for mapping in container["portMappings"]]
    if container.get("healthCheck"):
        container["healthCheck"] = ecs_container_health.DEFAULTS | container["healthCheck"]
    return container


def _port(given: Record, network_mode: str | None) -> Record:
    mapping = {"protocol": "tcp", **given}
    if network_mode not in ("awsvpc", "host") or "containerPort" not in mapping:
        return mapping
    if mapping.setdefault("hostPort", mapping["containerPort"]) != mapping["containerPort"]:
        raise Refusal(
            "ClientException",
            f"When networkMode={network_mode}, the host ports and container ports in port mappings must match.",
        )
    return mapping


def _volume(given: Record) -> Record:
    volume = copy.deepcopy(given)
    if "efsVolumeConfiguration" in volume:
        volume["efsVolumeConfiguration"] = {"rootDirectory": "/", **volume["efsVolumeConfiguration"]}
    elif set(volume) <= {"name", "host"}:
        volume.setdefault("host", {})
    return volume


def describe_task_definition(data: Record) -> Any:
    """Tags are told to whoever asks for them."""
    status, headers, body = _describe_task_definition(data)
    if status == 200 and "TAGS" not in (data.get("include") or []):
        body = json.dumps({**json.loads(body), "tags": []}).encode()
    return status, headers, body
