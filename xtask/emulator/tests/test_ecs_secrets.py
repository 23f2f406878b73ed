"""What a container's `secrets` may name, and what keeps its task from starting; selectors of parameters and secrets."""

from __future__ import annotations

import json
from typing import Any

import botocore.exceptions
import pytest
from conftest import Aws, eventually
from fleet import Fleet


@pytest.fixture
def fleet(aws: Aws, name: str) -> Fleet:
    return Fleet(aws, name, balanced=False)


def started(fleet: Fleet, reference: str) -> dict[str, Any]:
    """The task when it is RUNNING, or STOPPED before it was."""
    definition = fleet.definition(fleet.image(), secrets=[{"name": "SECRET", "valueFrom": reference}])
    arn = fleet.ecs.run_task(
        cluster=fleet.name, taskDefinition=definition, launchType="FARGATE", networkConfiguration=fleet.network
    )["tasks"][0]["taskArn"]
    return eventually(
        lambda: (
            (t := fleet.ecs.describe_tasks(cluster=fleet.name, tasks=[arn])["tasks"][0])["lastStatus"]
            in ("RUNNING", "STOPPED")
            and t
        )
    )


def test_a_secret_is_named_by_arn_key_stage_and_version(fleet: Fleet) -> None:
    secrets = fleet.aws.client("secretsmanager")
    made = secrets.create_secret(Name=fleet.name, SecretString=json.dumps({"old": "a"}))
    arn, old = made["ARN"], made["VersionId"]
    new = secrets.put_secret_value(SecretId=arn, SecretString=json.dumps({"new": "b"}))["VersionId"]
    without_suffix = arn[:-7]
    for good in (
        arn,
        without_suffix,
        f"{arn}:new::",
        f"{without_suffix}:new::",
        f"{arn}:new:AWSCURRENT:",
        f"{arn}:old:AWSPREVIOUS:",
        f"{arn}:old::{old}",
        f"{arn}:new:AWSCURRENT:{new}",
    ):
        assert started(fleet, good)["lastStatus"] == "RUNNING", good
    for wrong in (
        arn[:-8],
        f"{arn}:old::",
        f"{arn}:new:AWSPREVIOUS:",
        f"{arn}:new::{old}",
        f"{arn}:new:AWSCURRENT:{old}",
        f"{arn}::AWSPENDING:",
    ):
        task = started(fleet, wrong)
        assert task["lastStatus"] == "STOPPED", wrong
        assert task["stopCode"] == "TaskFailedToStart"
        assert task["stoppedReason"].startswith(
            "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed:"
        )


def test_a_parameter_is_named_by_arn_and_version(fleet: Fleet) -> None:
    ssm = fleet.aws.client("ssm")
    name = f"/{fleet.name}/value"
    ssm.put_parameter(Name=name, Value="one", Type="SecureString")
    ssm.put_parameter(Name=name, Value="two", Type="SecureString", Overwrite=True)
    arn = ssm.get_parameter(Name=name)["Parameter"]["ARN"]
    for good in (name, arn, f"{name}:1", f"{arn}:2"):
        assert started(fleet, good)["lastStatus"] == "RUNNING", good
    assert started(fleet, f"{name}:3")["stoppedReason"].startswith("ResourceInitializationError")


@pytest.mark.already_true
def test_parameters_tell_their_version_and_are_had_by_it(aws: Aws, name: str) -> None:
    ssm = aws.client("ssm")
    for value in ("one", "two"):
        ssm.put_parameter(Name=name, Value=value, Type="String", Overwrite=True)
    described = ssm.describe_parameters(ParameterFilters=[{"Key": "Name", "Values": [name]}])["Parameters"][0]
    assert described["Version"] == 2
    answer = ssm.get_parameters(Names=[name, f"{name}:1", f"{name}:9", f"{name}x"])
    assert [(p["Value"], p["Version"], p.get("Selector")) for p in answer["Parameters"]] == [
        ("two", 2, None),
        ("one", 1, ":1"),
    ]
    assert answer["InvalidParameters"] == [f"{name}:9", f"{name}x"]


@pytest.mark.already_true
def test_a_secret_tells_its_versions(aws: Aws, name: str) -> None:
    secrets = aws.client("secretsmanager")
    made = secrets.create_secret(Name=name, SecretString="one")
    new = secrets.put_secret_value(SecretId=name, SecretString="two")["VersionId"]
    stages = {made["VersionId"]: ["AWSPREVIOUS"], new: ["AWSCURRENT"]}
    assert secrets.describe_secret(SecretId=name)["VersionIdsToStages"] == stages
    listed = secrets.list_secrets(Filters=[{"Key": "name", "Values": [name]}])["SecretList"]
    assert [(s["Name"], s["SecretVersionsToStages"]) for s in listed] == [(name, stages)]


def test_a_part_of_a_secrets_name_is_no_name(aws: Aws, name: str) -> None:
    secrets = aws.client("secretsmanager")
    longer = f"{name}-database-replica"
    secrets.create_secret(Name=longer, SecretString="x")
    arn = secrets.create_secret(Name=f"{name}-database", SecretString="x")["ARN"]
    assert secrets.describe_secret(SecretId=arn[:-7])["ARN"] == arn
    with pytest.raises(botocore.exceptions.ClientError, match="ResourceNotFoundException"):
        secrets.describe_secret(SecretId=arn[:-8])
    with pytest.raises(botocore.exceptions.ClientError, match="ResourceNotFoundException"):
        secrets.get_secret_value(SecretId=arn.replace("-database", "")[:-7])
