"""RunTask: what is told of its tasks, what is done once, and what cannot be placed."""

from __future__ import annotations

from typing import Any

import botocore.exceptions
import pytest
from conftest import Aws, eventually
from fleet import Fleet


@pytest.fixture
def fleet(aws: Aws, name: str) -> Fleet:
    return Fleet(aws, name, balanced=False)


def run(fleet: Fleet, image: str | None = None, **more: Any) -> dict[str, Any]:
    return fleet.ecs.run_task(
        cluster=fleet.name,
        **{
            "taskDefinition": more.pop("definition", None) or fleet.definition(image or fleet.image()),
            "launchType": "FARGATE",
            "networkConfiguration": fleet.network,
            **more,
        },
    )


def test_a_token_is_good_for_one_request(fleet: Fleet) -> None:
    definition = fleet.definition(fleet.image())
    first = run(fleet, definition=definition, clientToken="one", count=2)["tasks"]
    again = run(fleet, definition=definition, clientToken="one", count=2)["tasks"]
    assert {task["taskArn"] for task in first} == {task["taskArn"] for task in again}
    with pytest.raises(botocore.exceptions.ClientError, match="ConflictException") as conflict:
        run(fleet, definition=definition, clientToken="one", count=1)
    assert sorted(conflict.value.response["resourceIds"]) == sorted(task["taskArn"] for task in first)


def test_without_capacity_nothing_is_started_and_failures_say_why(fleet: Fleet) -> None:
    reason = "Capacity is unavailable at this time"
    answer = run(fleet, fleet.image(run_failure=reason))
    assert (answer["tasks"], answer["failures"]) == ([], [{"reason": reason}])
    fleet.create(fleet.image(run_failure=reason), 1)
    eventually(lambda: any(f"unable to place a task. Reason: {reason}" in message for message in fleet.messages()))
    assert fleet.service()["pendingCount"] == 0


def test_a_task_tells_what_it_was_given(fleet: Fleet) -> None:
    overrides = {
        "cpu": "512",
        "memory": "1024",
        "containerOverrides": [
            {"name": "app", "command": ["migrate"], "environment": [{"name": "A", "value": "b"}], "memory": 256}
        ],
    }
    arn = run(
        fleet,
        overrides=overrides,
        startedBy="ops",
        group="jobs",
        enableExecuteCommand=True,
        enableECSManagedTags=True,
        tags=[{"key": "a", "value": "b"}],
    )["tasks"][0]["taskArn"]
    tags = [{"key": "a", "value": "b"}, {"key": "aws:ecs:clusterName", "value": fleet.name}]
    task = eventually(
        lambda: (
            (t := fleet.ecs.describe_tasks(cluster=fleet.name, tasks=[arn], include=["TAGS"])["tasks"][0])["lastStatus"]
            == "RUNNING"
            and t
        )
    )
    assert task["overrides"]["containerOverrides"] == overrides["containerOverrides"]
    assert (task["cpu"], task["memory"], task["startedBy"], task["group"]) == ("512", "1024", "ops", "jobs")
    assert task["enableExecuteCommand"] is True
    assert task["containers"][0]["managedAgents"][0]["lastStatus"] == "RUNNING"
    assert task["tags"] == tags
    assert fleet.ecs.describe_tasks(cluster=fleet.name, tasks=[arn])["tasks"][0]["tags"] == []


def test_tags_of_the_definition_reach_the_task_when_asked_for(fleet: Fleet) -> None:
    definition = fleet.definition(fleet.image())
    fleet.ecs.tag_resource(resourceArn=definition, tags=[{"key": "team", "value": "x"}])
    task = run(fleet, definition=definition, propagateTags="TASK_DEFINITION")["tasks"][0]
    assert task["tags"] == [{"key": "team", "value": "x"}]


@pytest.mark.already_true
def test_tasks_are_listed_by_family_starter_and_status(fleet: Fleet) -> None:
    fleet.ecs.create_cluster(clusterName=f"{fleet.name}-other")
    one = run(fleet, startedBy="one")["tasks"][0]["taskArn"]
    two = run(fleet, startedBy="two")["tasks"][0]["taskArn"]

    def listed(**filters: Any) -> set[str]:
        return set(fleet.ecs.list_tasks(cluster=fleet.name, **filters)["taskArns"])

    assert listed(startedBy="one") == {one}
    assert listed(family=fleet.name) == {one, two}
    assert listed(family=fleet.name[:-1]) == set()
    fleet.ecs.stop_task(cluster=fleet.name, task=one)
    assert listed(desiredStatus="STOPPED") == {one} and listed() == {two}
