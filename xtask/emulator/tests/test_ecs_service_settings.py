"""A service keeps what it is given: where it is told, what a call leaves as it was, what removes it, what is refused."""

from __future__ import annotations

from typing import Any

import botocore.exceptions
import pytest
from conftest import Aws, eventually
from fleet import PORT, Fleet


def refused(code: str, text: str = "") -> pytest.RaisesExc:
    return pytest.raises(botocore.exceptions.ClientError, match=rf"{code}.*{text}")


@pytest.fixture
def fleet(aws: Aws, name: str) -> Fleet:
    return Fleet(aws, name, balanced=False)


def revision(fleet: Fleet) -> dict[str, Any]:
    arn = fleet.deployments()[0]["targetServiceRevision"]["arn"]
    return fleet.ecs.describe_service_revisions(serviceRevisionArns=[arn])["serviceRevisions"][0]


def connect(fleet: Fleet) -> dict[str, Any]:
    discovery = fleet.aws.client("servicediscovery")
    discovery.create_http_namespace(Name=fleet.name)
    eventually(lambda: fleet.name in {n["Name"] for n in discovery.list_namespaces()["Namespaces"]})
    return {
        "enabled": True,
        "namespace": fleet.name,
        "services": [{"portName": "http", "discoveryName": "web", "clientAliases": [{"port": 80, "dnsName": "web"}]}],
    }


PORTS = {"portMappings": [{"name": "http", "containerPort": PORT}]}


def test_service_connect_is_told_with_deployments_and_revisions_alone(fleet: Fleet) -> None:
    configuration = connect(fleet)
    service = fleet.create(fleet.image(), 1, container=PORTS, serviceConnectConfiguration=configuration)
    assert "serviceConnectConfiguration" not in service
    assert service["deployments"][0]["serviceConnectConfiguration"] == configuration
    assert revision(fleet)["serviceConnectConfiguration"] == configuration
    same = fleet.update(serviceConnectConfiguration=configuration)
    assert same["deployments"][0]["id"] == service["deployments"][0]["id"], "nothing new"
    off = fleet.update(serviceConnectConfiguration={"enabled": False})
    assert off["deployments"][0]["id"] != service["deployments"][0]["id"]
    assert "serviceConnectConfiguration" not in off["deployments"][0]
    wrong = {**configuration, "services": [{"portName": "grpc"}]}
    with refused("InvalidParameterException", "grpc"):
        fleet.update(serviceConnectConfiguration=wrong)
    with refused("NamespaceNotFoundException"):
        fleet.update(serviceConnectConfiguration={**configuration, "namespace": "nowhere"})


def test_another_capacity_provider_strategy_needs_a_forced_deployment(fleet: Fleet) -> None:
    spot = [{"capacityProvider": "FARGATE", "base": 1, "weight": 1}, {"capacityProvider": "FARGATE_SPOT", "weight": 3}]
    fleet.create(fleet.image(), 5)
    with refused("InvalidParameterException", "not associated with the cluster"):
        fleet.update(capacityProviderStrategy=spot, forceNewDeployment=True)
    fleet.ecs.put_cluster_capacity_providers(
        cluster=fleet.name, capacityProviders=["FARGATE", "FARGATE_SPOT"], defaultCapacityProviderStrategy=[]
    )
    with refused("InvalidParameterException", "must force a new deployment"):
        fleet.update(capacityProviderStrategy=spot)
    service = fleet.update(capacityProviderStrategy=spot, forceNewDeployment=True)
    expected = [{**spot[0]}, {**spot[1], "base": 0}]
    assert service["capacityProviderStrategy"] == expected and "launchType" not in service
    assert revision(fleet)["capacityProviderStrategy"] == expected
    fleet.update(capacityProviderStrategy=spot)  # the same once more changes nothing
    fleet.completed()
    providers = sorted(task["capacityProviderName"] for task in fleet.tasks())
    assert providers == ["FARGATE"] * 2 + ["FARGATE_SPOT"] * 3
    back = fleet.update(capacityProviderStrategy=[], forceNewDeployment=True)
    assert back["launchType"] == "FARGATE" and "capacityProviderStrategy" not in back


def test_lists_are_removed_by_empty_ones_and_left_alone_by_absent_ones(fleet: Fleet) -> None:
    registries = [{"registryArn": "arn:aws:servicediscovery:ap-northeast-2:000000000000:service/srv-1"}]
    lattice = [
        {
            "roleArn": "arn:aws:iam::000000000000:role/lattice",
            "targetGroupArn": "arn:aws:vpc-lattice:ap-northeast-2:000000000000:targetgroup/tg-1",
            "portName": "http",
        }
    ]
    first = fleet.create(
        fleet.image(), 1, container=PORTS, serviceRegistries=registries, vpcLatticeConfigurations=lattice
    )
    assert first["serviceRegistries"] == registries and "vpcLatticeConfigurations" not in first
    assert first["deployments"][0]["vpcLatticeConfigurations"] == lattice
    kept = fleet.update(desiredCount=2)
    assert len(kept["deployments"]) == 1 and kept["serviceRegistries"] == registries
    gone = fleet.update(serviceRegistries=[], vpcLatticeConfigurations=[])
    assert gone["deployments"][0]["id"] != first["deployments"][0]["id"]
    assert gone["serviceRegistries"] == [] and not gone["deployments"][0].get("vpcLatticeConfigurations")
    assert "serviceRegistries" not in revision(fleet)


