"""A rollout is complete when its tasks serve, and fails when they cannot."""

from __future__ import annotations

from conftest import Aws, eventually
from fleet import Fleet


def test_the_first_deployment_is_in_progress_until_its_tasks_are_healthy(aws: Aws, name: str) -> None:
    fleet = Fleet(aws, name)
    created = fleet.create(fleet.image(start_seconds="4"))
    assert created["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    assert created["runningCount"] == 0
    running = eventually(lambda: (s := fleet.service())["runningCount"] == 2 and s)
    assert running["deployments"][0]["rolloutState"] == "IN_PROGRESS", "running is not healthy"
    service = fleet.completed(created["deployments"][0]["id"])
    assert list(fleet.targets().values()) == ["healthy", "healthy"]
    assert service["runningCount"] == 2
    assert any("has reached a steady state." in message for message in fleet.messages())
    assert any(
        "registered 2 targets in (target-group" in message or "registered 1 targets in" in message
        for message in fleet.messages()
    )


def test_a_build_that_never_becomes_healthy_is_rolled_back_while_the_old_one_serves(aws: Aws, name: str) -> None:
    fleet = Fleet(aws, name)
    good = fleet.create(fleet.image())["taskDefinition"]
    fleet.completed()
    old_tasks = {task["taskArn"] for task in fleet.tasks()}
    bad = fleet.update(fleet.image(9999))
    failed_id = bad["deployments"][0]["id"]
    failed = eventually(
        lambda: next((d for d in fleet.service()["deployments"] if d["rolloutState"] == "FAILED"), None)
    )
    assert failed["id"] == failed_id
    assert failed["failedTasks"] >= 3
    assert failed["rolloutStateReason"] == "ECS deployment circuit breaker: tasks failed to start."
    primary = fleet.primary()
    assert primary["taskDefinition"] == good
    assert primary["id"] != failed_id
    eventually(lambda: fleet.primary()["rolloutState"] == "COMPLETED")
    assert {task["taskArn"] for task in fleet.tasks()} == old_tasks, "the tasks of the old revision served on"
    assert fleet.service()["taskDefinition"] == good
    reasons = {task["stoppedReason"] for task in fleet.tasks("STOPPED")}
    assert f"Task failed ELB health checks in (target-group {fleet.group})" in reasons
    text = "\n".join(fleet.messages())
    assert f"(deployment {failed_id}) deployment failed: tasks failed to start." in text
    assert f"rolling back to deployment {primary['id']}." in text
    record = fleet.deployments()[0]
    assert record["status"] == "ROLLBACK_SUCCESSFUL"
    assert record["deploymentCircuitBreaker"].items() >= {"status": "TRIGGERED", "threshold": 3}.items()
    assert "circuit breaker" in record["statusReason"]
    assert record["rollback"]["serviceRevisionArn"] == record["sourceServiceRevisions"][0]["arn"]


def test_without_rollback_the_failed_rollout_stays_and_says_so(aws: Aws, name: str) -> None:
    fleet = Fleet(aws, name)
    fleet.create(fleet.image(9999), rollback=False)
    eventually(lambda: fleet.primary()["rolloutState"] == "FAILED")
    assert fleet.deployments()[0]["status"] == "STOPPED"
    assert "circuit breaker" in fleet.deployments()[0]["statusReason"]
    started = len(fleet.tasks("STOPPED")) + len(fleet.tasks())
    eventually(lambda: not fleet.tasks())
    assert len(fleet.tasks("STOPPED")) == started, "nothing more is started"


def test_a_first_deployment_has_nothing_to_roll_back_to(aws: Aws, name: str) -> None:
    fleet = Fleet(aws, name)
    fleet.create(fleet.image(9999))
    eventually(lambda: fleet.primary()["rolloutState"] == "FAILED")
    assert fleet.deployments()[0]["status"] == "ROLLBACK_FAILED"
    assert any("no rollback candidate was found" in message for message in fleet.messages())


def test_without_breaker_a_bad_rollout_stays_in_progress_and_keeps_trying(aws: Aws, name: str) -> None:
    fleet = Fleet(aws, name)
    fleet.create(fleet.image(9999), count=1, breaker=False)
    eventually(lambda: fleet.primary()["failedTasks"] >= 4)
    assert fleet.primary()["rolloutState"] == "IN_PROGRESS"
    assert any("unable to consistently start tasks" in message for message in fleet.messages())


def test_an_image_that_is_not_there_fails_the_rollout(aws: Aws, name: str) -> None:
    fleet = Fleet(aws, name)
    fleet.create(fleet.image())
    fleet.completed()
    fleet.update("000000000000.dkr.ecr.ap-northeast-2.amazonaws.com/nothing:here")
    eventually(lambda: fleet.deployments()[0]["status"] == "ROLLBACK_SUCCESSFUL")
    stopped = fleet.tasks("STOPPED")[0]
    assert stopped["stopCode"] == "TaskFailedToStart"
    assert stopped["stoppedReason"].startswith("CannotPullContainerError:")


def test_a_build_that_exits_at_once_fails_the_rollout(aws: Aws, name: str) -> None:
    fleet = Fleet(aws, name)
    fleet.create(fleet.image())
    fleet.completed()
    fleet.update(fleet.image(8080, exit_code="3", run_seconds="1"))
    eventually(lambda: fleet.deployments()[0]["status"] == "ROLLBACK_SUCCESSFUL")
    exits = [t for t in fleet.tasks("STOPPED") if t["stopCode"] == "EssentialContainerExited"]
    assert exits
    assert exits[0]["containers"][0]["exitCode"] == 3
    assert exits[0]["stoppedReason"] == "Essential container in task exited"


def test_a_build_that_exits_at_once_fails_without_a_load_balancer_too(aws: Aws, name: str) -> None:
    fleet = Fleet(aws, name, balanced=False)
    fleet.create(fleet.image())
    fleet.completed()
    fleet.update(fleet.image(exit_code="1"))
    eventually(lambda: fleet.deployments()[0]["status"] == "ROLLBACK_SUCCESSFUL")


def test_the_grace_period_spares_a_slow_start(aws: Aws, name: str) -> None:
    fleet = Fleet(aws, name)
    fleet.create(fleet.image(start_seconds="30"), healthCheckGracePeriodSeconds=60)
    eventually(lambda: "unhealthy" in fleet.targets().values())
    fleet.completed()
    assert fleet.primary()["failedTasks"] == 0
    assert not fleet.tasks("STOPPED")


def test_old_tasks_stay_until_new_ones_are_healthy(aws: Aws, name: str) -> None:
    fleet = Fleet(aws, name, delay=100)
    fleet.create(fleet.image())
    fleet.completed()
    updated = fleet.update(fleet.image(start_seconds="4"))["deployments"][0]["id"]
    healthy = []

    def done() -> bool:
        healthy.append(list(fleet.targets().values()).count("healthy"))
        service = fleet.service()
        return service["deployments"][0]["id"] == updated and service["deployments"][0]["rolloutState"] == "COMPLETED"

    eventually(done)
    assert min(healthy) >= 2
    assert len(fleet.service()["deployments"]) == 1, "a deployment without tasks leaves the list"
    assert "draining" in fleet.targets().values()


def test_within_a_hundred_percent_tasks_are_replaced_one_by_one(aws: Aws, name: str) -> None:
    fleet = Fleet(aws, name)
    fleet.create(fleet.image(), configuration={"minimumHealthyPercent": 50, "maximumPercent": 100})
    fleet.completed()
    updated = fleet.update(fleet.image())["deployments"][0]["id"]
    most = []

    def done() -> bool:
        service = fleet.service()
        most.append(service["runningCount"] + service["pendingCount"])
        return service["deployments"][0]["id"] == updated and service["deployments"][0]["rolloutState"] == "COMPLETED"

    eventually(done)
    assert max(most) <= 2


def test_stopped_and_crashed_tasks_are_replaced(aws: Aws, name: str) -> None:
    fleet = Fleet(aws, name)
    fleet.create(fleet.image())
    fleet.completed()
    before = {task["taskArn"] for task in fleet.tasks()}
    fleet.ecs.stop_task(cluster=name, task=next(iter(before)), reason="by hand")
    eventually(lambda: len(fleet.tasks()) == 2 and {task["taskArn"] for task in fleet.tasks()} != before)
    assert fleet.primary()["rolloutState"] == "COMPLETED"
    assert fleet.tasks("STOPPED")[0]["stoppedReason"] == "by hand"


def test_an_alarm_rolls_the_rollout_back(aws: Aws, name: str) -> None:
    cloudwatch = aws.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        MetricName="errors",
        Namespace="test",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    fleet = Fleet(aws, name)
    fleet.create(
        fleet.image(), breaker=False, configuration={"alarms": {"alarmNames": [name], "enable": True, "rollback": True}}
    )
    fleet.completed()
    fleet.update(fleet.image(9999), healthCheckGracePeriodSeconds=600)
    eventually(lambda: fleet.deployments()[0]["alarms"]["status"] == "MONITORING")
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="test")
    eventually(lambda: fleet.deployments()[0]["status"] == "ROLLBACK_SUCCESSFUL")
    record = fleet.deployments()[0]
    assert record["alarms"] == {"status": "TRIGGERED", "alarmNames": [name], "triggeredAlarmNames": [name]}
    assert "alarm detected" in record["statusReason"]
    # An alarm that rings already when a rollout begins is not monitored.
    again = fleet.update(fleet.image())["deployments"][0]["id"]
    fleet.completed(again)


def test_a_rollback_brings_the_whole_revision_back(aws: Aws, name: str) -> None:
    fleet = Fleet(aws, name, balanced=False)
    first = fleet.create(fleet.image())
    fleet.completed()
    balanced = Fleet(aws, f"{name}b")
    balancers = [{"targetGroupArn": balanced.group, "containerName": "app", "containerPort": 8080}]
    network = {"awsvpcConfiguration": {"subnets": [balanced.subnet], "assignPublicIp": "ENABLED"}}
    fleet.update(fleet.image(9999), loadBalancers=balancers, networkConfiguration=network)
    eventually(lambda: fleet.deployments()[0]["status"] == "ROLLBACK_SUCCESSFUL")
    service = fleet.service()
    assert (service["taskDefinition"], service["networkConfiguration"]) == (
        first["taskDefinition"],
        first["networkConfiguration"],
    )
    assert not service.get("loadBalancers")
