"""Tasks on the emulator's own model: their states, their image, their end."""

from __future__ import annotations

import botocore.exceptions
import pytest
from conftest import Aws, eventually
from fleet import Fleet


@pytest.fixture
def fleet(aws: Aws, name: str) -> Fleet:
    return Fleet(aws, name, balanced=False)


def run(fleet: Fleet, image: str, **container: object) -> dict:
    definition = fleet.definition(image, **container)
    return fleet.ecs.run_task(
        cluster=fleet.name,
        taskDefinition=definition,
        launchType="FARGATE",
        networkConfiguration=fleet.network,
        startedBy="test",
    )["tasks"][0]


def stopped(fleet: Fleet, arn: str) -> dict:
    def look() -> dict | None:
        task = fleet.ecs.describe_tasks(cluster=fleet.name, tasks=[arn])["tasks"][0]
        return task if task["lastStatus"] == "STOPPED" else None

    return eventually(look)


def test_a_task_goes_through_its_states_and_exits(fleet: Fleet) -> None:
    image = fleet.image(exit_code="3", run_seconds="2")
    task = run(fleet, image)
    assert (task["lastStatus"], task["desiredStatus"]) == ("PROVISIONING", "RUNNING")
    seen = []

    def ended() -> dict | None:
        found = fleet.ecs.describe_tasks(cluster=fleet.name, tasks=[task["taskArn"]])["tasks"][0]
        if found["lastStatus"] not in seen:
            seen.append(found["lastStatus"])
        return found if found["lastStatus"] == "STOPPED" else None

    end = eventually(ended)
    assert [state for state in seen if state in ("PENDING", "RUNNING", "STOPPED")] == ["PENDING", "RUNNING", "STOPPED"]
    assert end["stopCode"] == "EssentialContainerExited"
    container = end["containers"][0]
    assert (container["exitCode"], container["imageDigest"]) == (3, image.partition("@")[2])
    assert end["createdAt"] <= end["startedAt"] <= end["stoppedAt"]


def test_a_running_task_has_an_address_of_its_subnet(fleet: Fleet) -> None:
    run(fleet, fleet.image())
    task = eventually(lambda: next((t for t in fleet.tasks() if t["lastStatus"] == "RUNNING"), None))
    details = {detail["name"]: detail["value"] for detail in task["attachments"][0]["details"]}
    assert details["subnetId"] == fleet.subnet
    assert details["privateIPv4Address"].startswith("10.40.1.")


def test_a_task_that_is_stopped_says_who_stopped_it(fleet: Fleet) -> None:
    task = run(fleet, fleet.image())
    eventually(lambda: any(t["lastStatus"] == "RUNNING" for t in fleet.tasks()))
    fleet.ecs.stop_task(cluster=fleet.name, task=task["taskArn"], reason="enough")
    end = stopped(fleet, task["taskArn"])
    assert (end["stopCode"], end["stoppedReason"], end["containers"][0]["exitCode"]) == ("UserInitiated", "enough", 143)


def test_an_image_or_a_secret_that_is_not_there_keeps_a_task_from_starting(fleet: Fleet) -> None:
    for image in ("000000000000.dkr.ecr.ap-northeast-2.amazonaws.com/nothing:1", "docker.io/library/nginx:latest"):
        end = stopped(fleet, run(fleet, image)["taskArn"])
        assert end["stopCode"] == "TaskFailedToStart"
        assert end["stoppedReason"].startswith("CannotPullContainerError")
    end = stopped(fleet, run(fleet, fleet.image(), secrets=[{"name": "X", "valueFrom": "/nothing/here"}])["taskArn"])
    assert end["stopCode"] == "TaskFailedToStart"
    assert end["stoppedReason"].startswith("ResourceInitializationError")


