"""Elastic Load Balancing: target health is measured, and the load balancer forwards only where AWS would."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

from ministack.services import alb

from truthful_aws import listener_rules, patch, target_health, weighted_forwarding

Response = tuple[int, dict[str, Any], Any]

_turn = itertools.count()


def _nothing_modelled(_address: str, _port: int, _path: str) -> None:
    return None


# Answers a request to a modelled task, which has no socket; None says that the address is not modelled.
modelled_response: Callable[[str, int, str], Response | None] = _nothing_modelled


def install() -> None:
    global _forward_to_other, _delete_group_unchecked, _delete_balancer_alone
    global _create_listener_unchecked, _modify_listener_unchecked, _describe_groups
    weighted_forwarding.install()
    listener_rules.install()
    _describe_groups = patch.replace_action(alb, "DescribeTargetGroups", describe_target_groups)
    patch.replace_action(alb, "RegisterTargets", register_targets)
    patch.replace_action(alb, "DeregisterTargets", deregister_targets)
    patch.replace_action(alb, "DescribeTargetHealth", describe_target_health)
    _forward_to_other = patch.replace(alb, "_forward_to_tg", forward)
    _delete_group_unchecked = patch.replace_action(alb, "DeleteTargetGroup", delete_target_group)
    _delete_balancer_alone = patch.replace_action(alb, "DeleteLoadBalancer", delete_load_balancer)
    _create_listener_unchecked = patch.replace_action(alb, "CreateListener", create_listener)
    _modify_listener_unchecked = patch.replace_action(alb, "ModifyListener", modify_listener)
    for name in (
        "_proxy_http_target",
        "_p",
        "_error",
        "_empty",
        "_xml",
        "_parse_targets_param",
        "_tg_attrs",
        "_tgs",
        "_targets",
    ):
        patch.original(alb, name)
    reset = patch.original(alb, "reset")

    def reset_all() -> None:
        reset()
        target_health.reset()

    patch.replace(alb, "reset", reset_all)
    target_health.start()


_forward_to_other: Callable[..., Any]
_delete_group_unchecked: Callable[..., Any]
_delete_balancer_alone: Callable[..., Any]
_create_listener_unchecked: Callable[..., Any]
_modify_listener_unchecked: Callable[..., Any]
_describe_groups: Callable[..., Any]


def _group_or_error(params: dict[str, Any]) -> tuple[str, dict[str, Any] | None, Response | None]:
    arn = alb._p(params, "TargetGroupArn")
    if arn not in alb._tgs:
        return arn, None, alb._error("TargetGroupNotFound", "One or more target groups not found")
    return arn, alb._tgs[arn], None


def register_targets(params: dict[str, Any], _original: Callable[..., Any] = alb._register_targets) -> Response:
    arn, group, error = _group_or_error(params)
    if error:
        return error
    if not target_health.is_checked(group):
        return _original(params)
    for target in alb._parse_targets_param(params):
        target_health.register(arn, target["Id"], target_health.port_of(target, group))
    return alb._empty("RegisterTargets")


def deregister_targets(params: dict[str, Any], _original: Callable[..., Any] = alb._deregister_targets) -> Response:
    arn, group, error = _group_or_error(params)
    if error:
        return error
    if not target_health.is_checked(group):
        return _original(params)
    for target in alb._parse_targets_param(params):
        target_health.deregister(arn, target["Id"], target_health.port_of(target, group))
    return alb._empty("DeregisterTargets")


def describe_target_health(
    params: dict[str, Any], _original: Callable[..., Any] = alb._describe_target_health
) -> Response:
    arn, group, error = _group_or_error(params)
    if error:
        return error
    if not target_health.is_checked(group):
        return _original(params)
    known = [(t["Id"], target_health.port_of(t, group)) for t in alb._targets.get(arn, [])]
    known += [target for target in target_health.draining(arn) if target not in known]
    wanted = [(t["Id"], target_health.port_of(t, group)) for t in alb._parse_targets_param(params)]
    members = []
    for address, port in wanted or known:
        target = target_health.get(arn, address, port)
        if target is None and (address, port) in known:
            target = target_health.Target()
        if target is None:
            state, reason, description = (
                "unused",
                "Target.NotRegistered",
                "Target is not registered to the target group",
            )
        else:
            state, reason, description = target.state, target.reason, target.description
        why = f"<Reason>{reason}</Reason><Description>{description}</Description>" if reason else ""
        check_port = group.get("HealthCheckPort", "traffic-port")
        members.append(
            f"<member><Target><Id>{address}</Id><Port>{port}</Port></Target>"
            f"<HealthCheckPort>{port if check_port == 'traffic-port' else check_port}</HealthCheckPort>"
            f"<TargetHealth><State>{state}</State>{why}</TargetHealth></member>"
        )
    return alb._xml(
        200, "DescribeTargetHealth", f"<TargetHealthDescriptions>{''.join(members)}</TargetHealthDescriptions>"
    )


def _listener_error(params: dict[str, Any], balancer: str, before: dict[str, Any]) -> Response | None:
    """What AWS says to a listener on a taken port, to HTTPS without a certificate, or to actions that it does not take."""
    port = int(alb._p(params, "Port") or before.get("Port", 80))
    for listener in alb._listeners.values():
        if listener is not before and (listener["LoadBalancerArn"], listener["Port"]) == (balancer, port):
            return alb._error("DuplicateListener", "A listener already exists on this port for this load balancer")
    protocol = alb._p(params, "Protocol") or before.get("Protocol", "HTTP")
    certificate = alb._p(params, "Certificates.member.1.CertificateArn") or before.get("Certificates")
    if protocol == "HTTPS" and not certificate:
        return alb._error("ValidationError", "A certificate must be specified for HTTPS listeners")
    return weighted_forwarding.error(alb._parse_actions(params, "DefaultActions"))


def create_listener(params: dict[str, Any]) -> Response:
    error = _listener_error(params, alb._p(params, "LoadBalancerArn"), {})
    return error or _create_listener_unchecked(params)


def modify_listener(params: dict[str, Any]) -> Response:
    listener = alb._listeners.get(alb._p(params, "ListenerArn"))
    error = _listener_error(params, listener["LoadBalancerArn"], listener) if listener else None
    return error or _modify_listener_unchecked(params)


def describe_target_groups(params: dict[str, Any]) -> Response:
    """A target group names the load balancer whose listeners and rules use it."""
    for group in alb._tgs.values():
        group["LoadBalancerArns"] = []
    for rule in alb._rules.values():  # each listener's default actions are a rule too
        listener = alb._listeners.get(rule["ListenerArn"])
        for action in rule["Actions"]:
            for arn in weighted_forwarding.weights(action):
                group = alb._tgs.get(arn)
                if group and listener and listener["LoadBalancerArn"] not in group["LoadBalancerArns"]:
                    group["LoadBalancerArns"].append(listener["LoadBalancerArn"])
    return _describe_groups(params)


def delete_target_group(params: dict[str, Any]) -> Response:
    arn = alb._p(params, "TargetGroupArn")
    if arn in target_health.groups_in_use():
        return alb._error("ResourceInUse", f"Target group '{arn}' is currently in use by a listener or a rule")
    return _delete_group_unchecked(params)


def delete_load_balancer(params: dict[str, Any]) -> Response:
    """With a load balancer its listeners and their rules go, and with them the use of its target groups."""
    arn = alb._p(params, "LoadBalancerArn")
    response = _delete_balancer_alone(params)
    listeners = {key for key, listener in alb._listeners.items() if listener["LoadBalancerArn"] == arn}
    for key in listeners:
        del alb._listeners[key]
    for key in [key for key, rule in alb._rules.items() if rule.get("ListenerArn") in listeners]:
        del alb._rules[key]
    return response


async def forward(
    group_arn: str,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
    query_params: dict[str, Any],
    raw_query_string: str | None = None,
    raw_path: str | None = None,
) -> Response:
    group = alb._tgs.get(group_arn)
    if group is None or not target_health.is_checked(group):
        return await _forward_to_other(group_arn, method, path, headers, body, query_params, raw_query_string, raw_path)
    by_state: dict[str, list[dict[str, Any]]] = {}
    for target in alb._targets.get(group_arn, []):
        health = target_health.get(group_arn, target["Id"], target_health.port_of(target, group))
        by_state.setdefault(health.state if health else "initial", []).append(target)
    # With only unhealthy targets AWS fails open: it routes to all of them. Initial ones get nothing.
    candidates = by_state.get("healthy") or by_state.get("unhealthy")
    if not candidates:
        return (
            503,
            {"Content-Type": "text/html"},
            b"<html><head><title>503 Service Temporarily Unavailable</title></head></html>\r\n",
        )
    target = candidates[next(_turn) % len(candidates)]
    port = target_health.port_of(target, group)
    answer = modelled_response(target["Id"], port, path)
    if answer is not None:
        return answer
    if not target_health.may_be_reached(target["Id"]):
        return (
            504,
            {"Content-Type": "application/json"},
            json.dumps({"message": f"no route to {target['Id']}"}).encode(),
        )
    return await alb._proxy_http_target(
        target, group, method, raw_path or path, headers, body, query_params, raw_query_string
    )
