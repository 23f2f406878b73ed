"""Listener rules: what AWS refuses of them, in their order, page by page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import alb

from truthful_aws import patch, weighted_forwarding

Response = Any
Params = dict[str, Any]

HIGHEST = 50_000  # the last priority

_create_rule: Callable[[Params], Response]
_modify_rule: Callable[[Params], Response]
_delete_rule: Callable[[Params], Response]
_set_rule_priorities: Callable[[Params], Response]


def install() -> None:
    global _create_rule, _modify_rule, _delete_rule, _set_rule_priorities
    _create_rule = patch.replace_action(alb, "CreateRule", create_rule)
    _modify_rule = patch.replace_action(alb, "ModifyRule", modify_rule)
    _delete_rule = patch.replace_action(alb, "DeleteRule", delete_rule)
    _set_rule_priorities = patch.replace_action(alb, "SetRulePriorities", set_rule_priorities)
    patch.replace_action(alb, "DescribeRules", describe_rules)
    for name in ("_parse_conditions", "_parse_member_list", "_rule_sort_key", "_rule_xml"):
        patch.original(alb, name)


def _of_listener(listener: str) -> list[dict[str, Any]]:
    return [rule for rule in alb._rules.values() if rule.get("ListenerArn") == listener]


def _priority_error(priority: str) -> Response | None:
    if priority.isdigit() and 1 <= int(priority) <= HIGHEST:
        return None
    return alb._error("ValidationError", f"The priority must be between 1 and {HIGHEST}")


def create_rule(params: Params) -> Response:
    priority = alb._p(params, "Priority")
    actions = alb._parse_actions(params, "Actions")
    if not actions or not alb._parse_conditions(params):
        return alb._error("ValidationError", "A rule must have conditions and actions")
    error = _priority_error(priority) or weighted_forwarding.error(actions)
    if error:
        return error
    if any(rule["Priority"] == priority for rule in _of_listener(alb._p(params, "ListenerArn"))):
        return alb._error("PriorityInUse", f"Priority '{priority}' is currently in use")
    return _create_rule(params)


def modify_rule(params: Params) -> Response:
    return weighted_forwarding.error(alb._parse_actions(params, "Actions")) or _modify_rule(params)


def delete_rule(params: Params) -> Response:
    arn = alb._p(params, "RuleArn")
    if arn not in alb._rules:
        return alb._error("RuleNotFound", f"Rule '{arn}' not found.")
    return _delete_rule(params)


def set_rule_priorities(params: Params) -> Response:
    wanted: dict[str, str] = {}
    while arn := alb._p(params, f"RulePriorities.member.{len(wanted) + 1}.RuleArn"):
        wanted[arn] = alb._p(params, f"RulePriorities.member.{len(wanted) + 1}.Priority")
    for arn, priority in wanted.items():
        rule = alb._rules.get(arn)
        if rule is None:
            return alb._error("RuleNotFound", f"Rule '{arn}' not found.")
        if rule["IsDefault"]:
            return alb._error("OperationNotPermitted", f"The priority of the default rule '{arn}' cannot be set")
        if error := _priority_error(priority):
            return error
        after = [wanted.get(r["RuleArn"], r["Priority"]) for r in _of_listener(rule["ListenerArn"])]
        if after.count(priority) > 1:
            return alb._error("PriorityInUse", f"Priority '{priority}' is currently in use")
    return _set_rule_priorities(params)


def describe_rules(params: Params) -> Response:
    """The rules of a listener by priority, the default one last; or those that are named."""
    listener, named = alb._p(params, "ListenerArn"), alb._parse_member_list(params, "RuleArns")
    if listener and listener not in alb._listeners:
        return alb._error("ListenerNotFound", f"Listener '{listener}' not found.")
    missing = next((arn for arn in named if arn not in alb._rules), None)
    if missing:
        return alb._error("RuleNotFound", f"Rule '{missing}' not found.")
    if not listener and not named:
        return alb._error("ValidationError", "You must specify either listener or rule ARNs")
    rules = [alb._rules[arn] for arn in named] or sorted(_of_listener(listener), key=alb._rule_sort_key)
    start, size = int(alb._p(params, "Marker") or 0), int(alb._p(params, "PageSize") or 400)
    inner = f"<Rules>{''.join(map(alb._rule_xml, rules[start : start + size]))}</Rules>"
    if start + size < len(rules):
        inner += f"<NextMarker>{start + size}</NextMarker>"
    return alb._xml(200, "DescribeRules", inner)
