"""A fleet whose traffic is shifted: two target groups, a production rule, and a test listener on another port."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

from conftest import Aws, eventually
from fleet import PORT, Fleet

ROLE = "arn:aws:iam::000000000000:role/infrastructure"


class ShiftedFleet(Fleet):
    def __init__(self, aws: Aws, name: str) -> None:
        super().__init__(aws, name)
        group = self.elb.describe_target_groups(TargetGroupArns=[self.group])["TargetGroups"][0]
        self.alternate = self.elb.create_target_group(
            Name=f"{name}-b",
            **{
                key: group[key]
                for key in (
                    "Protocol",
                    "Port",
                    "VpcId",
                    "TargetType",
                    "HealthCheckPath",
                    "HealthCheckIntervalSeconds",
                    "HealthyThresholdCount",
                    "UnhealthyThresholdCount",
                    "HealthCheckTimeoutSeconds",
                )
            },
        )["TargetGroups"][0]["TargetGroupArn"]
        self.elb.modify_target_group_attributes(
            TargetGroupArn=self.alternate,
            Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "2"}],
        )
        listener = self.elb.describe_listeners(LoadBalancerArn=self.balancer)["Listeners"][0]
        self.production = self._rule(listener["ListenerArn"])
        test = self.elb.create_listener(
            LoadBalancerArn=self.balancer,
            Protocol="HTTP",
            Port=9000,
            DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
        )["Listeners"][0]
        self.test = self._rule(test["ListenerArn"])
        self.host = self.elb.describe_load_balancers(LoadBalancerArns=[self.balancer])["LoadBalancers"][0]["DNSName"]

    def _rule(self, listener: str) -> str:
        return self.elb.create_rule(
            ListenerArn=listener,
            Priority=1,
            Conditions=[{"Field": "path-pattern", "Values": ["*"]}],
            Actions=[{"Type": "forward", "TargetGroupArn": self.group}],
        )["Rules"][0]["RuleArn"]

    def balancers(self, **advanced: Any) -> list[dict[str, Any]]:
        configuration = {
            "alternateTargetGroupArn": self.alternate,
            "productionListenerRule": self.production,
            "testListenerRule": self.test,
            "roleArn": ROLE,
            **advanced,
        }
        return [
            {
                "targetGroupArn": self.group,
                "containerName": "app",
                "containerPort": PORT,
                "advancedConfiguration": {k: v for k, v in configuration.items() if v},
            }
        ]

    def start(self, image: str | None = None, count: int = 2, **configuration: Any) -> dict[str, Any]:
        """Creates the service and waits for its first deployment."""
        configuration = {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 0, **configuration}
        self.create(image or self.image(), count, configuration=configuration)
        return self.succeeded()

    def latest(self) -> dict[str, Any]:
        return self.deployments()[0]

    def succeeded(self) -> dict[str, Any]:
        return self.ended("SUCCESSFUL")

    def ended(self, status: str) -> dict[str, Any]:
        return eventually(lambda: (d := self.latest())["status"] == status and d)

    def in_stage(self, stage: str) -> dict[str, Any]:
        return eventually(lambda: (d := self.latest()).get("lifecycleStage") == stage and d)

    def waiting(self, stage: str) -> dict[str, Any]:
        """The hook that waits in that stage."""

        def look() -> dict[str, Any] | None:
            deployment = self.latest()
            if deployment.get("lifecycleStage") != stage:
                return None
            return next((h for h in deployment["lifecycleHookDetails"] if h["status"] == "AWAITING_ACTION"), None)

        return eventually(look)

    def go_on(self, hook: dict[str, Any], action: str = "CONTINUE") -> None:
        self.ecs.continue_service_deployment(
            serviceDeploymentArn=self.latest()["serviceDeploymentArn"], hookId=hook["hookId"], action=action
        )

    def weights(self, rule: str | None = None) -> tuple[int, int]:
        """Those of the first and of the alternate target group."""
        action = self.elb.describe_rules(RuleArns=[rule or self.production])["Rules"][0]["Actions"][0]
        by_group = {g["TargetGroupArn"]: g["Weight"] for g in action["ForwardConfig"]["TargetGroups"]}
        return by_group.get(self.group, 0), by_group.get(self.alternate, 0)

    def served_by(self, port: int = 80) -> str:
        """The task definition that answers, or the status."""
        request = urllib.request.Request(
            f"{self.aws.endpoint}/", headers={"Host": f"{self.host}:{port}" if port != 80 else self.host}
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)["taskDefinition"]
        except urllib.error.HTTPError as error:
            return str(error.code)

    def watched(self, done: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
        """What the latest deployment showed until it was done, once for each change."""
        seen: list[dict[str, Any]] = []

        def look() -> bool:
            deployment = self.latest()
            if not seen or deployment != seen[-1]:
                seen.append(deployment)
            return done(deployment)

        eventually(look, 30)
        return seen
