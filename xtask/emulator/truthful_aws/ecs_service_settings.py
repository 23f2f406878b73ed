"""What a service is made of: the settings that a call gives, the ones that it leaves as they are, and what is refused.

In UpdateService an absent member changes nothing, an empty list removes, and Service Connect goes with `enabled: false`.
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
"""

from __future__ import annotations

import copy

from ministack.services import servicediscovery

from truthful_aws import ecs_balancers, ecs_capacity, ecs_tasks
from truthful_aws.ecs_rollouts import LISTS, REVISION_FIELDS
from truthful_aws.ecs_store import Record, Refusal

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
PLATFORM_VERSIONS = ("LATEST", "1.4.0", "1.3.0")
CHOICES = {
    "propagateTags": ("TASK_DEFINITION", "SERVICE", "NONE"),
    "availabilityZoneRebalancing": ("ENABLED", "DISABLED"),
}


def network(given: Record | None) -> Record:
    configuration = copy.deepcopy(given or {})
    vpc = configuration.get("awsvpcConfiguration")
    if isinstance(vpc, dict):
        vpc.setdefault("securityGroups", [])
        vpc.setdefault("assignPublicIp", "DISABLED")
    return configuration


def revision(data: Record, before: Record, definition: Record) -> Record:
    """The revision's settings after a call, by name; `before` is the service, or empty when it is created."""
    wanted = {name: copy.deepcopy(before.get(name)) for name in REVISION_FIELDS}
    wanted["taskDefinition"] = definition["taskDefinitionArn"]
    for name in LISTS:
        given = data.get(name)
        wanted[name] = copy.deepcopy(given if given is not None else wanted[name] or [])
    if data.get("networkConfiguration") is not None or not before:
        wanted["networkConfiguration"] = network(data.get("networkConfiguration"))
    for name in ("platformVersion", "monitoring"):
        if data.get(name) is not None:
            wanted[name] = copy.deepcopy(data[name])
    connect = data.get("serviceConnectConfiguration")
    if connect is not None:
        wanted["serviceConnectConfiguration"] = copy.deepcopy(connect) if connect.get("enabled") else None
    return wanted


def change_capacity(wanted: Record, data: Record, before: Record, cluster: Record) -> None:
    """Another capacity provider strategy needs a new deployment that is forced in the same call."""
    given = data.get("capacityProviderStrategy")
    if given is None:
        return
    items = ecs_capacity.strategy(given, cluster)
    if items == before.get("capacityProviderStrategy"):
        return
    if not data.get("forceNewDeployment"):
        raise Refusal(
            "InvalidParameterException",
            "When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment.",
        )
    former = before.get("capacityProviderStrategy")
    wanted["capacityProviderStrategy"] = items
    wanted["launchType"] = None if items else ecs_capacity.launch_type(former) if former else before["launchType"]


def check(wanted: Record, settings: Record, definition: Record, cluster: Record) -> None:
    """Refuses what does not fit together. `settings` are those of the service beside its revision."""
    ecs_tasks.require_network(definition, wanted)
    ecs_balancers.check(definition, wanted["loadBalancers"], settings["deploymentConfiguration"]["strategy"])
    for name, choices in CHOICES.items():
        if settings[name] not in choices:
            raise Refusal("InvalidParameterException", f"Invalid {name}: {settings[name]}.")
    if wanted.get("platformVersion") and wanted["platformVersion"] not in PLATFORM_VERSIONS:
        raise Refusal("PlatformUnknownException", "The specified platform does not exist.")
    if settings["enableExecuteCommand"] and not definition.get("taskRoleArn"):
        raise Refusal(
            "InvalidParameterException",
            "The service couldn't be created because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.",
        )
    _check_connect(wanted.get("serviceConnectConfiguration"), definition, cluster)
    at_launch = {volume["name"] for volume in definition.get("volumes") or [] if volume.get("configuredAtLaunch")}
    for volume in wanted["volumeConfigurations"]:
        if volume.get("name") not in at_launch:
            raise Refusal(
                "InvalidParameterException",
                f"The volume {volume.get('name')} is not configured at launch in the task definition.",
            )


def _check_connect(connect: Record | None, definition: Record, cluster: Record) -> None:
    if not connect:
        return
    namespace = connect.get("namespace") or (cluster.get("serviceConnectDefaults") or {}).get("namespace")
    if not namespace:
        raise Refusal(
            "InvalidParameterException", "A namespace is required for Service Connect: the cluster has no default one."
        )
    known = {n[key] for n in servicediscovery._namespaces.values() for key in ("Arn", "Name")}
    if namespace not in known:
        raise Refusal("NamespaceNotFoundException", f"The namespace {namespace} was not found.")
    ports = {m.get("name") for c in definition["containerDefinitions"] for m in c.get("portMappings") or []}
    for exposed in connect.get("services") or []:
        if exposed.get("portName") not in ports:
            raise Refusal(
                "InvalidParameterException",
                f"The portName(s) {exposed.get('portName')} for the service connect services were not found in the task definition.",
            )
