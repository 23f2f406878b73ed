"""CreateService, UpdateService, DeleteService, DescribeServices, ListServices."""

from __future__ import annotations

import copy
from typing import Any

from ministack.core.responses import get_account_id, json_response
from ministack.services import ecs

from truthful_aws import ecs_capacity, ecs_deployment_configuration, ecs_scheduler
from truthful_aws import ecs_rollouts as rollouts
from truthful_aws import ecs_service_settings as settings
from truthful_aws import ecs_shifted_rollouts as shifted
from truthful_aws import ecs_store as store
from truthful_aws.ecs_publish import publish
from truthful_aws.ecs_store import Record, Refusal

# What is told with deployments or service revisions alone.
NOT_SHOWN = ("serviceConnectConfiguration", "volumeConfigurations", "vpcLatticeConfigurations", "monitoring")


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
    launch_type, strategy, error = ecs._launch_choice(data, cluster)
    if error:
        return error
    strategy = ecs_capacity.strategy(strategy, cluster)
    is_fargate = launch_type == "FARGATE" or bool(strategy and ecs_capacity.launch_type(strategy) == "FARGATE")
    wanted = settings.revision(data, {}, definition)
    balancers = wanted["loadBalancers"]
    service: Record = {
        **wanted,
        "serviceArn": store.arn(f"service/{cluster_name}/{name}"),
        "serviceName": name,
        "clusterArn": cluster["clusterArn"],
        "desiredCount": int(data.get("desiredCount", 1)),
        "runningCount": 0,
        "pendingCount": 0,
        "status": "ACTIVE",
        "launchType": launch_type,
        "capacityProviderStrategy": strategy,
        "platformVersion": wanted["platformVersion"] or ("LATEST" if is_fargate else None),
        "platformFamily": "Linux" if is_fargate else None,
        "healthCheckGracePeriodSeconds": data.get("healthCheckGracePeriodSeconds", 0 if balancers else None),
        "schedulingStrategy": data.get("schedulingStrategy", "REPLICA"),
        "deploymentController": data.get("deploymentController") or {"type": "ECS"},
        "deploymentConfiguration": ecs_deployment_configuration.merged(data.get("deploymentConfiguration")),
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
        "availabilityZoneRebalancing": data.get("availabilityZoneRebalancing", "ENABLED"),
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
        raise Refusal("InvalidParameterException", "The daemon scheduling strategy is not supported for Fargate tasks.")
    settings.check(service, service, definition, cluster)
    ecs._services[f"{cluster_name}/{name}"] = service
    ecs._tags.pop(service["serviceArn"], None)
    if data.get("tags"):
        ecs._tags[service["serviceArn"]] = copy.deepcopy(data["tags"])
    rollouts.begin(service)
    publish(service)
    return json_response({"service": view(service, tags=True)})


def update_service(data: Record) -> Any:
    cluster_name, cluster = store.cluster_named(data.get("cluster"))
    service = store.service_named(cluster_name, data.get("service", ""))
    if service["status"] != "ACTIVE":
        raise Refusal("ServiceNotActiveException", "Service was not ACTIVE.")
    # Everything is checked before anything is stored: a refused call changes nothing.
    definition = (
        store.task_definition(data["taskDefinition"])
        if data.get("taskDefinition")
        else ecs._task_defs[ecs._resolve_td_key(service["taskDefinition"])]
    )
    wanted = settings.revision(data, service, definition)
    settings.change_capacity(wanted, data, service, cluster)
    plain = {name: copy.deepcopy(data[name]) for name in settings.PLAIN_FIELDS if data.get(name) is not None}
    plain["deploymentConfiguration"] = ecs_deployment_configuration.merged(
        data.get("deploymentConfiguration"), service["deploymentConfiguration"]
    )
    settings.check(wanted, service | plain, definition, cluster)

    is_new = any(wanted[name] != service.get(name) for name in wanted) or data.get("forceNewDeployment", False)
    service.update(wanted | plain)
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
    shown = ecs._sanitize({name: value for name, value in service.items() if name not in NOT_SHOWN})
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
        requested = shifted.requested(service, rollout)
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
