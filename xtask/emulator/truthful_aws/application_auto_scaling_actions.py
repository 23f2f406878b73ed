"""Scheduled actions of scalable targets: kept and told; none is carried out.

https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html
"""

from __future__ import annotations

import uuid

from ministack.core.responses import get_account_id, get_region, now_epoch

from truthful_aws import application_auto_scaling_store as store
from truthful_aws import schedule_expressions
from truthful_aws.application_auto_scaling_store import Record, Refused, invalid


def put_scheduled_action(data: Record) -> Record:
    """Creates or changes one: what is not given stays, but for the times, which go."""
    store.target(data)
    key = f"{store.key(data)}|{data['ScheduledActionName']}"
    resource = f"resource/{data['ServiceNamespace']}/{data['ResourceId']}"
    before = store.actions.get(key) or {
        "ScheduledActionARN": f"arn:aws:autoscaling:{get_region()}:{get_account_id()}:scheduledAction:{uuid.uuid4()}:{resource}:scheduledActionName/{data['ScheduledActionName']}",
        "CreationTime": now_epoch(),
    }
    kept = {name: value for name, value in before.items() if name not in ("StartTime", "EndTime")}
    action = kept | {name: value for name, value in data.items() if value is not None}
    if not action.get("Schedule"):
        raise invalid("A schedule must be specified for a new scheduled action.")
    try:
        schedule_expressions.parse(action["Schedule"], action.get("Timezone"))
    except schedule_expressions.InvalidSchedule as error:
        raise invalid(str(error)) from None
    capacity = action.get("ScalableTargetAction") or {}
    if not {"MinCapacity", "MaxCapacity"} & set(capacity):
        raise invalid("A scheduled action must set MinCapacity, MaxCapacity or both.")
    if capacity.get("MinCapacity", 0) > capacity.get("MaxCapacity", float("inf")):
        raise invalid("Maximum capacity cannot be less than minimum capacity")
    store.actions[key] = action
    return {}


def describe_scheduled_actions(data: Record) -> Record:
    names = data.get("ScheduledActionNames")
    found = [a for a in store.matching(store.actions, data) if not names or a["ScheduledActionName"] in names]
    return store.page("ScheduledActions", found, data)


def delete_scheduled_action(data: Record) -> Record:
    if store.actions.pop(f"{store.key(data)}|{data['ScheduledActionName']}", None) is None:
        raise Refused("ObjectNotFoundException", f"No scheduled action found for {data['ScheduledActionName']}")
    return {}


def delete_all(key: str) -> None:
    """Those of a scalable target that goes."""
    for name in [name for name in store.actions if name.startswith(f"{key}|")]:
        del store.actions[name]
