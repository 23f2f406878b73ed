"""Scalable targets of services, their policies with the alarms, and scheduled actions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import botocore.exceptions
import pytest
from conftest import Aws
from fleet import Fleet


def refused(code: str, text: str = "") -> pytest.RaisesExc:
    return pytest.raises(botocore.exceptions.ClientError, match=rf"{code}.*{text}")


class Scaling:
    def __init__(self, aws: Aws, name: str) -> None:
        self.aws, self.client = aws, aws.client("application-autoscaling")
        self.fleet = Fleet(aws, name, balanced=False)
        self.fleet.create(self.fleet.image(), 0)
        self.resource = {"ServiceNamespace": "ecs", "ResourceId": f"service/{name}/web"}
        self.key = {**self.resource, "ScalableDimension": "ecs:service:DesiredCount"}

    def target(self) -> dict[str, Any]:
        return self.client.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[self.resource["ResourceId"]])[
            "ScalableTargets"
        ][0]

    def alarms(self) -> dict[str, dict[str, Any]]:
        found = self.aws.client("cloudwatch").describe_alarms(
            AlarmNamePrefix=f"TargetTracking-{self.resource['ResourceId']}-"
        )
        return {alarm["AlarmName"]: alarm for alarm in found["MetricAlarms"]}

    def put(self, name: str = "cpu", **configuration: Any) -> dict[str, Any]:
        metric = {"PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}
        return self.client.put_scaling_policy(
            **self.key,
            PolicyName=name,
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={"TargetValue": 60.0, **metric, **configuration},
        )


@pytest.fixture
def scaling(aws: Aws, name: str) -> Scaling:
    return Scaling(aws, name)


def test_a_scalable_target_is_kept_and_changed_by_parts(scaling: Scaling, name: str) -> None:
    client, key = scaling.client, scaling.key
    with refused("ValidationException", "doesn't exist"):
        client.register_scalable_target(**{**key, "ResourceId": f"service/{name}/none"}, MinCapacity=1, MaxCapacity=2)
    with refused("ValidationException"):
        client.register_scalable_target(**key, MinCapacity=3, MaxCapacity=2)
    with refused("ObjectNotFoundException"):
        scaling.put()
    arn = client.register_scalable_target(**key, MinCapacity=1, MaxCapacity=4, Tags={"a": "b"})["ScalableTargetARN"]
    client.register_scalable_target(**key, MaxCapacity=6, SuspendedState={"ScheduledScalingSuspended": True})
    found = scaling.target()
    assert (found["MinCapacity"], found["MaxCapacity"], found["ScalableTargetARN"]) == (1, 6, arn)
    assert found["SuspendedState"] == {
        "DynamicScalingInSuspended": False,
        "DynamicScalingOutSuspended": False,
        "ScheduledScalingSuspended": True,
    }
    assert client.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"a": "b"}
    elsewhere = scaling.aws.client("application-autoscaling", "us-east-1")
    assert elsewhere.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"] == []
    scaling.fleet.ecs.delete_service(cluster=name, service="web")
    assert scaling.target()["ScalableTargetARN"] == arn, "it outlives its service"
    client.deregister_scalable_target(**key)
    with refused("ObjectNotFoundException"):
        client.deregister_scalable_target(**key)
    with refused("ValidationException"):
        client.describe_scalable_targets(ServiceNamespace="nothing")


def test_target_tracking_makes_its_alarms_and_takes_them_with_it(scaling: Scaling) -> None:
    scaling.client.register_scalable_target(**scaling.key, MinCapacity=1, MaxCapacity=4)
    made = scaling.put()
    names = {alarm["AlarmName"] for alarm in made["Alarms"]}
    alarms = scaling.alarms()
    assert names == set(alarms) and len(names) == 2
    high = next(alarm for name, alarm in alarms.items() if "-AlarmHigh-" in name)
    assert (high["Threshold"], high["MetricName"], high["AlarmActions"]) == (
        60.0,
        "CPUUtilization",
        [made["PolicyARN"]],
    )
    again = scaling.put(DisableScaleIn=True, ScaleOutCooldown=30)
    assert again["PolicyARN"] == made["PolicyARN"]
    assert set(scaling.alarms()) == {high["AlarmName"]} == {alarm["AlarmName"] for alarm in again["Alarms"]}
    policy = scaling.client.describe_scaling_policies(**scaling.resource)["ScalingPolicies"][0]
    assert policy["TargetTrackingScalingPolicyConfiguration"]["ScaleOutCooldown"] == 30
    assert policy["Alarms"] == again["Alarms"]
    scaling.client.delete_scaling_policy(**scaling.key, PolicyName="cpu")
    assert scaling.alarms() == {}
    scaling.put()
    scaling.client.deregister_scalable_target(**scaling.key)
    assert scaling.alarms() == {}
    assert scaling.client.describe_scaling_policies(**scaling.resource)["ScalingPolicies"] == []


def test_a_policy_that_makes_no_sense_is_refused(scaling: Scaling) -> None:
    scaling.client.register_scalable_target(**scaling.key, MinCapacity=1, MaxCapacity=4)
    for wrong in (
        {"PredefinedMetricSpecification": {}},
        {"PredefinedMetricSpecification": {"PredefinedMetricType": "ALBRequestCountPerTarget"}},
        {"PredefinedMetricSpecification": {"PredefinedMetricType": "RDSReaderAverageCPUUtilization"}},
    ):
        with refused("ValidationException"):
            scaling.put(**wrong)
    with refused("ValidationException"):
        scaling.client.put_scaling_policy(**scaling.key, PolicyName="x", PolicyType="StepScaling")
    step = {
        "AdjustmentType": "ChangeInCapacity",
        "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}],
        "Cooldown": 60,
    }
    scaling.client.put_scaling_policy(
        **scaling.key, PolicyName="step", PolicyType="StepScaling", StepScalingPolicyConfiguration=step
    )
    policy = scaling.client.describe_scaling_policies(**scaling.resource)["ScalingPolicies"][0]
    assert policy["StepScalingPolicyConfiguration"] == step and policy["Alarms"] == []


def test_policies_come_page_by_page(scaling: Scaling) -> None:
    scaling.client.register_scalable_target(**scaling.key, MinCapacity=1, MaxCapacity=4)
    for number in range(3):
        scaling.put(f"p{number}")
    pages = scaling.client.get_paginator("describe_scaling_policies").paginate(
        **scaling.resource, PaginationConfig={"PageSize": 2}
    )
    assert [len(page["ScalingPolicies"]) for page in pages] == [2, 1]
    with refused("InvalidNextTokenException"):
        scaling.client.describe_scaling_policies(**scaling.resource, NextToken="x")


def test_scheduled_actions_are_kept(scaling: Scaling) -> None:
    client, key = scaling.client, scaling.key
    with refused("ObjectNotFoundException"):
        client.put_scheduled_action(**key, ScheduledActionName="night", Schedule="cron(0 22 * * ? *)")
    client.register_scalable_target(**key, MinCapacity=1, MaxCapacity=4)
    capacity = {"MinCapacity": 0, "MaxCapacity": 1}
    for wrong in (
        {"Schedule": "cron(0 22 * * * *)", "ScalableTargetAction": capacity},
        {"Schedule": "every night", "ScalableTargetAction": capacity},
        {"Schedule": "rate(1 day)", "Timezone": "Mars/Base", "ScalableTargetAction": capacity},
        {"Schedule": "rate(1 day)"},
        {"ScalableTargetAction": capacity},
    ):
        with refused("ValidationException"):
            client.put_scheduled_action(**key, ScheduledActionName="night", **wrong)
    end = datetime(2030, 1, 1, tzinfo=UTC)
    client.put_scheduled_action(
        **key,
        ScheduledActionName="night",
        Schedule="cron(0 22 * * ? *)",
        Timezone="Asia/Seoul",
        EndTime=end,
        ScalableTargetAction=capacity,
    )
    action = client.describe_scheduled_actions(**scaling.resource)["ScheduledActions"][0]
    assert (action["Timezone"], action["EndTime"], action["ScalableTargetAction"]) == ("Asia/Seoul", end, capacity)
    client.put_scheduled_action(**key, ScheduledActionName="night", Schedule="cron(0 23 * * ? *)")
    changed = client.describe_scheduled_actions(**scaling.resource, ScheduledActionNames=["night"])["ScheduledActions"]
    assert changed[0]["ScheduledActionARN"] == action["ScheduledActionARN"]
    assert changed[0]["ScalableTargetAction"] == capacity and "EndTime" not in changed[0]
    client.delete_scheduled_action(**key, ScheduledActionName="night")
    with refused("ObjectNotFoundException"):
        client.delete_scheduled_action(**key, ScheduledActionName="night")
