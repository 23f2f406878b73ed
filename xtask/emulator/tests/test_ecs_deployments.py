"""Service deployments and service revisions: which rollout came to what end."""

from __future__ import annotations

from datetime import timedelta

import botocore.exceptions
import pytest
from conftest import Aws, eventually
from fleet import Fleet


@pytest.fixture
def fleet(aws: Aws, name: str) -> Fleet:
    return Fleet(aws, name)


def test_a_deployment_succeeds_and_names_its_revision(fleet: Fleet) -> None:
    image = fleet.image()
    service = fleet.create(image)
    current = service["currentServiceDeployment"]
    assert fleet.deployments()[0]["status"] in ("PENDING", "IN_PROGRESS")
    fleet.completed()
    record = fleet.deployments()[0]
    assert record["serviceDeploymentArn"] == current
    assert record["status"] == "SUCCESSFUL"
    assert record["createdAt"] <= record["startedAt"] <= record["finishedAt"]
    target = record["targetServiceRevision"]
    assert target.items() >= {"requestedTaskCount": 2, "runningTaskCount": 2, "pendingTaskCount": 0}.items()
    assert record["sourceServiceRevisions"] == []
    assert record["deploymentCircuitBreaker"] == {"status": "MONITORING_COMPLETE", "failureCount": 0, "threshold": 3}
    revision = fleet.ecs.describe_service_revisions(serviceRevisionArns=[target["arn"]])["serviceRevisions"][0]
    assert revision["taskDefinition"] == service["taskDefinition"]
    assert revision["containerImages"] == [
        {"containerName": "app", "image": image, "imageDigest": image.partition("@")[2]}
    ]
    assert revision["loadBalancers"][0]["targetGroupArn"] == fleet.group
    assert revision["networkConfiguration"]["awsvpcConfiguration"]["subnets"] == [fleet.subnet]
    assert fleet.service()["currentServiceRevisions"] == [
        {"arn": target["arn"], "requestedTaskCount": 2, "runningTaskCount": 2, "pendingTaskCount": 0}
    ]


def test_a_newer_deployment_supersedes_the_one_under_way(fleet: Fleet) -> None:
    fleet.create(fleet.image())
    fleet.completed()
    first = fleet.update(fleet.image(9999), healthCheckGracePeriodSeconds=600)["currentServiceDeployment"]
    eventually(lambda: len(fleet.tasks()) > 2)
    second = fleet.update(fleet.image())["currentServiceDeployment"]
    assert first != second
    records = {record["serviceDeploymentArn"]: record for record in fleet.deployments()}
    assert records[first]["status"] == "STOPPED"
    assert "newer service deployment" in records[first]["statusReason"]
    assert records[first]["stoppedAt"]
    assert len(records[second]["sourceServiceRevisions"]) == 2
    fleet.completed()
    assert fleet.deployments()[0]["status"] == "SUCCESSFUL"


def test_deployments_are_listed_newest_first_and_filtered(fleet: Fleet) -> None:
    fleet.create(fleet.image(), count=1)
    fleet.completed()
    fleet.update(fleet.image(9999), healthCheckGracePeriodSeconds=600)
    fleet.completed(fleet.update(fleet.image())["deployments"][0]["id"])
    listed = fleet.ecs.list_service_deployments(cluster=fleet.name, service="web")["serviceDeployments"]
    assert [brief["status"] for brief in listed] == ["SUCCESSFUL", "STOPPED", "SUCCESSFUL"]
    assert listed[0]["createdAt"] > listed[1]["createdAt"] > listed[2]["createdAt"]
    assert listed[0]["targetServiceRevisionArn"] == fleet.deployments()[0]["targetServiceRevision"]["arn"]
    stopped = fleet.ecs.list_service_deployments(cluster=fleet.name, service="web", status=["STOPPED"])[
        "serviceDeployments"
    ]
    assert [brief["serviceDeploymentArn"] for brief in stopped] == [listed[1]["serviceDeploymentArn"]]
    hour = timedelta(hours=1)  # the SDK sends whole seconds
    for bound, count in (({"after": listed[0]["createdAt"] + hour}, 0), ({"after": listed[2]["createdAt"] - hour}, 3)):
        found = fleet.ecs.list_service_deployments(cluster=fleet.name, service="web", createdAt=bound)
        assert len(found["serviceDeployments"]) == count
    page = fleet.ecs.list_service_deployments(cluster=fleet.name, service="web", maxResults=2)
    rest = fleet.ecs.list_service_deployments(
        cluster=fleet.name, service="web", maxResults=2, nextToken=page["nextToken"]
    )
    assert len(page["serviceDeployments"]) == 2
    assert len(rest["serviceDeployments"]) == 1


def test_stopping_a_deployment_rolls_it_back(fleet: Fleet) -> None:
    good = fleet.create(fleet.image())["taskDefinition"]
    fleet.completed()
    arn = fleet.update(fleet.image(9999), healthCheckGracePeriodSeconds=600)["currentServiceDeployment"]
    eventually(lambda: len(fleet.tasks()) > 2)
    assert fleet.ecs.stop_service_deployment(serviceDeploymentArn=arn)["serviceDeploymentArn"] == arn
    eventually(lambda: fleet.deployments()[0]["status"] == "ROLLBACK_SUCCESSFUL")
    assert fleet.service()["taskDefinition"] == good
    with pytest.raises(botocore.exceptions.ClientError, match="ConflictException"):
        fleet.ecs.stop_service_deployment(serviceDeploymentArn=arn)
    with pytest.raises(botocore.exceptions.ClientError, match="ServiceDeploymentNotFoundException"):
        fleet.ecs.stop_service_deployment(serviceDeploymentArn=arn + "x")


def test_what_is_not_there_is_a_failure_of_its_own(fleet: Fleet) -> None:
    fleet.create(fleet.image())
    missing = fleet.deployments()[0]["serviceDeploymentArn"] + "x"
    assert fleet.ecs.describe_service_deployments(serviceDeploymentArns=[missing])["failures"] == [
        {"arn": missing, "reason": "MISSING"}
    ]
    assert fleet.ecs.describe_service_revisions(serviceRevisionArns=[missing])["failures"] == [
        {"arn": missing, "reason": "MISSING"}
    ]
    with pytest.raises(botocore.exceptions.ClientError, match="ServiceNotFoundException"):
        fleet.ecs.list_service_deployments(cluster=fleet.name, service="nothing")
