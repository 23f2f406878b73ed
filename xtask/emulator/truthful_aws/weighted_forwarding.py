"""Forward actions with several weighted target groups: kept as given, told as AWS tells them, and requests split by weight.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html#forward-actions
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from ministack.services import alb

from truthful_aws import patch

Action = dict[str, Any]

MOST_GROUPS = 5  # in one action
HEAVIEST = 999

_parse_actions: Callable[..., list[Action]]
_action_xml: Callable[[Action], str]
_execute_actions: Callable[..., Any]

# Multiples of the golden ratio: every stretch of requests is split as the weights say, not only a long one.
_draws = (number * 0.6180339887498949 % 1 for number in itertools.count())


def install() -> None:
    global _parse_actions, _action_xml, _execute_actions
    _parse_actions = patch.replace(alb, "_parse_actions", parse_actions)
    _action_xml = patch.replace(alb, "_action_xml", action_xml)
    _execute_actions = patch.replace(alb, "_execute_actions", execute_actions)


def parse_actions(params: dict[str, Any], prefix: str = "DefaultActions") -> list[Action]:
    actions = _parse_actions(params, prefix)
    for number, action in enumerate(actions, 1):
        if action["Type"] != "forward":
            continue
        given = f"{prefix}.member.{number}.ForwardConfig"
        groups = list(_groups(params, f"{given}.TargetGroups"))
        if not groups and action.get("TargetGroupArn"):
            groups = [{"TargetGroupArn": action["TargetGroupArn"], "Weight": 1}]
        action.pop("TargetGroupArn", None)
        set_groups(action, groups)
        stickiness = action["ForwardConfig"]["TargetGroupStickinessConfig"]
        if alb._p(params, f"{given}.TargetGroupStickinessConfig.Enabled") == "true":
            stickiness["Enabled"] = "true"
        if duration := alb._p(params, f"{given}.TargetGroupStickinessConfig.DurationSeconds"):
            stickiness["DurationSeconds"] = duration
    return actions


def _groups(params: dict[str, Any], prefix: str) -> Iterator[dict[str, Any]]:
    for number in itertools.count(1):
        arn = alb._p(params, f"{prefix}.member.{number}.TargetGroupArn")
        if not arn:
            return
        yield {"TargetGroupArn": arn, "Weight": int(alb._p(params, f"{prefix}.member.{number}.Weight") or 1)}


def set_groups(action: Action, groups: list[dict[str, Any]]) -> None:
    """Makes the action forward to these. AWS tells the single target group of an action in TargetGroupArn too."""
    configuration = action.setdefault("ForwardConfig", {"TargetGroupStickinessConfig": {"Enabled": "false"}})
    configuration["TargetGroups"] = groups
    action.pop("TargetGroupArn", None)
    if len(groups) == 1:
        action["TargetGroupArn"] = groups[0]["TargetGroupArn"]


def weights(action: Action) -> dict[str, int]:
    """Weight by target group ARN; empty for an action that forwards nothing."""
    configured = (action.get("ForwardConfig") or {}).get("TargetGroups")
    if configured is None:
        return {action["TargetGroupArn"]: 1} if action.get("TargetGroupArn") else {}
    return {group["TargetGroupArn"]: group["Weight"] for group in configured}


def error(actions: list[Action]) -> Any:
    """What AWS says to actions that it does not take."""
    for action in actions:
        if action["Type"] != "forward":
            continue
        groups = weights(action)
        if not groups:
            return alb._error("ValidationError", "A target group must be specified for forward actions")
        if len(groups) > MOST_GROUPS:
            return alb._error("TooManyTargetGroups", f"An action can forward to {MOST_GROUPS} target groups at most")
        if any(not 0 <= weight <= HEAVIEST for weight in groups.values()):
            return alb._error("ValidationError", f"A target group weight must be between 0 and {HEAVIEST}")
        if any(arn not in alb._tgs for arn in groups):
            return alb._error("TargetGroupNotFound", "One or more target groups not found")
    return None


def action_xml(action: Action) -> str:
    text = _action_xml(action)
    configuration = action.get("ForwardConfig")
    if not configuration:
        return text
    members = "".join(
        f"<member><TargetGroupArn>{group['TargetGroupArn']}</TargetGroupArn><Weight>{group['Weight']}</Weight></member>"
        for group in configuration["TargetGroups"]
    )
    stickiness = "".join(f"<{k}>{v}</{k}>" for k, v in configuration["TargetGroupStickinessConfig"].items())
    return text.removesuffix("</member>") + (
        f"<ForwardConfig><TargetGroups>{members}</TargetGroups>"
        f"<TargetGroupStickinessConfig>{stickiness}</TargetGroupStickinessConfig></ForwardConfig></member>"
    )


def choose(groups: dict[str, int]) -> str | None:
    """The target group of the next request; none when no group has a weight. AWS does not fail over to another group."""
    point = next(_draws) * sum(groups.values())
    for arn, weight in groups.items():
        point -= weight
        if point < 0:
            return arn
    return None


async def execute_actions(actions: list[Action], *arguments: Any, **options: Any) -> Any:
    chosen = []
    for action in actions:
        if action.get("ForwardConfig"):
            arn = choose(weights(action))
            if arn is None:
                return (
                    503,
                    {"Content-Type": "text/html"},
                    b"<html><head><title>503 Service Unavailable</title></head></html>\r\n",
                )
            action = {**action, "TargetGroupArn": arn}
        chosen.append(action)
    return await _execute_actions(chosen, *arguments, **options)
