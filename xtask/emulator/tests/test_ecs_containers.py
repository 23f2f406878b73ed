"""Several containers in a task: their order, their health checks, their ends."""

from __future__ import annotations

from typing import Any

import botocore.exceptions
import pytest
from conftest import Aws, eventually
from fleet import PORT, Fleet

CHECK = {"command": ["CMD-SHELL", "true"], "interval": 5, "retries": 2}


@pytest.fixture
def fleet(aws: Aws, name: str) -> Fleet:
    return Fleet(aws, name, balanced=False)


def register(fleet: Fleet, *containers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return fleet.ecs.register_task_definition(
        family=fleet.name,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=list(containers),
        **more,
    )["taskDefinition"]


def run(fleet: Fleet, *containers: dict[str, Any], **more: Any) -> str:
    definition = register(fleet, *containers)["taskDefinitionArn"]
    return fleet.ecs.run_task(
        cluster=fleet.name, taskDefinition=definition, launchType="FARGATE", networkConfiguration=fleet.network, **more
    )["tasks"][0]["taskArn"]


def described(fleet: Fleet, arn: str) -> dict[str, Any]:
    return fleet.ecs.describe_tasks(cluster=fleet.name, tasks=[arn])["tasks"][0]


def when(fleet: Fleet, arn: str, **wanted: Any) -> dict[str, Any]:
    return eventually(lambda: (t := described(fleet, arn)).items() >= wanted.items() and t)


def by_name(task: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {container["name"]: container for container in task["containers"]}


def needs(name: str, condition: str) -> list[dict[str, str]]:
    return [{"containerName": name, "condition": condition}]


def test_a_container_waits_for_the_success_of_another(fleet: Fleet) -> None:
    arn = run(
        fleet,
        {"name": "app", "image": fleet.image(), "dependsOn": needs("init", "SUCCESS")},
        {"name": "init", "image": fleet.image(exit_code="0", run_seconds="20"), "essential": False},
    )
    waiting = eventually(lambda: (t := described(fleet, arn)) and by_name(t)["init"]["lastStatus"] == "RUNNING" and t)
    assert waiting["lastStatus"] == "PENDING" and by_name(waiting)["app"]["lastStatus"] == "PENDING"
    task = by_name(when(fleet, arn, lastStatus="RUNNING"))
    assert (task["init"]["lastStatus"], task["init"]["exitCode"]) == ("STOPPED", 0)
    assert task["app"]["lastStatus"] == "RUNNING" and "exitCode" not in task["app"]


def test_a_dependency_that_fails_keeps_the_task_from_starting(fleet: Fleet) -> None:
    arn = run(
        fleet,
        {"name": "app", "image": fleet.image(), "dependsOn": needs("init", "SUCCESS")},
        {"name": "init", "image": fleet.image(exit_code="4"), "essential": False},
    )
    task = when(fleet, arn, lastStatus="STOPPED")
    assert task["stopCode"] == "TaskFailedToStart"
    assert by_name(task)["init"]["exitCode"] == 4
    assert "exitCode" not in by_name(task)["app"] and "init" in by_name(task)["app"]["reason"]


def test_complete_does_not_mind_the_exit_code(fleet: Fleet) -> None:
    arn = run(
        fleet,
        {"name": "app", "image": fleet.image(), "dependsOn": needs("init", "COMPLETE")},
        {"name": "init", "image": fleet.image(exit_code="4"), "essential": False},
    )
    assert by_name(when(fleet, arn, lastStatus="RUNNING"))["init"]["exitCode"] == 4


def test_a_container_waits_until_another_is_healthy(fleet: Fleet) -> None:
    arn = run(
        fleet,
        {"name": "app", "image": fleet.image(), "dependsOn": needs("proxy", "HEALTHY")},
        {"name": "proxy", "image": fleet.image(start_seconds="20"), "healthCheck": CHECK, "essential": False},
    )
    task = when(fleet, arn, lastStatus="RUNNING")
    assert by_name(task)["proxy"]["healthStatus"] == "HEALTHY"
    assert task["healthStatus"] == "UNKNOWN", "no essential container is checked"


def test_a_start_timeout_ends_the_wait(fleet: Fleet) -> None:
    arn = run(
        fleet,
        {"name": "app", "image": fleet.image(), "dependsOn": needs("proxy", "HEALTHY")},
        {
            "name": "proxy",
            "image": fleet.image(start_seconds="100000"),
            "healthCheck": {**CHECK, "retries": 10},
            "essential": False,
            "startTimeout": 10,
        },
    )
    assert when(fleet, arn, lastStatus="STOPPED")["stopCode"] == "TaskFailedToStart"


def test_a_container_that_is_not_essential_may_end(fleet: Fleet) -> None:
    arn = run(
        fleet,
        {"name": "app", "image": fleet.image(exit_code="7", run_seconds="60")},
        {"name": "helper", "image": fleet.image(exit_code="3"), "essential": False},
        {"name": "proxy", "image": fleet.image()},
    )
    task = eventually(lambda: (t := described(fleet, arn)) and by_name(t)["helper"].get("exitCode") == 3 and t)
    assert (task["lastStatus"], task["desiredStatus"]) == ("RUNNING", "RUNNING")
    task = when(fleet, arn, lastStatus="STOPPED")
    assert task["stopCode"] == "EssentialContainerExited"
    assert {name: c["exitCode"] for name, c in by_name(task).items()} == {"app": 7, "helper": 3, "proxy": 143}


def test_what_does_not_end_in_its_stop_timeout_is_killed(fleet: Fleet) -> None:
    arn = run(
        fleet,
        {"name": "app", "image": fleet.image(stop_seconds="60"), "stopTimeout": 20},
        {"name": "proxy", "image": fleet.image(stop_seconds="15"), "stopTimeout": 20},
    )
    when(fleet, arn, lastStatus="RUNNING")
    fleet.ecs.stop_task(cluster=fleet.name, task=arn)
    task = by_name(when(fleet, arn, lastStatus="STOPPED"))
    assert (task["app"]["exitCode"], task["proxy"]["exitCode"]) == (137, 143)


def test_health_checks_of_containers_decide_about_a_service(fleet: Fleet) -> None:
    # Long enough to be seen on a busy machine.
    patient = {**CHECK, "startPeriod": 200}
    fleet.create(fleet.image(start_seconds="100"), 1, container={"healthCheck": patient})
    starting = eventually(lambda: fleet.service()["runningCount"] == 1 and fleet.tasks())
    assert starting[0]["healthStatus"] == "UNKNOWN" and fleet.primary()["rolloutState"] == "IN_PROGRESS"
    fleet.completed()
    task = fleet.tasks()[0]
    assert task["healthStatus"] == task["containers"][0]["healthStatus"] == "HEALTHY"
    fleet.update(fleet.image(health="unhealthy"), container={"healthCheck": CHECK})
    eventually(lambda: fleet.deployments()[0]["status"] == "ROLLBACK_SUCCESSFUL")
    reasons = {task["stoppedReason"] for task in fleet.tasks("STOPPED")}
    assert "Task failed container health checks" in reasons


def test_a_task_that_becomes_sick_is_replaced(fleet: Fleet) -> None:
    fleet.create(fleet.image(unhealthy_seconds="40"), 1, container={"healthCheck": CHECK})
    fleet.completed()
    first = fleet.tasks()[0]["taskArn"]
    eventually(lambda: [t["taskArn"] for t in fleet.tasks()] not in ([first], []))
    assert described(fleet, first)["stoppedReason"] == "Task failed container health checks"


def test_a_failure_in_the_start_period_does_not_count(fleet: Fleet) -> None:
    check = {**CHECK, "retries": 1, "startPeriod": 60}
    fleet.create(fleet.image(start_seconds="30"), 1, container={"healthCheck": check})
    fleet.completed()
    assert fleet.tasks()[0]["healthStatus"] == "HEALTHY" and fleet.tasks("STOPPED") == []


@pytest.mark.parametrize(
    "containers",
    [
        [{"name": "a", "dependsOn": needs("b", "START")}],
        [{"name": "a", "dependsOn": needs("b", "LATER")}, {"name": "b"}],
        [{"name": "a", "dependsOn": needs("b", "SUCCESS")}, {"name": "b"}],
        [{"name": "a", "dependsOn": needs("b", "HEALTHY")}, {"name": "b"}],
        [{"name": "a", "dependsOn": needs("b", "START")}, {"name": "b", "dependsOn": needs("a", "START")}],
        [{"name": "a", "essential": False}],
        [{"name": "a"}, {"name": "a"}],
        [{"name": "a", "portMappings": [{"containerPort": 80, "hostPort": 81}]}],
    ],
    ids=str,
)
def test_a_definition_that_cannot_work_is_refused(fleet: Fleet, containers: list[dict[str, Any]]) -> None:
    with pytest.raises(botocore.exceptions.ClientError, match="ClientException"):
        register(fleet, *({"image": "x", **container} for container in containers))


def test_a_definition_is_kept_whole_with_the_defaults_of_aws(fleet: Fleet) -> None:
    given = {
        "name": "app",
        "image": "x",
        "portMappings": [{"name": "http", "containerPort": PORT, "appProtocol": "http"}],
        "healthCheck": {"command": ["CMD", "true"]},
        "restartPolicy": {"enabled": True, "ignoredExitCodes": [0]},
        "ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 2}],
        "linuxParameters": {"initProcessEnabled": True},
        "dockerLabels": {"a": "b"},
        "stopTimeout": 60,
        "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "g"}},
    }
    more = {
        "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
        "ephemeralStorage": {"sizeInGiB": 30},
        "pidMode": "task",
        "enableFaultInjection": True,
        "proxyConfiguration": {"type": "APPMESH", "containerName": "app"},
    }
    efs = {"fileSystemId": "fs-1", "transitEncryption": "ENABLED"}
    volumes = [{"name": "efs", "efsVolumeConfiguration": efs}, {"name": "scratch"}]
    tags = [{"key": "a", "value": "b"}]
    arn = register(fleet, given, volumes=volumes, tags=tags, **more)["taskDefinitionArn"]
    answer = fleet.ecs.describe_task_definition(taskDefinition=arn)
    definition = answer["taskDefinition"]
    assert definition["containerDefinitions"] == [
        {
            **given,
            "cpu": 0,
            "essential": True,
            "environment": [],
            "mountPoints": [],
            "volumesFrom": [],
            "systemControls": [],
            "portMappings": [{**given["portMappings"][0], "hostPort": PORT, "protocol": "tcp"}],
            "healthCheck": {"command": ["CMD", "true"], "interval": 30, "timeout": 5, "retries": 3},
        }
    ]
    assert definition["volumes"] == [
        {"name": "efs", "efsVolumeConfiguration": {**efs, "rootDirectory": "/"}},
        {"name": "scratch", "host": {}},
    ]
    assert definition.items() >= more.items()
    assert not {"executionRoleArn", "taskRoleArn", "ipcMode", "inferenceAccelerators"} & set(definition)
    assert answer["tags"] == []
    assert fleet.ecs.describe_task_definition(taskDefinition=arn, include=["TAGS"])["tags"] == tags
