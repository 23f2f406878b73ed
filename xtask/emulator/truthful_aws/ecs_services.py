"""CreateService, UpdateService, DeleteService, DescribeServices, ListServices."""

from __future__ import annotations

import copy
from typing import Any

from ministack.core.responses import get_account_id, json_response
from ministack.services import alb, ecs

from truthful_aws import ecs_rollouts as rollouts
from truthful_aws import ecs_scheduler, ecs_tasks, target_health
from truthful_aws import ecs_store as store
from truthful_aws.ecs_publish import publish
from truthful_aws.ecs_store import Record, Refusal

STRATEGIES = ("ROLLING", "BLUE_GREEN", "LINEAR", "CANARY")

# Fields that UpdateService stores without a new deployment.
PLAIN_FIELDS = (
    "healthCheckGracePeriodSeconds",
    "enableExecuteCommand",
    "enableECSManagedTags",
    "propagateTags",
    "placementConstraints",
    "placementStrategy",
    "availabilityZoneRebalancing",
)


def _check_deployment_configuration(configuration: Record) -> None:
    strategy = configuration.get("strategy", "ROLLING")
    if strategy not in STRATEGIES:
        raise Refusal(
            "InvalidParameterException",
            f"Invalid deployment strategy: {strategy}. Valid values are {', '.join(STRATEGIES)}.",
        )
    if strategy != "ROLLING":
        raise Refusal(
            "InvalidParameterException",
            f"The deployment strategy {strategy} is not modelled by this emulator; ROLLING is.",
        )
    minimum = int(configuration.get("minimumHealthyPercent", 100))
    maximum = int(configuration.get("maximumPercent", 200))
    if maximum < 100 or minimum < 0 or (minimum >= 100 and maximum <= 100):
        raise Refusal(
            "InvalidParameterException",
            "The deployment configuration does not allow the scheduler to start or stop tasks: check minimumHealthyPercent and maximumPercent.",
        )


def _deployment_configuration(given: Record | None, before: Record | None = None) -> Record:
    base = before or {
        "deploymentCircuitBreaker": {"enable": False, "rollback": False},
        "maximumPercent": 200,
        "minimumHealthyPercent": 100,
        "strategy": "ROLLING",
        "bakeTimeInMinutes": 0,
    }
    merged = {**copy.deepcopy(base), **copy.deepcopy(given or {})}
    _check_deployment_configuration(merged)
    return merged


def _check_load_balancers(definition: Record, balancers: list[Record]) -> None:
    used = target_health.groups_in_use()
    for balancer in balancers:
        group = balancer.get("targetGroupArn")
        if not group:
            continue
        if group not in alb._tgs:
            raise Refusal(
                "InvalidParameterException",
                f"Unable to assume role and validate the specified targetGroupArn: the target group {group} does not exist.",
            )
        if group not in used:
            raise Refusal(
                "InvalidParameterException",
                f"The target group with targetGroupArn {group} does not have an associated load balancer.",
            )
        container = next(
            (c for c in definition["containerDefinitions"] if c["name"] == balancer.get("containerName")), None
        )
        if container is None:
            raise Refusal(
                "InvalidParameterException",
                f"The container {balancer.get('containerName')} does not exist in the task definition.",
            )
        ports = [mapping.get("containerPort") for mapping in container.get("portMappings") or []]
        if balancer.get("containerPort") not in ports:
            raise Refusal(
                "InvalidParameterException",
                f"The container {container['name']} did not have a container port {balancer.get('containerPort')} defined.",
            )


