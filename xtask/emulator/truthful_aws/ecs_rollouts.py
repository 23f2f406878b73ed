"""The records of rollouts: a deployment of a service (`ecs-svc/...`), the service revision it brings, its service deployment.

AWS shows one rollout in two places. `deployments` of DescribeServices has PRIMARY, ACTIVE and rolloutState, and gives a rollback an
id of its own; DescribeServiceDeployments has one record per UpdateService, in which a rollback is a state.
"""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass, field
from typing import Any

from ministack.services import cloudwatch, ecs

from truthful_aws import ecs_lifecycle_stages, ecs_tasks, ecs_traffic
from truthful_aws import ecs_store as store
from truthful_aws.ecs_lifecycle_stages import Lifecycle
from truthful_aws.ecs_store import Record

# What a service revision consists of: a change to any of these in UpdateService is a new deployment.
REVISION_FIELDS = (
    "taskDefinition",
    "launchType",
    "capacityProviderStrategy",
    "platformVersion",
    "platformFamily",
    "loadBalancers",
    "serviceRegistries",
    "networkConfiguration",
    "serviceConnectConfiguration",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
    "monitoring",
)
LISTS = ("loadBalancers", "serviceRegistries", "volumeConfigurations", "vpcLatticeConfigurations")
# Those that DescribeServices tells with each deployment; Service Connect, volumes and VPC Lattice it tells nowhere else.
SHOWN_IN_DEPLOYMENTS = (
    "launchType",
    "capacityProviderStrategy",
    "platformVersion",
    "platformFamily",
    "networkConfiguration",
    "serviceConnectConfiguration",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
)


@dataclass
class Revision:
    arn: str
    created_at: float
    configuration: Record
    # Its load balancers, each with the target group that this revision serves in.
    balancers: list[Record]