def test_what_run_task_names_must_exist(fleet: Fleet) -> None:
    arguments = {"launchType": "FARGATE", "networkConfiguration": fleet.network}
    definition = fleet.definition(fleet.image())
    for code, wrong in (
        ("ClusterNotFoundException", {"cluster": "nowhere", "taskDefinition": definition}),
        ("ClientException", {"cluster": fleet.name, "taskDefinition": "nothing"}),
        (
            "InvalidParameterException",
            {
                "cluster": fleet.name,
                "taskDefinition": definition,
                "overrides": {"containerOverrides": [{"name": "other"}]},
            },
        ),
        (
            "InvalidParameterException",
            {"cluster": fleet.name, "taskDefinition": definition, "networkConfiguration": {}},
        ),
    ):
        with pytest.raises(botocore.exceptions.ClientError, match=code):
            fleet.ecs.run_task(**{**arguments, **wrong})
    with pytest.raises(botocore.exceptions.ClientError, match="InvalidParameterException"):
        fleet.ecs.describe_tasks(cluster=fleet.name, tasks=["x"] * 101)


def test_a_modelled_task_answers_through_the_load_balancer(aws: Aws, name: str) -> None:
    import json
    import urllib.request

    fleet = Fleet(aws, name)
    image = fleet.image()
    fleet.create(image)
    fleet.completed()
    with urllib.request.urlopen(f"{aws.endpoint}/_alb/{name}/any", timeout=10) as answer:
        assert json.load(answer)["containers"][0]["imageDigest"] == image.partition("@")[2]


def test_an_image_says_what_its_tasks_answer(aws: Aws, name: str) -> None:
    import json
    import urllib.error
    import urllib.request

    fleet = Fleet(aws, name)
    answers = {"/healthz": "alive in ${PLACE}\n", "/version": {"version": "1.0.0", "place": "${PLACE}"}}
    container = {"environment": [{"name": "PLACE", "value": 'the "lab"'}]}
    fleet.create(fleet.image(answers=json.dumps(answers)), container=container)
    fleet.completed()
    with urllib.request.urlopen(f"{aws.endpoint}/_alb/{name}/version", timeout=10) as answer:
        assert answer.headers["Content-Type"] == "application/json"
        assert json.load(answer) == {"version": "1.0.0", "place": 'the "lab"'}
    with urllib.request.urlopen(f"{aws.endpoint}/_alb/{name}/healthz", timeout=10) as answer:
        assert answer.read() == b'alive in the "lab"\n'
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{aws.endpoint}/_alb/{name}/else", timeout=10)


def test_what_fargate_cannot_run_is_refused(fleet: Fleet) -> None:
    container = {"name": "app", "image": "x"}
    for wrong in (
        {"cpu": "256", "memory": "4096"},
        {"cpu": "300", "memory": "512"},
        {"cpu": "256"},
        {"cpu": "256", "memory": "512", "networkMode": "bridge"},
    ):
        with pytest.raises(botocore.exceptions.ClientError, match="ClientException"):
            fleet.ecs.register_task_definition(
                **{
                    "family": fleet.name,
                    "networkMode": "awsvpc",
                    "requiresCompatibilities": ["FARGATE"],
                    "containerDefinitions": [container],
                    **wrong,
                }
            )


def test_a_repeated_client_token_starts_no_second_task(fleet: Fleet) -> None:
    definition = fleet.definition(fleet.image())
    arguments = {
        "cluster": fleet.name,
        "taskDefinition": definition,
        "launchType": "FARGATE",
        "networkConfiguration": fleet.network,
    }
    first = fleet.ecs.run_task(**arguments, clientToken="one")["tasks"][0]["taskArn"]
    assert fleet.ecs.run_task(**arguments, clientToken="one")["tasks"][0]["taskArn"] == first
    assert fleet.ecs.run_task(**arguments, clientToken="two")["tasks"][0]["taskArn"] != first


def test_a_modelled_task_writes_what_its_image_says_to_its_log(fleet: Fleet) -> None:
    logs = fleet.aws.client("logs")
    logs.create_log_group(logGroupName=fleet.name)
    options = {"awslogs-group": fleet.name, "awslogs-region": "ap-northeast-2", "awslogs-stream-prefix": "web"}
    task = run(
        fleet,
        fleet.image(log="starting\ncannot reach the database"),
        logConfiguration={"logDriver": "awslogs", "options": options},
    )
    stream = f"web/app/{task['taskArn'].rsplit('/', 1)[-1]}"

    def lines() -> list[str]:
        try:
            return [
                event["message"]
                for event in logs.get_log_events(logGroupName=fleet.name, logStreamName=stream)["events"]
            ]
        except logs.exceptions.ResourceNotFoundException:
            return []

    assert eventually(lines) == ["starting", "cannot reach the database"]
