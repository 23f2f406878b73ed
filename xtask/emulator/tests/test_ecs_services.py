"""What the API of services refuses, what is a new deployment and what is not."""

from __future__ import annotations

import botocore.exceptions
import pytest
from conftest import Aws, eventually
from fleet import Fleet


def refused(code: str, text: str = "") -> pytest.RaisesExc:
    return pytest.raises(botocore.exceptions.ClientError, match=rf"{code}.*{text}")


@pytest.fixture
def fleet(aws: Aws, name: str) -> Fleet:
    return Fleet(aws, name)


def test_a_service_needs_what_it_names(fleet: Fleet) -> None:
    arguments = {
        "cluster": fleet.name,
        "serviceName": "web",
        "networkConfiguration": fleet.network,
        "launchType": "FARGATE",
    }
    image = fleet.image()
    with refused("ClusterNotFoundException"):
        fleet.ecs.create_service(**{**arguments, "cluster": "nowhere"}, taskDefinition=fleet.definition(image))
    with refused("ClientException", "TaskDefinition not found"):
        fleet.ecs.create_service(**arguments, taskDefinition="nothing:1")
    with refused("InvalidParameterException", "Network Configuration must be provided"):
        fleet.ecs.create_service(**{**arguments, "networkConfiguration": {}}, taskDefinition=fleet.definition(image))
    balancer = {"targetGroupArn": fleet.group, "containerName": "app", "containerPort": 8080}
    for wrong, text in (
        ({"containerName": "other"}, "does not exist in the task definition"),
        ({"containerPort": 1}, "container port 1"),
        ({"targetGroupArn": fleet.group + "x"}, "does not exist"),
    ):
        with refused("InvalidParameterException", text):
            fleet.ecs.create_service(
                **arguments, taskDefinition=fleet.definition(image), loadBalancers=[{**balancer, **wrong}]
            )
    lonely = fleet.elb.create_target_group(
        Name=f"{fleet.name}x", Protocol="HTTP", Port=80, VpcId="vpc-1", TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]
    with refused("InvalidParameterException", "does not have an associated load balancer"):
        fleet.ecs.create_service(
            **arguments, taskDefinition=fleet.definition(image), loadBalancers=[{**balancer, "targetGroupArn": lonely}]
        )
    assert fleet.ecs.list_services(cluster=fleet.name)["serviceArns"] == []


def test_an_unknown_or_inactive_task_definition_is_refused_and_changes_nothing(fleet: Fleet) -> None:
    before = fleet.create(fleet.image())
    with refused("ClientException", "TaskDefinition not found"):
        fleet.update(taskDefinition="nosuch:9", desiredCount=7)
    old = fleet.definition(fleet.image())
    fleet.ecs.deregister_task_definition(taskDefinition=old)
    with refused("ClientException", "TaskDefinition is inactive"):
        fleet.update(taskDefinition=old)
    after = fleet.service()
    assert (after["taskDefinition"], after["desiredCount"]) == (before["taskDefinition"], before["desiredCount"])


def test_more_than_ten_services_are_refused(fleet: Fleet) -> None:
    with refused("InvalidParameterException", "at most 10"):
        fleet.ecs.describe_services(cluster=fleet.name, services=[f"s{number}" for number in range(11)])
    with refused("InvalidParameterException", "cannot be empty"):
        fleet.ecs.describe_services(cluster=fleet.name, services=[])


def test_a_second_service_of_the_same_name_is_refused(fleet: Fleet) -> None:
    fleet.create(fleet.image())
    with refused("InvalidParameterException", "Creation of service was not idempotent"):
        fleet.create(fleet.image())