def create_service(data: Record) -> Any:
    cluster_name, cluster = store.cluster_named(data.get("cluster"))
    name = data.get("serviceName")
    if not name:
        raise Refusal("InvalidParameterException", "serviceName is required.")
    existing = ecs._services.get(f"{cluster_name}/{name}")
    if existing and existing["status"] == "ACTIVE":
        # The same request once more: its sender never saw the answer to the first.
        if data.get("clientToken") and existing["_creation"] == data:
            return json_response({"service": view(existing, tags=True)})
        raise Refusal("InvalidParameterException", "Creation of service was not idempotent.")
    if existing and existing["status"] == "DRAINING":
        raise Refusal("InvalidParameterException", "Unable to Start a service that is still Draining.")
    definition = store.task_definition(data.get("taskDefinition"))
    ecs_tasks.require_network(definition, data)
    balancers = data.get("loadBalancers") or []
    _check_load_balancers(definition, balancers)
    launch_type, strategy, error = ecs._launch_choice(data, cluster)
    if error:
        return error
    service: Record = {
        "serviceArn": store.arn(f"service/{cluster_name}/{name}"),
        "serviceName": name,
        "clusterArn": cluster["clusterArn"],
        "taskDefinition": definition["taskDefinitionArn"],
        "desiredCount": int(data.get("desiredCount", 1)),
        "runningCount": 0,
        "pendingCount": 0,
        "status": "ACTIVE",
        "launchType": launch_type,
        "capacityProviderStrategy": strategy,
        "platformVersion": data.get("platformVersion") or ("LATEST" if launch_type == "FARGATE" else None),
        "platformFamily": "Linux" if launch_type == "FARGATE" else None,
        "networkConfiguration": _network(data.get("networkConfiguration")),
        "loadBalancers": balancers,
        "serviceRegistries": data.get("serviceRegistries") or [],
        "serviceConnectConfiguration": data.get("serviceConnectConfiguration"),
        "volumeConfigurations": data.get("volumeConfigurations"),
        "healthCheckGracePeriodSeconds": data.get("healthCheckGracePeriodSeconds", 0 if balancers else None),
        "schedulingStrategy": data.get("schedulingStrategy", "REPLICA"),
        "deploymentController": data.get("deploymentController") or {"type": "ECS"},
        "deploymentConfiguration": _deployment_configuration(data.get("deploymentConfiguration")),
        "placementConstraints": data.get("placementConstraints") or [],
        "placementStrategy": data.get("placementStrategy") or [],
        "events": [],
        "roleArn": ""
        if not balancers
        else f"arn:aws:iam::{get_account_id()}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
        "createdAt": store.now(),
        "createdBy": f"arn:aws:iam::{get_account_id()}:root",
        "enableECSManagedTags": data.get("enableECSManagedTags", False),
        "propagateTags": data.get("propagateTags", "NONE"),
        "enableExecuteCommand": data.get("enableExecuteCommand", False),
        "availabilityZoneRebalancing": data.get("availabilityZoneRebalancing", "DISABLED"),
        "_creation": copy.deepcopy(data),
        "_rollouts": [],
        "_revisions": {},
        "_revision_digests": {},
        "_service_deployments": [],
        "_last_completed": None,
        "_steady": False,
    }
    if service["deploymentController"].get("type") != "ECS":
        raise Refusal("InvalidParameterException", "Only the deployment controller ECS is modelled by this emulator.")
    if service["schedulingStrategy"] != "REPLICA":
        raise Refusal("InvalidParameterException", "Only the scheduling strategy REPLICA is modelled by this emulator.")
    ecs._services[f"{cluster_name}/{name}"] = service
    ecs._tags.pop(service["serviceArn"], None)
    if data.get("tags"):
        ecs._tags[service["serviceArn"]] = copy.deepcopy(data["tags"])
    rollouts.begin(service)
    publish(service)
    return json_response({"service": view(service, tags=True)})


def _network(given: Record | None) -> Record:
    network = copy.deepcopy(given or {})
    vpc = network.get("awsvpcConfiguration")
    if isinstance(vpc, dict):
        vpc.setdefault("securityGroups", [])
        vpc.setdefault("assignPublicIp", "DISABLED")
    return network


