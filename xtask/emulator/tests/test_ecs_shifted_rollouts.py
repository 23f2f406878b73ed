"""Deployments whose traffic is shifted: their stages, the rule's weights, and the way back."""

from __future__ import annotations

import botocore.exceptions
import pytest
from conftest import Aws, eventually
from fleet import Fleet
from shifted_fleet import ShiftedFleet

STAGES = [
    "PRE_SCALE_UP",
    "SCALE_UP",
    "POST_SCALE_UP",
    "TEST_TRAFFIC_SHIFT",
    "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT",
    "PRODUCTION_TRAFFIC_SHIFT",
    "POST_PRODUCTION_TRAFFIC_SHIFT",
    "BAKE_TIME",
    "CLEAN_UP",
]
PAUSES = [
    {
        "targetType": "PAUSE",
        "lifecycleStages": [
            "PRE_SCALE_UP",
            "POST_SCALE_UP",
            "POST_TEST_TRAFFIC_SHIFT",
            "PRE_PRODUCTION_TRAFFIC_SHIFT",
            "POST_PRODUCTION_TRAFFIC_SHIFT",
        ],
    }
]


@pytest.fixture
def fleet(fast_aws: Aws, name: str) -> ShiftedFleet:
    return ShiftedFleet(fast_aws, name)


def weight_of(revision: dict) -> tuple[float, float]:
    return revision["requestedTestTrafficWeight"], revision["requestedProductionTrafficWeight"]


def test_blue_green_goes_through_its_stages_and_shifts_all_traffic_at_once(fleet: ShiftedFleet) -> None:
    first = fleet.start()
    blue = fleet.served_by()
    before = fleet.weights()
    assert sorted(before) == [0, 100]
    fleet.update(deploymentConfiguration={"lifecycleHooks": PAUSES, "bakeTimeInMinutes": 1})
    green = fleet.update(fleet.image())["taskDefinition"]

    hook = fleet.waiting("PRE_SCALE_UP")
    assert hook["hookId"].startswith("ecs-pause-") and hook["timeoutAction"] == "ROLLBACK"
    record = fleet.latest()
    assert record["status"] == "IN_PROGRESS"
    assert record["targetServiceRevision"]["requestedTaskCount"] == 0
    assert record["sourceServiceRevisions"][0]["arn"] == first["targetServiceRevision"]["arn"]
    fleet.go_on(hook)

    hook = fleet.waiting("POST_SCALE_UP")
    record = fleet.latest()
    assert record["targetServiceRevision"]["runningTaskCount"] == 2
    assert record["sourceServiceRevisions"][0]["runningTaskCount"] == 2
    assert fleet.weights() == before and fleet.served_by() == blue
    fleet.go_on(hook)

    hook = fleet.waiting("POST_TEST_TRAFFIC_SHIFT")
    assert (fleet.served_by(), fleet.served_by(9000)) == (blue, green)
    assert weight_of(fleet.latest()["targetServiceRevision"]) == (100.0, 0.0)
    assert weight_of(fleet.latest()["sourceServiceRevisions"][0]) == (0.0, 100.0)
    fleet.go_on(hook)
    fleet.go_on(fleet.waiting("PRE_PRODUCTION_TRAFFIC_SHIFT"))

    hook = fleet.waiting("POST_PRODUCTION_TRAFFIC_SHIFT")
    assert fleet.weights() == before[::-1] and fleet.served_by() == green
    fleet.go_on(hook)
    seen = fleet.watched(lambda record: record["status"] == "SUCCESSFUL")
    stages = [record["lifecycleStage"] for record in seen]
    assert "BAKE_TIME" in stages and stages[-1] == "CLEAN_UP"
    assert weight_of(seen[-1]["targetServiceRevision"]) == (100.0, 100.0)
    fleet.completed()
    assert {task["taskDefinitionArn"] for task in fleet.tasks()} == {green}
    revisions = [first["targetServiceRevision"]["arn"], seen[-1]["targetServiceRevision"]["arn"]]
    resolved = [
        r["resolvedConfiguration"]["loadBalancers"][0]
        for r in fleet.ecs.describe_service_revisions(serviceRevisionArns=revisions)["serviceRevisions"]
    ]
    assert {r["targetGroupArn"] for r in resolved} == {fleet.group, fleet.alternate}
    assert resolved[0]["productionListenerRule"] == fleet.production