@dataclass
class ServiceDeployment:
    arn: str
    target: Revision
    sources: list[Revision]
    configuration: Record
    threshold: int
    alarm_names: list[str]
    created_at: float
    updated_at: float
    status: str = "PENDING"
    reason: str = ""
    started_at: float | None = None
    finished_at: float | None = None
    stopped_at: float | None = None
    rollback: Record | None = None
    failures: int = 0
    breaker_triggered: bool = False
    triggered_alarms: list[str] = field(default_factory=list)
    served: Revision | None = None  # what had the traffic before
    lifecycle: Lifecycle | None = None  # of a deployment whose traffic is shifted

    def move(self, status: str, reason: str) -> None:
        self.status, self.reason, self.updated_at = status, reason, store.now()
        if status == "IN_PROGRESS":
            self.started_at = self.updated_at
        elif status == "STOPPED":
            self.finished_at = self.stopped_at = self.updated_at
        elif status in ("SUCCESSFUL", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"):
            self.finished_at = self.updated_at

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None


@dataclass
class Rollout:
    id: str
    revision: Revision
    deployment: ServiceDeployment
    created_at: float
    updated_at: float
    status: str = "PRIMARY"
    state: str = "IN_PROGRESS"
    reason: str = ""
    failed_tasks: int = 0
    is_rollback: bool = False
    # The scheduler's own: when it may start tasks again after failures, and tasks whose failure is counted.
    start_after: float = 0.0
    counted: set[str] = field(default_factory=set)
    was_steady: bool = False

    @property
    def definition_arn(self) -> str:
        return self.revision.configuration["taskDefinition"]

    def move(self, state: str, reason: str) -> None:
        self.state, self.reason, self.updated_at = state, reason, store.now()


def service_path(service: Record) -> str:
    return f"{service['clusterArn'].rsplit('/', 1)[-1]}/{service['serviceName']}"


def primary(service: Record) -> Rollout:
    return next(rollout for rollout in service["_rollouts"] if rollout.status == "PRIMARY")


def new_revision(service: Record) -> Revision:
    configuration = copy.deepcopy({name: service[name] for name in REVISION_FIELDS if service.get(name)})
    served: Revision | None = service["_last_completed"]
    balancers = ecs_traffic.resolve(
        configuration.get("loadBalancers") or [],
        served.balancers if served else [],
        shifts=service["deploymentConfiguration"]["strategy"] in ecs_lifecycle_stages.SHIFTING,
    )
    arn = store.arn(f"service-revision/{service_path(service)}/{store.digits()}")
    revision = Revision(arn, store.now(), configuration, balancers)
    service["_revisions"][revision.arn] = revision
    return revision


def begin(service: Record) -> Rollout:
    """Starts a rollout of what the service record says now; a rollout that is still under way is superseded."""
    sources = []
    for rollout in service["_rollouts"]:
        if any(ecs_tasks.is_live(task) for task in tasks_of(service, rollout)):
            sources.append(rollout.revision)
        if rollout.status == "PRIMARY":
            rollout.status = "ACTIVE"
            supersede(service, rollout)
    moment = store.now()
    deployment = ServiceDeployment(
        arn=store.arn(f"service-deployment/{service_path(service)}/{store.hexadecimal()[:21]}"),
        target=new_revision(service),
        sources=sources,
        configuration=copy.deepcopy(service["deploymentConfiguration"]),
        threshold=breaker_threshold(service),
        alarm_names=monitored_alarms(service),
        created_at=moment,
        updated_at=moment,
        served=service["_last_completed"],
    )
    if deployment.configuration["strategy"] in ecs_lifecycle_stages.SHIFTING:
        deployment.lifecycle = Lifecycle(
            ecs_lifecycle_stages.of(
                deployment.configuration, first=service["_last_completed"] is None, reconcile=len(sources) > 1
            )
        )
    service["_service_deployments"].append(deployment)
    rollout = Rollout(f"ecs-svc/{store.digits()}", deployment.target, deployment, moment, moment)
    rollout.reason = f"ECS deployment {rollout.id} in progress."
    service["_rollouts"].insert(0, rollout)
    return rollout


def supersede(service: Record, rollout: Rollout) -> None:
    if rollout.deployment.is_finished:
        return
    lifecycle = rollout.deployment.lifecycle
    served: Revision | None = service["_last_completed"]
    if lifecycle and not rollout.is_rollback and lifecycle.is_past("CLEAN_UP"):
        # It serves all traffic already, and its predecessor is going.
        service["_last_completed"] = rollout.revision
        rollout.move("COMPLETED", f"ECS deployment {rollout.id} completed.")
        rollout.deployment.move("SUCCESSFUL", "")
        return
    if lifecycle and served:
        for kind in ("productionListenerRule", "testListenerRule"):
            ecs_traffic.shift(served.configuration.get("loadBalancers") or [], served.balancers, kind, 100.0)
    status = "ROLLBACK_FAILED" if rollout.is_rollback else "STOPPED"
    rollout.deployment.move(status, "Service deployment was stopped because a newer service deployment was started.")


def roll_back(service: Record, failed: Rollout, why: str) -> Rollout | None:
    """Replaces a failed rollout by one of the last completed revision, whose tasks still live are taken over."""
    target: Revision | None = service["_last_completed"]
    failed.status = "ACTIVE" if target else "PRIMARY"
    if target is None:
        failed.deployment.move("ROLLBACK_FAILED", f"{why} No rollback candidate was found to run the rollback.")
        store.add_event(
            service,
            f"(service {service['serviceName']}) (deployment {failed.id}) deployment failed: no rollback candidate was found to run the rollback.",
        )
        return None
    moment = store.now()
    rollback = Rollout(f"ecs-svc/{store.digits()}", target, failed.deployment, moment, moment, is_rollback=True)
    rollback.reason = f"ECS deployment {rollback.id} in progress: rolling back."
    failed.deployment.rollback = {"reason": why, "startedAt": moment, "serviceRevisionArn": target.arn}
    failed.deployment.move("ROLLBACK_IN_PROGRESS", why)
    if failed.deployment.lifecycle:
        failed.deployment.lifecycle.leave_for_clean_up()
    for task in ecs_tasks.of_service(service):
        if ecs_tasks.is_live(task) and task["_revision"] == target.arn:
            task["_deployment_id"], task["startedBy"] = rollback.id, rollback.id
    for name in REVISION_FIELDS:
        service[name] = copy.deepcopy(target.configuration.get(name, [] if name in LISTS else None))
    service["_rollouts"].insert(0, rollback)
    store.add_event(service, f"(service {service['serviceName']}) rolling back to deployment {rollback.id}.")
    return rollback


def tasks_of(service: Record, rollout: Rollout) -> list[Record]:
    return [task for task in ecs_tasks.of_service(service) if task["_deployment_id"] == rollout.id]


def breaker(service: Record) -> Record:
    return service["deploymentConfiguration"].get("deploymentCircuitBreaker") or {}


def breaker_threshold(service: Record) -> int:
    """How many failed tasks trigger the breaker: by default half the desired count, at least 3, at most 200."""
    return int(ecs._circuit_breaker_threshold(service))


def monitored_alarms(service: Record) -> list[str]:
    """The alarms that can fail the rollout. One that is in ALARM already when it begins is not monitored."""
    alarms = service["deploymentConfiguration"].get("alarms") or {}
    if not alarms.get("enable"):
        return []
    return [name for name in alarms.get("alarmNames") or [] if alarm_state(name) != "ALARM"]


def alarm_state(name: str) -> str | None:
    alarm = cloudwatch._alarms.get(name) or cloudwatch._composite_alarms.get(name)
    return alarm.get("StateValue") if alarm else None


def minimum_healthy(service: Record) -> int:
    return math.ceil(service["desiredCount"] * int(service["deploymentConfiguration"]["minimumHealthyPercent"]) / 100)


def most_tasks(service: Record) -> int:
    return max(1, math.floor(service["desiredCount"] * int(service["deploymentConfiguration"]["maximumPercent"]) / 100))


def counts(tasks: list[Record]) -> tuple[int, int]:
    """How many tasks are running and how many are on their way there."""
    live = [task for task in tasks if ecs_tasks.is_live(task)]
    running = sum(task["lastStatus"] == "RUNNING" for task in live)
    return running, len(live) - running


def deployment_view(service: Record, rollout: Rollout, requested: int) -> Record:
    running, pending = counts(tasks_of(service, rollout))
    configuration = rollout.revision.configuration
    view: dict[str, Any] = {
        "id": rollout.id,
        "status": rollout.status,
        "taskDefinition": rollout.definition_arn,
        "desiredCount": requested,
        "runningCount": running,
        "pendingCount": pending,
        "failedTasks": rollout.failed_tasks,
        "createdAt": rollout.created_at,
        "updatedAt": rollout.updated_at,
        "rolloutState": rollout.state,
        "rolloutStateReason": rollout.reason,
    }
    for name in SHOWN_IN_DEPLOYMENTS:
        if configuration.get(name):
            view[name] = configuration[name]
    return view
