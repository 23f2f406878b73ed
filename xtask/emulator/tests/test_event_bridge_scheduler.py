"""Schedules of ECS tasks: kept, replaced, listed, and carried out."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import botocore.exceptions
import pytest
from conftest import Aws, eventually
from fleet import Fleet

ROLE = "arn:aws:iam::000000000000:role/scheduler"


def refused(code: str) -> pytest.RaisesExc:
    return pytest.raises(botocore.exceptions.ClientError, match=code)


class Schedules:
    def __init__(self, aws: Aws, name: str) -> None:
        self.name, self.fleet, self.client = name, Fleet(aws, name, balanced=False), aws.client("scheduler")
        self.sqs = aws.client("sqs")
        self.cluster = self.fleet.ecs.describe_clusters(clusters=[name])["clusters"][0]["clusterArn"]

    def target(self, image: str | None = None, **more: Any) -> dict[str, Any]:
        return {
            "Arn": self.cluster,
            "RoleArn": ROLE,
            "EcsParameters": {
                "TaskDefinitionArn": self.fleet.definition(image or self.fleet.image()),
                "LaunchType": "FARGATE",
                "NetworkConfiguration": {"awsvpcConfiguration": {"Subnets": [self.fleet.subnet]}},
                "EnableECSManagedTags": True,
            },
            **more,
        }

    def create(self, expression: str, target: dict[str, Any] | None = None, **more: Any) -> str:
        return self.client.create_schedule(
            Name=self.name,
            **{
                "ScheduleExpression": expression,
                "FlexibleTimeWindow": {"Mode": "OFF"},
                "Target": target or self.target(),
                **more,
            },
        )["ScheduleArn"]

    def tasks(self) -> list[str]:
        return self.fleet.ecs.list_tasks(cluster=self.name, startedBy=f"chronos-schedule/{self.name}")["taskArns"]


@pytest.fixture
def schedules(aws: Aws, name: str) -> Schedules:
    return Schedules(aws, name)


def in_seconds(seconds: float) -> str:
    return f"at({(datetime.now(UTC) + timedelta(seconds=seconds)).strftime('%Y-%m-%dT%H:%M:%S')})"


def test_a_rate_runs_its_task_again_and_again(schedules: Schedules) -> None:
    overrides = {"containerOverrides": [{"name": "app", "command": ["<aws.scheduler.schedule-arn>"]}]}
    arn = schedules.create("rate(1 minute)", schedules.target(Input=json.dumps(overrides)))
    eventually(lambda: len(schedules.tasks()) >= 2)
    task = schedules.fleet.ecs.describe_tasks(cluster=schedules.name, tasks=schedules.tasks()[:1], include=["TAGS"])[
        "tasks"
    ][0]
    assert task["overrides"]["containerOverrides"][0]["command"] == [arn]
    assert task["launchType"] == "FARGATE"
    assert task["tags"] == [{"key": "aws:ecs:clusterName", "value": schedules.name}]
    schedules.client.delete_schedule(Name=schedules.name)
    count = len(schedules.tasks())
    eventually(lambda: len(schedules.tasks()) == count)
    with refused("ResourceNotFoundException"):
        schedules.client.get_schedule(Name=schedules.name)


def test_a_moment_comes_once_and_may_take_its_schedule_with_it(schedules: Schedules) -> None:
    schedules.create(in_seconds(20), ActionAfterCompletion="DELETE")

    def is_gone() -> bool:
        try:
            schedules.client.get_schedule(Name=schedules.name)
        except schedules.client.exceptions.ResourceNotFoundException:
            return True
        return False

    eventually(is_gone)
    assert len(schedules.tasks()) == 1


def test_a_cron_within_a_window_runs(schedules: Schedules) -> None:
    schedules.create(
        "cron(* * * * ? *)",
        ScheduleExpressionTimezone="Asia/Seoul",
        FlexibleTimeWindow={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 1},
    )
    eventually(schedules.tasks)


def test_a_disabled_schedule_does_not_run_and_an_update_replaces_all(schedules: Schedules) -> None:
    target = schedules.target()
    schedules.create("rate(1 minute)", target, State="DISABLED", Description="first", EndDate=datetime(2031, 1, 1))
    found = schedules.client.get_schedule(Name=schedules.name)
    assert found["Description"] == "first" and found["ScheduleExpressionTimezone"] == "UTC"
    assert found["Target"] == {
        **target,
        "RetryPolicy": {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 86400},
    }
    schedules.client.update_schedule(
        Name=schedules.name,
        ScheduleExpression="rate(2 days)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=target,
        State="DISABLED",
    )
    changed = schedules.client.get_schedule(Name=schedules.name)
    assert changed["ScheduleExpression"] == "rate(2 days)"
    assert not {"Description", "EndDate"} & set(changed)
    assert changed["CreationDate"] == found["CreationDate"]
    assert schedules.tasks() == []
    schedules.client.update_schedule(
        Name=schedules.name,
        ScheduleExpression="rate(2 days)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=target,
    )
    eventually(schedules.tasks)


def test_what_fails_to_the_end_goes_to_the_dead_letter_queue(schedules: Schedules) -> None:
    url = schedules.sqs.create_queue(QueueName=schedules.name)["QueueUrl"]
    queue = schedules.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    target = schedules.target(
        schedules.fleet.image(run_failure="no capacity"),
        Input='{"containerOverrides": []}',
        DeadLetterConfig={"Arn": queue},
        RetryPolicy={"MaximumRetryAttempts": 1, "MaximumEventAgeInSeconds": 3600},
    )
    schedules.create(in_seconds(1), target)

    def message() -> dict[str, Any] | None:
        received = schedules.sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])
        return next(iter(received.get("Messages") or []), None)

    found = eventually(message)
    attributes = {name: value["StringValue"] for name, value in found["MessageAttributes"].items()}
    assert json.loads(found["Body"]) == {"containerOverrides": []}
    assert attributes["ERROR_MESSAGE"] == "no capacity"
    assert (attributes["RETRY_ATTEMPTS"], attributes["EXHAUSTED_RETRY_CONDITION"]) == ("1", "MaximumRetryAttempts")
    assert attributes["TARGET_ARN"] == schedules.cluster
    assert schedules.tasks() == []


def test_schedules_are_listed_page_by_page_and_by_group(schedules: Schedules) -> None:
    group = schedules.name
    with refused("ResourceNotFoundException"):
        schedules.create("rate(1 day)", GroupName=group)
    schedules.client.create_schedule_group(Name=group)
    for number in range(3):
        schedules.client.create_schedule(
            Name=f"s{number}",
            GroupName=group,
            ScheduleExpression="rate(1 day)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target=schedules.target(),
            State="DISABLED",
        )
    pages = schedules.client.get_paginator("list_schedules").paginate(GroupName=group, PaginationConfig={"PageSize": 2})
    assert [[s["Name"] for s in page["Schedules"]] for page in pages] == [["s0", "s1"], ["s2"]]
    with refused("ConflictException"):
        schedules.client.create_schedule(
            Name="s0",
            GroupName=group,
            ScheduleExpression="rate(2 days)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target=schedules.target(),
        )
    schedules.client.delete_schedule_group(Name=group)
    with refused("ResourceNotFoundException"):
        schedules.client.list_schedules(GroupName=group)


@pytest.mark.parametrize(
    "wrong",
    [
        {"ScheduleExpression": "every day"},
        {"ScheduleExpression": "cron(0 0 * * * *)"},
        {"ScheduleExpressionTimezone": "Mars/Base"},
        {"FlexibleTimeWindow": {"Mode": "FLEXIBLE"}},
        {"FlexibleTimeWindow": {"Mode": "OFF", "MaximumWindowInMinutes": 5}},
        {"Target": {"EcsParameters": None}},
        {"Target": {"RetryPolicy": {"MaximumRetryAttempts": 186}}},
        {"Target": {"DeadLetterConfig": {"Arn": "arn:aws:sns:ap-northeast-2:000000000000:topic"}}},
        {"Target": {"Input": "no json"}},
        {"State": "PAUSED"},
    ],
    ids=str,
)
def test_a_schedule_that_makes_no_sense_is_refused(schedules: Schedules, wrong: dict[str, Any]) -> None:
    target = {k: v for k, v in {**schedules.target(), **wrong.pop("Target", {})}.items() if v is not None}
    with refused("ValidationException"):
        schedules.create(wrong.pop("ScheduleExpression", "rate(1 day)"), target, **wrong)