def test_only_what_changes_the_revision_is_a_new_deployment(fleet: Fleet) -> None:
    first = fleet.create(fleet.image(), count=1)["deployments"][0]["id"]
    fleet.completed(first)
    fleet.update(desiredCount=2)
    fleet.update(desiredCount=2)
    fleet.update(taskDefinition=fleet.service()["taskDefinition"], networkConfiguration=fleet.network)
    fleet.update(healthCheckGracePeriodSeconds=5, enableECSManagedTags=True)
    fleet.update(deploymentConfiguration={"maximumPercent": 150})
    service = fleet.service()
    assert [d["id"] for d in service["deployments"]] == [first]
    assert len(fleet.deployments()) == 1
    assert service["deploymentConfiguration"]["deploymentCircuitBreaker"]["enable"] is True, "what is not given stays"
    assert service["healthCheckGracePeriodSeconds"] == 5
    eventually(lambda: fleet.service()["runningCount"] == 2)
    forced = fleet.update(forceNewDeployment=True)["deployments"][0]["id"]
    assert forced != first
    fleet.completed(forced)
    other = fleet.update(
        networkConfiguration={"awsvpcConfiguration": {"subnets": [fleet.subnet], "assignPublicIp": "ENABLED"}}
    )["deployments"][0]["id"]
    assert other not in (first, forced)


def test_strategies_that_do_not_exist_are_refused(fleet: Fleet) -> None:
    with refused("InvalidParameterException", "NONSENSE"):
        fleet.create(fleet.image(), configuration={"strategy": "NONSENSE"})
    fleet.create(fleet.image())
    with refused("InvalidParameterException", "NONSENSE"):
        fleet.update(deploymentConfiguration={"strategy": "NONSENSE"})
    with refused("InvalidParameterException", "minimumHealthyPercent"):
        fleet.update(deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 100})


def test_services_are_listed_by_pages(fleet: Fleet) -> None:
    definition = fleet.definition(fleet.image())
    made = {
        fleet.ecs.create_service(
            cluster=fleet.name,
            serviceName=f"s{number}",
            taskDefinition=definition,
            desiredCount=0,
            launchType="FARGATE",
            networkConfiguration=fleet.network,
        )["service"]["serviceArn"]
        for number in range(13)
    }
    pages = [page["serviceArns"] for page in fleet.ecs.get_paginator("list_services").paginate(cluster=fleet.name)]
    assert [len(page) for page in pages] == [10, 3]
    assert {arn for page in pages for arn in page} == made


def test_tags_are_kept_and_told_when_asked_for(fleet: Fleet) -> None:
    arn = fleet.create(fleet.image(), tags=[{"key": "slipway:environment", "value": "dev"}])["serviceArn"]
    fleet.ecs.tag_resource(resourceArn=arn, tags=[{"key": "slipway:commit", "value": "abc"}])
    fleet.ecs.untag_resource(resourceArn=arn, tagKeys=["slipway:environment"])
    assert fleet.ecs.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "slipway:commit", "value": "abc"}]
    assert fleet.service(include=["TAGS"])["tags"] == [{"key": "slipway:commit", "value": "abc"}]
    assert not fleet.service().get("tags")


def test_a_deleted_service_drains_and_is_gone(aws: Aws, name: str) -> None:
    fleet = Fleet(aws, name, delay=100)
    fleet.create(fleet.image())
    fleet.completed()
    with refused("InvalidParameterException", "scaled above 0"):
        fleet.ecs.delete_service(cluster=fleet.name, service="web")
    assert fleet.ecs.delete_service(cluster=fleet.name, service="web", force=True)["service"]["status"] == "DRAINING"
    with refused("InvalidParameterException", "still Draining"):
        fleet.create(fleet.image())
    with refused("ServiceNotActiveException"):
        fleet.update(desiredCount=1)
    with refused("ClusterContainsServicesException|ClusterContainsTasksException"):
        fleet.ecs.delete_cluster(cluster=fleet.name)
    eventually(lambda: fleet.service()["status"] == "INACTIVE")
    assert fleet.ecs.list_services(cluster=fleet.name)["serviceArns"] == []
    eventually(lambda: fleet.targets() == {})
    eventually(lambda: all(task["lastStatus"] == "STOPPED" for task in fleet.tasks("STOPPED")))
    assert fleet.ecs.delete_cluster(cluster=fleet.name)["cluster"]["status"] == "INACTIVE"