def test_the_stages_follow_in_order(fleet: ShiftedFleet) -> None:
    fleet.start()
    pauses = [{"targetType": "PAUSE", "lifecycleStages": ["POST_SCALE_UP"]}]
    fleet.update(fleet.image(), deploymentConfiguration={"lifecycleHooks": pauses})
    fleet.go_on(fleet.waiting("POST_SCALE_UP"))
    seen = fleet.watched(lambda record: record["status"] == "SUCCESSFUL")
    places = [STAGES.index(record["lifecycleStage"]) for record in seen]
    assert places == sorted(places)


def test_a_canary_gets_its_percentage_first(fleet: ShiftedFleet) -> None:
    fleet.start(strategy="CANARY", canaryConfiguration={"canaryPercent": 12.5, "canaryBakeTimeInMinutes": 1})
    before = fleet.weights()
    fleet.update(fleet.image())
    record = eventually(
        lambda: (d := fleet.latest())["targetServiceRevision"]["requestedProductionTrafficWeight"] == 12.5 and d
    )
    assert record["lifecycleStage"] == "PRODUCTION_TRAFFIC_SHIFT"
    assert sorted(fleet.weights()) == [125, 875]
    fleet.succeeded()
    assert fleet.weights() == before[::-1]


def test_a_linear_deployment_goes_step_by_step(fleet: ShiftedFleet) -> None:
    fleet.start(strategy="LINEAR", linearConfiguration={"stepPercent": 40, "stepBakeTimeInMinutes": 1})
    fleet.update(fleet.image())
    seen = fleet.watched(lambda record: record["status"] == "SUCCESSFUL")
    steps = [record["targetServiceRevision"]["requestedProductionTrafficWeight"] for record in seen]
    assert sorted(set(steps)) == [0.0, 40.0, 80.0, 100.0]
    assert steps == sorted(steps)


def test_stopping_it_while_it_bakes_brings_the_traffic_back_at_once(fleet: ShiftedFleet) -> None:
    fleet.start()
    before, blue = fleet.weights(), fleet.served_by()
    fleet.update(fleet.image(), deploymentConfiguration={"bakeTimeInMinutes": 1440})
    record = fleet.in_stage("BAKE_TIME")
    assert fleet.served_by() != blue
    fleet.ecs.stop_service_deployment(serviceDeploymentArn=record["serviceDeploymentArn"], stopType="ROLLBACK")
    eventually(lambda: fleet.weights() == before)
    assert fleet.served_by() == blue, "blue had never gone"
    record = fleet.ended("ROLLBACK_SUCCESSFUL")
    assert record["lifecycleStage"] == "CLEAN_UP"
    assert fleet.weights(fleet.test) == before


def test_a_green_revision_that_never_serves_is_rolled_back_by_the_breaker(fleet: ShiftedFleet) -> None:
    fleet.start()
    before, blue = fleet.weights(), fleet.served_by()
    tasks = {task["taskArn"] for task in fleet.tasks()}
    fleet.update(fleet.image(9999))
    fleet.in_stage("SCALE_UP")
    record = fleet.ended("ROLLBACK_SUCCESSFUL")
    assert record["deploymentCircuitBreaker"]["status"] == "TRIGGERED"
    assert record["rollback"]["serviceRevisionArn"] == record["sourceServiceRevisions"][0]["arn"]
    assert fleet.weights() == before and fleet.served_by() == blue
    assert {task["taskArn"] for task in fleet.tasks()} == tasks, "blue served on"
    assert fleet.service()["taskDefinition"] == blue


def test_an_alarm_while_it_bakes_rolls_back(fleet: ShiftedFleet) -> None:
    cloudwatch = fleet.aws.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName=fleet.name,
        MetricName="errors",
        Namespace="test",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    fleet.start(alarms={"alarmNames": [fleet.name], "enable": True, "rollback": True})
    before, blue = fleet.weights(), fleet.served_by()
    fleet.update(fleet.image(), deploymentConfiguration={"bakeTimeInMinutes": 1440})
    fleet.in_stage("BAKE_TIME")
    assert fleet.served_by() != blue
    cloudwatch.set_alarm_state(AlarmName=fleet.name, StateValue="ALARM", StateReason="test")
    record = fleet.ended("ROLLBACK_SUCCESSFUL")
    assert record["alarms"]["triggeredAlarmNames"] == [fleet.name]
    assert fleet.weights() == before and fleet.served_by() == blue


