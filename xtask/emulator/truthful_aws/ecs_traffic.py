"""Which target group a service revision serves in, and the weights that ECS writes into the listener rules.

A balancer is an entry of the service's `loadBalancers`; with `advancedConfiguration` it has two target groups, which the
revisions take by turns.
"""

from __future__ import annotations

from typing import Any

from ministack.services import alb

from truthful_aws import weighted_forwarding
from truthful_aws.ecs_store import Record


def pair(balancer: Record) -> tuple[str, str] | None:
    """Both target groups of a balancer, if it has two."""
    alternate = (balancer.get("advancedConfiguration") or {}).get("alternateTargetGroupArn")
    return (balancer["targetGroupArn"], alternate) if alternate else None


def other(groups: tuple[str, str], group: str) -> str:
    return groups[1] if group == groups[0] else groups[0]


def forward_action(rule: str) -> dict[str, Any] | None:
    """The action of a listener rule that forwards."""
    actions = (alb._rules.get(rule) or {}).get("Actions") or []
    return next((action for action in actions if action["Type"] == "forward"), None)


def resolve(balancers: list[Record], serving: list[Record], *, shifts: bool) -> list[Record]:
    """The balancers of a new revision with the target group that it takes: the one that does not serve, if traffic is shifted.

    Before any revision serves, that is the group to which the production rule sends less.
    """
    resolved = []
    for balancer in balancers:
        groups = pair(balancer)
        if groups:
            current = next((b["targetGroupArn"] for b in serving if b["targetGroupArn"] in groups), None)
            if current is None and shifts:
                current = _heavier(balancer, groups)
            chosen = groups[0] if current is None else other(groups, current) if shifts else current
            balancer = {**balancer, "targetGroupArn": chosen}
        resolved.append(balancer)
    return resolved


def _heavier(balancer: Record, groups: tuple[str, str]) -> str:
    action = forward_action(balancer["advancedConfiguration"]["productionListenerRule"])
    weights = weighted_forwarding.weights(action) if action else {}
    return max(groups, key=lambda group: weights.get(group, 0))


def shift(configured: list[Record], resolved: list[Record], kind: str, percent: float) -> None:
    """Gives the revision that serves in `resolved` so many percent of the traffic of a rule, and the rest to the other group.

    `kind` is `productionListenerRule` or `testListenerRule`.
    """
    for balancer, taken in zip(configured, resolved, strict=True):
        groups = pair(balancer)
        action = forward_action((balancer.get("advancedConfiguration") or {}).get(kind) or "")
        if groups is None or action is None:
            continue
        # A weight is a whole number: tenths of a percent need another scale.
        scale = 1 if percent == int(percent) else 10
        mine = round(percent * scale)
        by_group = {taken["targetGroupArn"]: mine, other(groups, taken["targetGroupArn"]): 100 * scale - mine}
        weighted_forwarding.set_groups(action, [{"TargetGroupArn": g, "Weight": by_group[g]} for g in groups])
