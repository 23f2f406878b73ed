"""Lambda hooks, and what is refused of hooks, of strategies and of the load balancers that go with them."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import botocore.exceptions
import pytest
from conftest import Aws, eventually
from shifted_fleet import ROLE, ShiftedFleet

HANDLER = """
calls = []
def handler(event, context):
    calls.append(event["lifecycleStage"])
    details = event.get("hookDetails") or {}
    if details.get("answer") == "raise":
        raise ValueError("no")
    if details.get("answer") == "wait" and not details.get("asked"):
        return {"hookStatus": "IN_PROGRESS", "callBackDelay": 10, "hookDetails": {**details, "asked": True}}
    assert event["executionDetails"]["targetServiceRevisionArn"].startswith("arn:aws:ecs:")
    return {"hookStatus": "FAILED" if details.get("answer") == "fail" else "SUCCEEDED"}
"""


@pytest.fixture
def fleet(fast_aws: Aws, name: str) -> ShiftedFleet:
    return ShiftedFleet(fast_aws, name)


def function(fleet: ShiftedFleet) -> str:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("index.py", HANDLER)
    return fleet.aws.client("lambda").create_function(
        FunctionName=fleet.name,
        Runtime="python3.11",
        Handler="index.handler",
        Role=ROLE,
        Code={"ZipFile": archive.getvalue()},
    )["FunctionArn"]


def hook(target: str, **more: Any) -> dict[str, Any]:
    return {"hookTargetArn": target, "roleArn": ROLE, "lifecycleStages": ["POST_SCALE_UP"], **more}


def test_a_function_decides_whether_the_deployment_goes_on(fleet: ShiftedFleet) -> None:
    target = function(fleet)
    fleet.start(count=1)
    for answer, end in (("wait", "SUCCESSFUL"), ("fail", "ROLLBACK_SUCCESSFUL"), ("raise", "ROLLBACK_SUCCESSFUL")):
        hooks = [hook(target, hookDetails={"answer": answer})]
        arn = fleet.update(fleet.image(), deploymentConfiguration={"lifecycleHooks": hooks})["currentServiceDeployment"]
        seen = fleet.watched(
            lambda d, arn=arn, end=end: d["serviceDeploymentArn"] == arn and d["status"] == end  # type: ignore[misc]
        )
        details = [d["lifecycleHookDetails"][0] for d in seen if d.get("lifecycleHookDetails")]
        assert details[0].items() >= {"targetType": "AWS_LAMBDA", "targetArn": target}.items(), answer


def test_a_function_that_is_not_there_fails_the_deployment(fleet: ShiftedFleet) -> None:
    fleet.start(count=1)
    missing = "arn:aws:lambda:ap-northeast-2:000000000000:function:missing"
    fleet.update(fleet.image(), deploymentConfiguration={"lifecycleHooks": [hook(missing)]})
    fleet.ended("ROLLBACK_SUCCESSFUL")


PAUSE = {"targetType": "PAUSE", "lifecycleStages": ["POST_SCALE_UP"]}


@pytest.mark.parametrize(
    "wrong",
    [
        {"strategy": "BLUE_GREEN"},  # without bakeTimeInMinutes
        {"strategy": "SIDEWAYS"},
        {"lifecycleHooks": [PAUSE]},  # ROLLING
        {"strategy": "CANARY", "lifecycleHooks": [{**PAUSE, "lifecycleStages": ["PRODUCTION_TRAFFIC_SHIFT"]}]},
        {"strategy": "CANARY", "lifecycleHooks": [{**PAUSE, "lifecycleStages": ["SCALE_UP"]}]},
        {"strategy": "CANARY", "lifecycleHooks": [{"lifecycleStages": ["POST_SCALE_UP"], "roleArn": ROLE}]},
        {"strategy": "CANARY", "lifecycleHooks": [{**PAUSE, "timeoutConfiguration": {"timeoutInMinutes": 20161}}]},
        {"strategy": "CANARY", "canaryConfiguration": {"canaryPercent": 0.05}},
        {"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 2}},
        {"strategy": "LINEAR", "canaryConfiguration": {"canaryPercent": 5}},
        {"strategy": "CANARY", "bakeTimeInMinutes": 1441},
        {"deploymentCircuitBreaker": {"enable": True, "rollback": True, "thresholdConfiguration": {"type": "MANY"}}},
    ],
    ids=str,
)
def test_a_configuration_that_makes_no_sense_is_refused(fleet: ShiftedFleet, wrong: dict[str, Any]) -> None:
    with pytest.raises(botocore.exceptions.ClientError, match="InvalidParameterException"):
        fleet.create(fleet.image(), configuration=wrong)


def test_shifting_traffic_needs_two_target_groups_and_their_rule(fleet: ShiftedFleet) -> None:
    other = fleet.elb.create_target_group(
        Name=f"{fleet.name}-c", Protocol="HTTP", Port=80, VpcId="vpc-1", TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]
    for wrong in (
        {"roleArn": None},
        {"roleArn": "infrastructure"},
        {"alternateTargetGroupArn": None},
        {"alternateTargetGroupArn": fleet.group},
        {"alternateTargetGroupArn": fleet.alternate + "x"},
        {"productionListenerRule": None},
        {"productionListenerRule": fleet.production + "x"},
        {"testListenerRule": fleet.production},
    ):
        with pytest.raises(botocore.exceptions.ClientError, match="InvalidParameterException"):
            fleet.create(
                fleet.image(),
                configuration={"strategy": "CANARY"},
                loadBalancers=fleet.balancers(**wrong),
            )
    fleet.elb.modify_rule(RuleArn=fleet.production, Actions=[{"Type": "forward", "TargetGroupArn": other}])
    with pytest.raises(botocore.exceptions.ClientError, match="must forward to the target groups"):
        fleet.create(fleet.image(), configuration={"strategy": "CANARY"})


def test_the_defaults_of_a_strategy_are_told(fleet: ShiftedFleet) -> None:
    made = fleet.create(fleet.image(), 0, configuration={"strategy": "CANARY", "lifecycleHooks": [PAUSE]})
    configuration = made["deploymentConfiguration"]
    assert configuration["canaryConfiguration"] == {"canaryPercent": 5.0, "canaryBakeTimeInMinutes": 10}
    assert configuration["lifecycleHooks"][0]["timeoutConfiguration"] == {
        "timeoutInMinutes": 1440,
        "action": "ROLLBACK",
    }
    changed = fleet.update(deploymentConfiguration={"strategy": "LINEAR", "lifecycleHooks": []})
    configuration = changed["deploymentConfiguration"]
    assert configuration["linearConfiguration"] == {"stepPercent": 10.0, "stepBakeTimeInMinutes": 6}
    assert "canaryConfiguration" not in configuration and configuration["lifecycleHooks"] == []


def test_a_service_that_goes_back_to_rolling_stays_where_it_serves(fleet: ShiftedFleet) -> None:
    fleet.start()
    fleet.update(fleet.image())
    fleet.succeeded()
    weights = fleet.weights()
    fleet.update(deploymentConfiguration={"strategy": "ROLLING"})
    rolled = fleet.update(fleet.image())
    fleet.completed(rolled["deployments"][0]["id"])
    assert fleet.weights() == weights
    eventually(lambda: fleet.served_by() == rolled["taskDefinition"])
