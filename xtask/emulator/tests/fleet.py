"""A small world for the tests of ECS: a network, a load balancer with a target group, a cluster, and services in it."""

from __future__ import annotations

from typing import Any

from conftest import Aws, eventually

PORT = 8080


class Fleet:
    def __init__(self, aws: Aws, name: str, *, balanced: bool = True, delay: int = 2) -> None:
        self.aws, self.name, self.balanced = aws, name, balanced
        self.ecs, self.elb, ec2 = aws.client("ecs"), aws.client("elbv2"), aws.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.40.0.0/16")["Vpc"]["VpcId"]
        self.subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.40.1.0/24", AvailabilityZone="ap-northeast-2a")[
            "Subnet"
        ]["SubnetId"]
        self.ecs.create_cluster(clusterName=name)
        if balanced:
            self.balancer = self.elb.create_load_balancer(Name=name, Subnets=[self.subnet])["LoadBalancers"][0][
                "LoadBalancerArn"
            ]
            self.group = self.elb.create_target_group(
                Name=name,
                Protocol="HTTP",
                Port=PORT,
                VpcId=vpc,
                TargetType="ip",
                HealthCheckPath="/healthz",
                HealthCheckIntervalSeconds=5,
                HealthyThresholdCount=2,
                UnhealthyThresholdCount=2,
                HealthCheckTimeoutSeconds=2,
            )["TargetGroups"][0]["TargetGroupArn"]
            self.elb.modify_target_group_attributes(
                TargetGroupArn=self.group,
                Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": str(delay)}],
            )
            self.elb.create_listener(
                LoadBalancerArn=self.balancer,
                Protocol="HTTP",
                Port=80,
                DefaultActions=[{"Type": "forward", "TargetGroupArn": self.group}],
            )

    @property
    def network(self) -> dict[str, Any]:
        return {"awsvpcConfiguration": {"subnets": [self.subnet]}}

    def balancers(self) -> list[dict[str, Any]]:
        return [{"targetGroupArn": self.group, "containerName": "app", "containerPort": PORT}]

    def definition(self, image: str, **container: Any) -> str:
        return self.ecs.register_task_definition(
            family=self.name,
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            containerDefinitions=[
                {"name": "app", "image": image, "portMappings": [{"containerPort": PORT}], **container}
            ],
        )["taskDefinition"]["taskDefinitionArn"]

    def create(
        self,
        image: str,
        count: int = 2,
        *,
        breaker: bool = True,
        rollback: bool = True,
        container: dict[str, Any] | None = None,
        **more: Any,
    ) -> dict[str, Any]:
        configuration = {
            "deploymentCircuitBreaker": {"enable": breaker, "rollback": rollback},
            **more.pop("configuration", {}),
        }
        if self.balanced:
            more.setdefault("loadBalancers", self.balancers())
        return self.ecs.create_service(
            cluster=self.name,
            serviceName="web",
            taskDefinition=self.definition(image, **container or {}),
            desiredCount=count,
            launchType="FARGATE",
            networkConfiguration=self.network,
            deploymentConfiguration=configuration,
            **more,
        )["service"]

    def update(
        self, image: str | None = None, *, container: dict[str, Any] | None = None, **more: Any
    ) -> dict[str, Any]:
        if image:
            more["taskDefinition"] = self.definition(image, **container or {})
        return self.ecs.update_service(cluster=self.name, service="web", **more)["service"]

    def service(self, **more: Any) -> dict[str, Any]:
        return self.ecs.describe_services(cluster=self.name, services=["web"], **more)["services"][0]

    def primary(self) -> dict[str, Any]:
        return next(d for d in self.service()["deployments"] if d["status"] == "PRIMARY")

    def completed(self, deployment: str | None = None) -> dict[str, Any]:
        """Waits until the primary deployment (of that id, if given) is COMPLETED, and returns the service."""

        def done() -> dict[str, Any] | None:
            service = self.service()
            primary = service["deployments"][0]
            right = deployment is None or primary["id"] == deployment
            return (
                service
                if right and primary["rolloutState"] == "COMPLETED" and len(service["deployments"]) == 1
                else None
            )

        return eventually(done)

    def tasks(self, status: str = "RUNNING") -> list[dict[str, Any]]:
        arns = self.ecs.list_tasks(cluster=self.name, desiredStatus=status)["taskArns"]
        return self.ecs.describe_tasks(cluster=self.name, tasks=arns)["tasks"] if arns else []

    def targets(self) -> dict[str, str]:
        found = self.elb.describe_target_health(TargetGroupArn=self.group)["TargetHealthDescriptions"]
        return {t["Target"]["Id"]: t["TargetHealth"]["State"] for t in found}

    def deployments(self) -> list[dict[str, Any]]:
        arns = [
            d["serviceDeploymentArn"]
            for d in self.ecs.list_service_deployments(cluster=self.name, service="web")["serviceDeployments"]
        ]
        return self.ecs.describe_service_deployments(serviceDeploymentArns=arns)["serviceDeployments"]

    def messages(self) -> list[str]:
        return [event["message"] for event in self.service()["events"]]

    def image(self, *ports: int, **labels: str) -> str:
        return self.aws.image(self.name, *(ports or (PORT,)), **labels)
