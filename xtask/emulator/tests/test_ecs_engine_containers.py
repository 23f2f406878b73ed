"""Several real containers in a task: order, health checks, ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from conftest import Aws, eventually
from fleet import PORT, Fleet
from test_ecs_container_engine import SERVE, base, engine, push, pytestmark  # noqa: F401

SHELL = ["/bin/sh", "-c"]


def run(fleet: Fleet, *containers: dict[str, Any]) -> str:
    definition = fleet.ecs.register_task_definition(
        family=fleet.name,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=list(containers),
    )["taskDefinition"]["taskDefinitionArn"]
    return fleet.ecs.run_task(
        cluster=fleet.name, taskDefinition=definition, launchType="FARGATE", networkConfiguration=fleet.network
    )["tasks"][0]["taskArn"]


def by_name(fleet: Fleet, arn: str) -> dict[str, dict[str, Any]]:
    task = fleet.ecs.describe_tasks(cluster=fleet.name, tasks=[arn])["tasks"][0]
    return {"task": task, **{container["name"]: container for container in task["containers"]}}


def test_an_application_starts_after_its_preparation_beside_a_healthy_proxy(
    engine: Aws,  # noqa: F811
    base: str,  # noqa: F811
    name: str,
    tmp_path: Path,
) -> None:
    fleet = Fleet(engine, name, balanced=False)
    image = push(engine, base, name, tmp_path)
    # The proxy is reached by the application on the network interface that they share.
    command = f"busybox wget -q -O /dev/null http://127.0.0.1:{PORT}/healthz || exit 9; trap 'exit 42' TERM; while true; do busybox sleep 0.1; done"
    arn = run(
        fleet,
        {
            "name": "app",
            "image": image,
            "entryPoint": SHELL,
            "command": [command],
            "dependsOn": [
                {"containerName": "prepare", "condition": "SUCCESS"},
                {"containerName": "proxy", "condition": "HEALTHY"},
            ],
        },
        {
            "name": "prepare",
            "image": image,
            "entryPoint": SHELL,
            "command": ["busybox sleep 1"],
            "essential": False,
        },
        {
            "name": "proxy",
            "image": image,
            "entryPoint": SHELL,
            "command": [SERVE],
            "healthCheck": {
                "command": ["CMD-SHELL", f"busybox wget -q -O /dev/null http://127.0.0.1:{PORT}/healthz"],
                "interval": 5,
            },
        },
    )
    found = eventually(lambda: (f := by_name(fleet, arn))["task"]["lastStatus"] == "RUNNING" and f, 30)
    assert (found["prepare"]["lastStatus"], found["prepare"]["exitCode"]) == ("STOPPED", 0)
    assert found["proxy"]["healthStatus"] == found["task"]["healthStatus"] == "HEALTHY"
    fleet.ecs.stop_task(cluster=fleet.name, task=arn)
    ended = eventually(lambda: (f := by_name(fleet, arn))["task"]["lastStatus"] == "STOPPED" and f, 30)
    assert (ended["app"]["exitCode"], ended["proxy"]["exitCode"]) == (42, 0)


def test_a_failed_preparation_keeps_the_application_from_starting(
    engine: Aws,  # noqa: F811
    base: str,  # noqa: F811
    name: str,
    tmp_path: Path,
) -> None:
    fleet = Fleet(engine, name, balanced=False)
    image = push(engine, base, name, tmp_path)
    needs = [{"containerName": "prepare", "condition": "SUCCESS"}]
    arn = run(
        fleet,
        {"name": "app", "image": image, "entryPoint": SHELL, "command": [SERVE], "dependsOn": needs},
        {"name": "prepare", "image": image, "entryPoint": SHELL, "command": ["exit 4"], "essential": False},
    )
    ended = eventually(lambda: (f := by_name(fleet, arn))["task"]["lastStatus"] == "STOPPED" and f, 30)
    assert ended["task"]["stopCode"] == "TaskFailedToStart"
    assert ended["prepare"]["exitCode"] == 4 and "exitCode" not in ended["app"]
