"""EventBridge Scheduler: schedules are checked, told as AWS tells them, listed page by page; `schedule_runs` carries them out."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from ministack.services import scheduler

from truthful_aws import patch, schedule_expressions, schedule_runs
from truthful_aws.schedule_runs import RETRY_POLICY

Record = dict[str, Any]

STATES = ("ENABLED", "DISABLED")
LONGEST_WINDOW = 1440  # minutes
MOST_ATTEMPTS, OLDEST_EVENT = 185, (60, 86400)


class _Invalid(Exception):
    pass


_create_schedule: Callable[[str, Record], Any]
_update_schedule: Callable[[str, Record], Any]
_get_schedule: Callable[[str, Record], Any]


def install() -> None:
    global _create_schedule, _update_schedule, _get_schedule
    _create_schedule = patch.replace(scheduler, "_create_schedule", create_schedule)
    _update_schedule = patch.replace(scheduler, "_update_schedule", update_schedule)
    _get_schedule = patch.replace(scheduler, "_get_schedule", get_schedule)
    patch.replace(scheduler, "_list_schedules", list_schedules)
    patch.replace(scheduler, "_list_schedule_groups", list_schedule_groups)
    for name in ("_error", "_json_resp", "_schedules", "_schedule_groups", "_ensure_default_group"):
        patch.original(scheduler, name)
    schedule_runs.install()


def _check(body: Record) -> None:
    """Raises for what AWS does not take; a body without a required member is ministack's to refuse."""
    target, window = body.get("Target") or {}, body.get("FlexibleTimeWindow") or {}
    if body.get("ScheduleExpression"):
        try:
            schedule_expressions.parse(body["ScheduleExpression"], body.get("ScheduleExpressionTimezone"))
        except schedule_expressions.InvalidSchedule as error:
            raise _Invalid(str(error)) from None
    if body.get("State", "ENABLED") not in STATES:
        raise _Invalid(f"State must be one of {', '.join(STATES)}.")
    minutes = window.get("MaximumWindowInMinutes")
    match window.get("Mode"):
        case "OFF":
            if minutes is not None:
                raise _Invalid("MaximumWindowInMinutes must not be set when the flexible time window is OFF.")
        case "FLEXIBLE":
            if minutes is None or not 1 <= minutes <= LONGEST_WINDOW:
                raise _Invalid(f"MaximumWindowInMinutes must be between 1 and {LONGEST_WINDOW}.")
        case mode if window:
            raise _Invalid(f"Invalid flexible time window mode {mode}.")
    if target and not (target.get("Arn") and target.get("RoleArn")):
        raise _Invalid("Target Arn and RoleArn are required.")
    if ":ecs:" in target.get("Arn", "") and not (target.get("EcsParameters") or {}).get("TaskDefinitionArn"):
        raise _Invalid("EcsParameters with a TaskDefinitionArn are required for an ECS target.")
    retries = RETRY_POLICY | (target.get("RetryPolicy") or {})
    if not 0 <= retries["MaximumRetryAttempts"] <= MOST_ATTEMPTS:
        raise _Invalid(f"MaximumRetryAttempts must be between 0 and {MOST_ATTEMPTS}.")
    if not OLDEST_EVENT[0] <= retries["MaximumEventAgeInSeconds"] <= OLDEST_EVENT[1]:
        raise _Invalid(f"MaximumEventAgeInSeconds must be between {OLDEST_EVENT[0]} and {OLDEST_EVENT[1]}.")
    queue = (target.get("DeadLetterConfig") or {}).get("Arn")
    if queue and not queue.startswith("arn:aws:sqs:"):
        raise _Invalid(f"The dead-letter queue {queue} is not an SQS queue.")
    if target.get("Input") and not _is_json(target["Input"]) and ":ecs:" in target["Arn"]:
        raise _Invalid("The input of an ECS target must be JSON.")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _checked(body: Record, handle: Callable[[Record], Any]) -> Any:
    try:
        _check(body)
    except _Invalid as problem:
        return scheduler._error(400, "ValidationException", str(problem))
    return handle(body)


def create_schedule(name: str, body: Record) -> Any:
    existing = scheduler._schedules.get(f"{body.get('GroupName', 'default')}/{name}")
    if existing and body.get("ClientToken") and existing.get("_creation") == body:
        return scheduler._json_resp(200, {"ScheduleArn": existing["Arn"]})
    return _checked(body, lambda body: _stored(name, body, _create_schedule))


def update_schedule(name: str, body: Record) -> Any:
    return _checked(body, lambda body: _stored(name, body, _update_schedule))


def _stored(name: str, body: Record, handler: Callable[[str, Record], Any]) -> Any:
    group = body.get("GroupName", "default")
    response = handler(name, body)
    if response[0] == 200:
        schedule = scheduler._schedules[f"{group}/{name}"]
        schedule["_creation"] = copy.deepcopy(body)
        schedule["Target"] = {
            **schedule["Target"],
            "RetryPolicy": RETRY_POLICY | (body["Target"].get("RetryPolicy") or {}),
        }
        if not schedule["Description"]:
            schedule["Description"] = None
    return response


def get_schedule(name: str, query: Record) -> Any:
    status, headers, body = _get_schedule(name, query)
    shown = {key: value for key, value in json.loads(body).items() if not key.startswith("_")}
    return status, headers, json.dumps(shown).encode()


def _page(name: str, records: list[Record], query: Record) -> Any:
    size, token = int(query.get("MaxResults") or 100), query.get("NextToken") or "0"
    if not 1 <= size <= 100 or not token.isdigit():
        return scheduler._error(400, "ValidationException", "Invalid MaxResults or NextToken.")
    end = int(token) + size
    following = {"NextToken": str(end)} if end < len(records) else {}
    return scheduler._json_resp(200, {name: records[int(token) : end], **following})


def list_schedules(query: Record) -> Any:
    group = query.get("ScheduleGroup")
    if group and group != "default" and group not in scheduler._schedule_groups:
        return scheduler._error(404, "ResourceNotFoundException", f"Schedule group {group} does not exist.")
    shown = ("Arn", "Name", "GroupName", "State", "CreationDate", "LastModificationDate")
    found = [
        {**{name: schedule[name] for name in shown}, "Target": {"Arn": schedule["Target"]["Arn"]}}
        for schedule in scheduler._schedules.values()
        if group in (None, schedule["GroupName"])
        and schedule["Name"].startswith(query.get("NamePrefix", ""))
        and query.get("State") in (None, schedule["State"])
    ]
    return _page("Schedules", sorted(found, key=lambda s: (s["GroupName"], s["Name"])), query)


def list_schedule_groups(query: Record) -> Any:
    scheduler._ensure_default_group()
    groups = [g for g in scheduler._schedule_groups.values() if g["Name"].startswith(query.get("NamePrefix", ""))]
    return _page("ScheduleGroups", sorted(groups, key=lambda group: group["Name"]), query)
