"""RegisterTaskDefinition: what Fargate cannot run is refused."""

from __future__ import annotations

from typing import Any

from ministack.services import ecs

from truthful_aws import patch
from truthful_aws.ecs_store import Record, Refusal

_register_task_definition = patch.original(ecs, "_register_task_definition")

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


def register_task_definition(data: Record) -> Any:
    if "FARGATE" in (data.get("requiresCompatibilities") or []):
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
    return _register_task_definition(data)