def test_a_pause_can_be_answered_with_rollback_and_only_once(fleet: ShiftedFleet) -> None:
    fleet.start()
    before = fleet.weights()
    fleet.update(
        fleet.image(),
        deploymentConfiguration={
            "lifecycleHooks": [{"targetType": "PAUSE", "lifecycleStages": ["POST_PRODUCTION_TRAFFIC_SHIFT"]}]
        },
    )
    hook = fleet.waiting("POST_PRODUCTION_TRAFFIC_SHIFT")
    assert fleet.weights() == before[::-1]
    with pytest.raises(botocore.exceptions.ClientError, match="InvalidParameterException"):
        fleet.go_on({"hookId": "ecs-pause-other"})
    fleet.go_on(hook, "ROLLBACK")
    record = fleet.ended("ROLLBACK_SUCCESSFUL")
    assert fleet.weights() == before
    assert weight_of(record["targetServiceRevision"]) == (0.0, 0.0)
    with pytest.raises(botocore.exceptions.ClientError, match="ClientException"):
        fleet.go_on(hook)
    with pytest.raises(botocore.exceptions.ClientError, match="ServiceDeploymentNotFoundException"):
        fleet.ecs.continue_service_deployment(serviceDeploymentArn="arn:x", hookId=hook["hookId"])


@pytest.mark.parametrize(("action", "end"), [("ROLLBACK", "ROLLBACK_SUCCESSFUL"), ("CONTINUE", "SUCCESSFUL")])
def test_a_pause_that_nobody_answers_does_what_its_timeout_says(fleet: ShiftedFleet, action: str, end: str) -> None:
    fleet.start(count=1)
    timeout = {"timeoutInMinutes": 1, "action": action}
    hooks = [{"targetType": "PAUSE", "lifecycleStages": ["POST_SCALE_UP"], "timeoutConfiguration": timeout}]
    fleet.update(fleet.image(), deploymentConfiguration={"lifecycleHooks": hooks})
    assert fleet.waiting("POST_SCALE_UP")["timeoutAction"] == action
    fleet.ended(end)


def test_a_newer_deployment_reconciles_the_service_first(fleet: ShiftedFleet) -> None:
    fleet.start()
    before = fleet.weights()
    fleet.update(fleet.image(), deploymentConfiguration={"bakeTimeInMinutes": 1440})
    fleet.in_stage("BAKE_TIME")
    assert fleet.weights() == before[::-1]
    hooks = [{"targetType": "PAUSE", "lifecycleStages": ["RECONCILE_SERVICE"]}]
    newest = fleet.update(fleet.image(), deploymentConfiguration={"lifecycleHooks": hooks, "bakeTimeInMinutes": 0})
    hook = fleet.waiting("RECONCILE_SERVICE")
    assert fleet.deployments()[1]["status"] == "STOPPED"
    assert fleet.weights() == before, "the last completed revision serves"
    eventually(lambda: len({task["taskDefinitionArn"] for task in fleet.tasks()}) == 1)
    fleet.go_on(hook)
    fleet.succeeded()
    assert fleet.weights() == before[::-1]
    assert fleet.served_by() == newest["taskDefinition"]


def test_without_a_load_balancer_the_stages_are_the_same(fast_aws: Aws, name: str) -> None:
    fleet = Fleet(fast_aws, name, balanced=False)
    fleet.create(fleet.image(), configuration={"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 0})
    fleet.completed()
    blue = {task["taskArn"] for task in fleet.tasks()}
    fleet.update(fleet.image(), deploymentConfiguration={"bakeTimeInMinutes": 1})
    baking = eventually(lambda: (d := fleet.deployments()[0]).get("lifecycleStage") == "BAKE_TIME" and d)
    assert len(fleet.tasks()) == 4
    assert baking["targetServiceRevision"]["runningTaskCount"] == 2
    fleet.completed()
    assert not blue & {task["taskArn"] for task in fleet.tasks()}
