"""Events of logs: of which streams, in which order, page by page."""

from __future__ import annotations

import time

import botocore.exceptions
import pytest
from conftest import Aws, eventually
from fleet import Fleet


def test_events_of_streams_are_found_by_prefix_and_page(aws: Aws, name: str) -> None:
    logs = aws.client("logs")
    logs.create_log_group(logGroupName=name)
    start = int(time.time() * 1000) - 1000
    for stream, shift in (("web/app/1", 0), ("web/app/2", 1), ("job/app/3", 2)):
        logs.create_log_stream(logGroupName=name, logStreamName=stream)
        events = [{"timestamp": start + 3 * n + shift, "message": f"{stream} {n}"} for n in range(3)]
        logs.put_log_events(logGroupName=name, logStreamName=stream, logEvents=events)
    found = logs.filter_log_events(logGroupName=name, logStreamNamePrefix="web/app/")["events"]
    assert [event["message"] for event in found] == [f"web/app/{s} {n}" for n in range(3) for s in (1, 2)]
    assert all(event["eventId"] for event in found)
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=name, logStreamNamePrefix="web/", PaginationConfig={"PageSize": 4}
    )
    assert [len(page["events"]) for page in pages] == [4, 2]
    assert logs.filter_log_events(logGroupName=name, logStreamNamePrefix="no")["events"] == []
    later = logs.filter_log_events(logGroupName=name, startTime=start + 6, filterPattern="app")["events"]
    assert [event["logStreamName"] for event in later] == ["web/app/1", "web/app/2", "job/app/3"]
    with pytest.raises(botocore.exceptions.ClientError, match="ResourceNotFoundException"):
        logs.filter_log_events(logGroupName=name, logStreamNames=["web/app/9"])
    with pytest.raises(botocore.exceptions.ClientError, match="InvalidParameterException"):
        logs.filter_log_events(logGroupName=name, logStreamNames=["web/app/1"], logStreamNamePrefix="web")


def test_each_container_has_a_stream_of_its_own(aws: Aws, name: str) -> None:
    fleet, logs = Fleet(aws, name, balanced=False), aws.client("logs")
    logs.create_log_group(logGroupName=name)
    options = {"awslogs-group": name, "awslogs-region": "ap-northeast-2", "awslogs-stream-prefix": "job"}
    containers = [
        {
            "name": part,
            "image": fleet.image(log=f"this is {part}"),
            "logConfiguration": {"logDriver": "awslogs", "options": options},
            **({"dependsOn": [{"containerName": "init", "condition": "START"}]} if part == "app" else {}),
        }
        for part in ("app", "init")
    ]
    definition = fleet.ecs.register_task_definition(
        family=name,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=containers,
    )["taskDefinition"]["taskDefinitionArn"]
    arn = fleet.ecs.run_task(
        cluster=name, taskDefinition=definition, launchType="FARGATE", networkConfiguration=fleet.network
    )["tasks"][0]["taskArn"]
    task = arn.rsplit("/", 1)[-1]
    events = eventually(
        lambda: len(e := logs.filter_log_events(logGroupName=name, logStreamNamePrefix="job/")["events"]) == 2 and e
    )
    assert {event["logStreamName"]: event["message"] for event in events} == {
        f"job/app/{task}": "this is app",
        f"job/init/{task}": "this is init",
    }