def test_a_rollback_makes_no_later_call_a_change(fleet: Fleet) -> None:
    fleet.create(fleet.image(), 1)
    fleet.completed()
    fleet.update(fleet.image(exit_code="1"))
    eventually(lambda: fleet.deployments()[0]["status"] == "ROLLBACK_SUCCESSFUL")
    count = len(fleet.deployments())
    fleet.update(loadBalancers=[], serviceRegistries=[], desiredCount=1)
    assert len(fleet.deployments()) == count


def test_volumes_configured_at_launch(fleet: Fleet) -> None:
    volume = {"name": "data", "managedEBSVolume": {"roleArn": "arn:aws:iam::000000000000:role/ebs", "sizeInGiB": 10}}
    with refused("InvalidParameterException", "not configured at launch"):
        fleet.create(fleet.image(), 1, volumeConfigurations=[volume])
    definition = fleet.ecs.register_task_definition(
        family=fleet.name,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "app", "image": fleet.image()}],
        volumes=[{"name": "data", "configuredAtLaunch": True}],
    )["taskDefinition"]["taskDefinitionArn"]
    service = fleet.ecs.create_service(
        cluster=fleet.name,
        serviceName="web",
        taskDefinition=definition,
        desiredCount=0,
        launchType="FARGATE",
        networkConfiguration=fleet.network,
        volumeConfigurations=[volume],
    )["service"]
    assert service["deployments"][0]["volumeConfigurations"] == [volume]
    assert revision(fleet)["volumeConfigurations"] == [volume]
    assert "volumeConfigurations" not in service


def test_plain_settings_are_kept_and_defaults_are_aws(fleet: Fleet) -> None:
    made = fleet.create(fleet.image(), 0)
    defaults = {
        "platformVersion": "LATEST",
        "propagateTags": "NONE",
        "enableECSManagedTags": False,
        "enableExecuteCommand": False,
        "availabilityZoneRebalancing": "ENABLED",
        "schedulingStrategy": "REPLICA",
        "deploymentController": {"type": "ECS"},
    }
    assert made.items() >= defaults.items()
    threshold = {"type": "COUNT", "value": 7}
    breaker = {"enable": True, "rollback": True, "resetOnHealthyTask": False, "thresholdConfiguration": threshold}
    changed = {
        "propagateTags": "SERVICE",
        "enableECSManagedTags": True,
        "availabilityZoneRebalancing": "DISABLED",
        "deploymentConfiguration": {"deploymentCircuitBreaker": breaker},
    }
    fleet.update(**changed)
    service = fleet.service()
    assert service["deploymentConfiguration"]["deploymentCircuitBreaker"] == breaker
    assert {name: service[name] for name in changed if name != "deploymentConfiguration"} == {
        name: value for name, value in changed.items() if name != "deploymentConfiguration"
    }
    with refused("InvalidParameterException", "taskRoleArn"):
        fleet.update(enableExecuteCommand=True)
    with refused("PlatformUnknownException"):
        fleet.update(platformVersion="9.9.9")
    monitoring = {"metricConfigurations": [{"metricNames": ["CPUUtilization"], "resolutionSeconds": 20}]}
    forced = fleet.update(platformVersion="1.4.0", monitoring=monitoring)
    assert revision(fleet)["monitoring"] == monitoring and "monitoring" not in forced
    assert forced["platformVersion"] == revision(fleet)["platformVersion"] == "1.4.0"
    assert fleet.deployments()[0]["deploymentCircuitBreaker"]["threshold"] == 7


def test_tags_reach_the_tasks_of_a_service(fleet: Fleet) -> None:
    tags = [{"key": "team", "value": "a"}]
    fleet.create(fleet.image(), 1, tags=tags, propagateTags="SERVICE", enableECSManagedTags=True)
    arn = eventually(lambda: fleet.ecs.list_tasks(cluster=fleet.name)["taskArns"])[0]
    task = fleet.ecs.describe_tasks(cluster=fleet.name, tasks=[arn], include=["TAGS"])["tasks"][0]
    assert task["tags"] == [
        *tags,
        {"key": "aws:ecs:clusterName", "value": fleet.name},
        {"key": "aws:ecs:serviceName", "value": "web"},
    ]
