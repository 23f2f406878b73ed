"""The load balancers of a service: what ECS refuses of them, for rolling updates and for shifted traffic."""

from __future__ import annotations

from ministack.services import alb

from truthful_aws import ecs_traffic, target_health, weighted_forwarding
from truthful_aws.ecs_lifecycle_stages import SHIFTING
from truthful_aws.ecs_store import Record, Refusal


def _refuse(message: str) -> Refusal:
    return Refusal("InvalidParameterException", message)


def check(definition: Record, balancers: list[Record], strategy: str) -> None:
    used = target_health.groups_in_use()
    for balancer in balancers:
        if not balancer.get("targetGroupArn"):
            continue
        _check_group(balancer["targetGroupArn"])
        if strategy in SHIFTING:
            _check_advanced(balancer)
        elif balancer["targetGroupArn"] not in used:
            raise _refuse(
                f"The target group with targetGroupArn {balancer['targetGroupArn']} does not have an associated load balancer."
            )
        _check_container(definition, balancer)


def _check_group(group: str) -> None:
    if group not in alb._tgs:
        raise _refuse(
            f"Unable to assume role and validate the specified targetGroupArn: the target group {group} does not exist."
        )


def _check_container(definition: Record, balancer: Record) -> None:
    containers = {container["name"]: container for container in definition["containerDefinitions"]}
    container = containers.get(balancer.get("containerName"))
    if container is None:
        raise _refuse(f"The container {balancer.get('containerName')} does not exist in the task definition.")
    ports = [mapping.get("containerPort") for mapping in container.get("portMappings") or []]
    if balancer.get("containerPort") not in ports:
        raise _refuse(
            f"The container {container['name']} did not have a container port {balancer.get('containerPort')} defined."
        )


def _check_advanced(balancer: Record) -> None:
    """https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb-resources-for-blue-green.html"""
    advanced = balancer.get("advancedConfiguration") or {}
    for name in ("alternateTargetGroupArn", "productionListenerRule", "roleArn"):
        if not advanced.get(name):
            raise _refuse(f"advancedConfiguration.{name} is required to shift traffic with a load balancer.")
    if not advanced["roleArn"].startswith("arn:aws:iam::"):
        raise _refuse(f"The roleArn {advanced['roleArn']} is not the ARN of an IAM role.")
    groups = (balancer["targetGroupArn"], advanced["alternateTargetGroupArn"])
    _check_group(groups[1])
    if groups[0] == groups[1]:
        raise _refuse("The alternateTargetGroupArn must be another target group than targetGroupArn.")
    if advanced["productionListenerRule"] == advanced.get("testListenerRule"):
        raise _refuse("The testListenerRule must be another rule than the productionListenerRule.")
    for kind in ("productionListenerRule", "testListenerRule"):
        if advanced.get(kind):
            _check_rule(kind, advanced[kind], groups)


def _check_rule(kind: str, rule: str, groups: tuple[str, str]) -> None:
    actions = (alb._rules.get(rule) or {}).get("Actions")
    if actions is None:
        raise _refuse(f"The {kind} {rule} does not exist.")
    action = ecs_traffic.forward_action(rule)
    if action is None or len(actions) > 1:
        raise _refuse(f"The {kind} {rule} must have one action, which forwards.")
    weights = weighted_forwarding.weights(action)
    if not set(weights) <= set(groups):
        raise _refuse(f"The {kind} {rule} must forward to the target groups {' and '.join(groups)} alone.")
