"""Rules that forward to several target groups: kept as given, split by weight, refused as AWS does."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from typing import Any

import botocore.exceptions
import pytest
from conftest import Aws, eventually
from test_elastic_load_balancing import Target


def refused(code: str) -> pytest.RaisesExc:
    return pytest.raises(botocore.exceptions.ClientError, match=code)


class World:
    """A listener, and two target groups with one target each, which answers 201 or 202."""

    def __init__(self, aws: Aws, name: str) -> None:
        self.elb, self.url = aws.client("elbv2"), f"{aws.endpoint}/_alb/{name}/"
        self.servers = [Target(), Target()]
        self.groups = []
        for number, server in enumerate(self.servers, 1):
            server.status = 200 + number
            group = self.elb.create_target_group(
                Name=f"{name}-{number}",
                Protocol="HTTP",
                Port=80,
                VpcId="vpc-1",
                TargetType="ip",
                HealthCheckIntervalSeconds=5,
                HealthyThresholdCount=2,
                Matcher={"HttpCode": "200-299"},
            )["TargetGroups"][0]["TargetGroupArn"]
            self.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": "127.0.0.1", "Port": server.port}])
            self.groups.append(group)
        self.balancer = self.elb.create_load_balancer(Name=name)["LoadBalancers"][0]["LoadBalancerArn"]
        self.listener = self.elb.create_listener(
            LoadBalancerArn=self.balancer, Protocol="HTTP", Port=80, DefaultActions=[self.forward(1, 0)]
        )["Listeners"][0]

    def forward(self, *weights: int) -> dict[str, Any]:
        groups = [{"TargetGroupArn": g, "Weight": w} for g, w in zip(self.groups, weights, strict=True)]
        return {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}

    def rule(self, priority: int, *weights: int, **more: Any) -> dict[str, Any]:
        return self.elb.create_rule(
            ListenerArn=self.listener["ListenerArn"],
            Priority=priority,
            Conditions=[{"Field": "path-pattern", "Values": ["*"]}],
            Actions=[self.forward(*weights)],
            **more,
        )["Rules"][0]

    def healthy(self) -> bool:
        states = [
            description["TargetHealth"]["State"]
            for group in self.groups
            for description in self.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        ]
        return states == ["healthy", "healthy"]

    def answers(self, count: int) -> Counter[int]:
        return Counter(self.answer() for _ in range(count))

    def answer(self) -> int:
        try:
            with urllib.request.urlopen(self.url, timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def groups_of(self, action: dict[str, Any]) -> list[int]:
        assert [g["TargetGroupArn"] for g in action["ForwardConfig"]["TargetGroups"]] == self.groups
        return [g["Weight"] for g in action["ForwardConfig"]["TargetGroups"]]


@pytest.fixture
def world(aws: Aws, name: str) -> Iterator[World]:
    world = World(aws, name)
    yield world
    for server in world.servers:
        server.close()


def test_requests_are_split_by_weight_and_a_group_of_weight_zero_gets_none(world: World) -> None:
    eventually(world.healthy)  # the target group of weight 0 is checked too
    assert world.answers(10) == {201: 10}
    rule = world.rule(5, 75, 25)
    assert world.groups_of(rule["Actions"][0]) == [75, 25]
    assert "TargetGroupArn" not in rule["Actions"][0]
    split = world.answers(80)
    assert abs(split[201] - 60) <= 4 and split[201] + split[202] == 80
    changed = world.elb.modify_rule(RuleArn=rule["RuleArn"], Actions=[world.forward(0, 1)])["Rules"][0]
    assert world.groups_of(changed["Actions"][0]) == [0, 1]
    assert world.answers(10) == {202: 10}
    world.elb.modify_rule(RuleArn=rule["RuleArn"], Actions=[world.forward(0, 0)])
    assert world.answer() == 503
    world.elb.delete_rule(RuleArn=rule["RuleArn"])
    assert world.answers(5) == {201: 5}
    balancers = world.elb.describe_target_groups(TargetGroupArns=[world.groups[1]])["TargetGroups"][0][
        "LoadBalancerArns"
    ]
    assert balancers == [world.balancer]
    with refused("ResourceInUse"):
        world.elb.delete_target_group(TargetGroupArn=world.groups[1])


def test_a_single_target_group_is_told_both_ways(world: World) -> None:
    action = {"Type": "forward", "TargetGroupArn": world.groups[0]}
    told = world.elb.modify_listener(ListenerArn=world.listener["ListenerArn"], DefaultActions=[action])["Listeners"][0]
    assert told["DefaultActions"][0]["TargetGroupArn"] == world.groups[0]
    assert told["DefaultActions"][0]["ForwardConfig"] == {
        "TargetGroups": [{"TargetGroupArn": world.groups[0], "Weight": 1}],
        "TargetGroupStickinessConfig": {"Enabled": False},
    }


def test_stickiness_is_kept(world: World) -> None:
    action = world.forward(1, 1)
    action["ForwardConfig"]["TargetGroupStickinessConfig"] = {"Enabled": True, "DurationSeconds": 60}
    world.elb.modify_listener(ListenerArn=world.listener["ListenerArn"], DefaultActions=[action])
    told = world.elb.describe_listeners(ListenerArns=[world.listener["ListenerArn"]])["Listeners"][0]
    assert told["DefaultActions"][0]["ForwardConfig"] == action["ForwardConfig"]


def test_what_a_rule_must_not_say_is_refused(world: World) -> None:
    first = world.rule(1, 1, 0)
    second = world.rule(2, 1, 0)
    with refused("PriorityInUse"):
        world.rule(2, 1, 0)
    with refused("ValidationError"):
        world.rule(3, 1, 1000)
    with refused("ValidationError"):
        world.rule(50001, 1, 0)
    with refused("TargetGroupNotFound"):
        world.elb.modify_rule(
            RuleArn=first["RuleArn"], Actions=[{"Type": "forward", "TargetGroupArn": world.groups[0] + "x"}]
        )
    with refused("RuleNotFound"):
        world.elb.delete_rule(RuleArn=first["RuleArn"] + "x")
    with refused("PriorityInUse"):
        world.elb.set_rule_priorities(RulePriorities=[{"RuleArn": first["RuleArn"], "Priority": 2}])
    swapped = [{"RuleArn": first["RuleArn"], "Priority": 2}, {"RuleArn": second["RuleArn"], "Priority": 1}]
    world.elb.set_rule_priorities(RulePriorities=swapped)
    rules = world.elb.describe_rules(ListenerArn=world.listener["ListenerArn"])["Rules"]
    assert [rule["Priority"] for rule in rules] == ["1", "2", "default"]
    assert rules[0]["RuleArn"] == second["RuleArn"]
    assert "default" not in str(
        world.elb.describe_rules(ListenerArn=world.listener["ListenerArn"], PageSize=2)["Rules"]
    )


@pytest.mark.already_true
def test_rules_have_tags(aws: Aws, name: str) -> None:
    world = World(aws, name)
    rule = world.rule(1, 1, 0, Tags=[{"Key": "a", "Value": "b"}])
    described = world.elb.describe_tags(ResourceArns=[rule["RuleArn"]])["TagDescriptions"][0]
    assert described["Tags"] == [{"Key": "a", "Value": "b"}]
