"""The health check of a real container: its command, run in the container as often as the definition says."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

import docker.errors

from truthful_aws import ecs_container_health
from truthful_aws import ecs_store as store
from truthful_aws.ecs_container_health import DEFAULTS, ContainerHealth
from truthful_aws.ecs_store import Record

logger = logging.getLogger("truthful-aws.containers")

# Seconds of real time: podman keeps two processes for five minutes after each command that is run in a container.
SHORTEST_INTERVAL = 2.0


def watch(task: Record, place: int, container: Any) -> None:
    """Checks until the container has ended. Waits: needs a thread of its own."""
    definition = task["_definition"]["containerDefinitions"][place]
    health = ContainerHealth.begun(definition, time.monotonic())
    if health:
        health.interval = max(SHORTEST_INTERVAL, health.interval)
    shown = task["containers"][place]
    while health and shown["lastStatus"] == "RUNNING" and task["lastStatus"] != "STOPPED":
        time.sleep(max(0.05, health.next_at - time.monotonic()))
        if shown["lastStatus"] != "RUNNING":
            return
        passed = _passes(container, definition["healthCheck"])
        with store.lock:
            health.record(passed, time.monotonic())
            shown["healthStatus"] = health.status
            task["healthStatus"] = ecs_container_health.of_task(task)


def _passes(container: Any, check: Record) -> bool:
    """Whether the command ends with 0 in time, which for a real process is real time."""
    kind, *command = check["command"]
    if kind == "CMD-SHELL":
        command = ["/bin/sh", "-c", *command]
    elif kind != "CMD":
        command = [kind, *command]
    codes: list[int] = []

    def run() -> None:
        try:
            codes.append(container.exec_run(command).exit_code)
        except docker.errors.APIError as error:
            logger.info("health check of %s: %s", container.name, error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(float((DEFAULTS | check)["timeout"]))
    return codes == [0]