def update_service(data: Record) -> Any:
    cluster_name, _ = store.cluster_named(data.get("cluster"))
    service = store.service_named(cluster_name, data.get("service", ""))
    if service["status"] != "ACTIVE":
        raise Refusal("ServiceNotActiveException", "Service was not ACTIVE.")
    # Everything is checked before anything is stored: a refused call changes nothing.
    wanted = {name: service.get(name) for name in rollouts.REVISION_FIELDS}
    definition = (
        store.task_definition(data["taskDefinition"])
        if data.get("taskDefinition")
        else ecs._task_defs[ecs._resolve_td_key(service["taskDefinition"])]
    )
    wanted["taskDefinition"] = definition["taskDefinitionArn"]
    for name in (
        "loadBalancers",
        "serviceRegistries",
        "serviceConnectConfiguration",
        "volumeConfigurations",
        "platformVersion",
    ):
        if data.get(name) is not None:
            wanted[name] = copy.deepcopy(data[name])
    if data.get("networkConfiguration") is not None:
        wanted["networkConfiguration"] = _network(data["networkConfiguration"])
    if data.get("capacityProviderStrategy") is not None:
        wanted["capacityProviderStrategy"] = copy.deepcopy(data["capacityProviderStrategy"]) or None
        wanted["launchType"] = None if data["capacityProviderStrategy"] else service["launchType"] or "EC2"
    ecs_tasks.require_network(definition, {"networkConfiguration": wanted["networkConfiguration"]})
    _check_load_balancers(definition, wanted["loadBalancers"] or [])
    configuration = _deployment_configuration(data.get("deploymentConfiguration"), service["deploymentConfiguration"])

    is_new = any(wanted[name] != service.get(name) for name in wanted) or data.get("forceNewDeployment", False)
    service.update(wanted)
    service["deploymentConfiguration"] = configuration
    for name in PLAIN_FIELDS:
        if data.get(name) is not None:
            service[name] = copy.deepcopy(data[name])
    if data.get("desiredCount") is not None:
        service["desiredCount"] = int(data["desiredCount"])
    if is_new:
        rollouts.begin(service)
    publish(service)
    return json_response({"service": view(service, tags=True)})


def delete_service(data: Record) -> Any:
    cluster_name, _ = store.cluster_named(data.get("cluster"))
    service = store.service_named(cluster_name, data.get("service", ""))
    if service["status"] == "INACTIVE":
        raise Refusal("ServiceNotFoundException", "Service not found.")
    if service["desiredCount"] > 0 and not data.get("force"):
        raise Refusal("InvalidParameterException", "The service cannot be stopped while it is scaled above 0.")
    service["status"] = "DRAINING"
    service["desiredCount"] = 0
    rollout = rollouts.primary(service)
    if not rollout.deployment.is_finished:
        rollout.deployment.move("STOPPED", "Service deployment was stopped because the service was deleted.")
    ecs_scheduler.step(service, 0.0)
    return json_response({"service": view(service)})


def describe_services(data: Record) -> Any:
    cluster_name, _ = store.cluster_named(data.get("cluster"))
    references = data.get("services") or []
    if not references:
        raise Refusal("InvalidParameterException", "Services cannot be empty.")
    if len(references) > 10:
        raise Refusal("InvalidParameterException", "Services can have at most 10 items.")
    found, failures = [], []
    for reference in references:
        service = store.find_service(cluster_name, reference)
        if service is None:
            arn = reference if reference.startswith("arn:") else store.arn(f"service/{cluster_name}/{reference}")
            failures.append({"arn": arn, "reason": "MISSING"})
        else:
            found.append(view(service, tags="TAGS" in (data.get("include") or [])))
    return json_response({"services": found, "failures": failures})


def list_services(data: Record) -> Any:
    cluster_name, _ = store.cluster_named(data.get("cluster"))
    arns = [
        service["serviceArn"]
        for key, service in ecs._services.items()
        if key.startswith(f"{cluster_name}/")
        and service["status"] != "INACTIVE"
        and data.get("launchType") in (None, service["launchType"])
        and data.get("schedulingStrategy") in (None, service["schedulingStrategy"])
    ]
    arns, following = store.page(arns, data, 10, 100)
    return json_response({"serviceArns": arns, **({"nextToken": following} if following else {})})


def view(service: Record, *, tags: bool = False) -> Record:
    shown = ecs._sanitize(service)
    if service["_service_deployments"]:
        shown["currentServiceDeployment"] = service["_service_deployments"][-1].arn
    shown["currentServiceRevisions"] = current_revisions(service)
    if tags:
        shown["tags"] = ecs._tags.get(service["serviceArn"], [])
    return shown


def current_revisions(service: Record) -> list[Record]:
    by_revision: dict[str, Record] = {}
    for rollout in service["_rollouts"]:
        running, pending = rollouts.counts(rollouts.tasks_of(service, rollout))
        requested = service["desiredCount"] if rollout.status == "PRIMARY" and rollout.state != "FAILED" else 0
        if not (running or pending or rollout.status == "PRIMARY"):
            continue
        entry = by_revision.setdefault(
            rollout.revision.arn,
            {"arn": rollout.revision.arn, "requestedTaskCount": 0, "runningTaskCount": 0, "pendingTaskCount": 0},
        )
        entry["requestedTaskCount"] += requested
        entry["runningTaskCount"] += running
        entry["pendingTaskCount"] += pending
    return list(by_revision.values())
