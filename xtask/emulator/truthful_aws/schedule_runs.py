"""Carries schedules out: each has a clock of its own, which is right when the schedule is made or changed and runs as fast as
the modelled AWS. What fails is tried again, and goes to the dead-letter queue in the end.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule.html
"""

from __future__ import annotations

import json
import logging
import random
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import ecs, eventbridge, scheduler, sqs

from truthful_aws import patch, schedule_expressions
from truthful_aws.speed import FACTOR

logger = logging.getLogger("truthful-aws.schedules")

Record = dict[str, Any]

RETRY_POLICY = {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 86400}
FIRST_RETRY, LAST_RETRY = 10.0, 600.0  # modelled seconds; the wait doubles from one to the other


class _Failed(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Invocation:
    """One time at which a schedule was due."""

    scheduled: datetime
    at: datetime  # when it is tried next
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    attempts: int = 0


class Clock:
    """Modelled time of a schedule, and when it is due next."""

    def __init__(self, schedule: Record) -> None:
        self.changed = schedule["LastModificationDate"]
        self._made = datetime.fromtimestamp(self.changed, UTC)
        self._expression = schedule_expressions.parse(
            schedule["ScheduleExpression"], schedule.get("ScheduleExpressionTimezone")
        )
        start = _moment(schedule.get("StartDate"))
        self._anchor = max(self._made, start) if start else self._made
        self._end = _moment(schedule.get("EndDate"))
        self.next = self._after(self._anchor - timedelta(microseconds=1))
        self.invocations: list[Invocation] = []

    def now(self) -> datetime:
        return self._made + timedelta(seconds=(time.time() - self.changed) * FACTOR)

    def _after(self, moment: datetime) -> datetime | None:
        found = self._expression.after(moment, self._anchor)
        return None if found is None or (self._end and found > self._end) else found

    def take_due(self, window: float) -> None:
        """Makes an invocation of what is due; what was missed meanwhile is not made up for."""
        now = self.now()
        if self.next is not None and now >= self.next:
            flexible = timedelta(minutes=random.uniform(0, window))
            self.invocations.append(Invocation(self.next, self.next + flexible))
            self.next = self._after(max(self.next, now))


def _moment(value: Any) -> datetime | None:
    epoch = scheduler._to_epoch(value)
    return None if epoch is None else datetime.fromtimestamp(epoch, UTC)


_clocks: dict[tuple[str, str, str], Clock] = {}


def install() -> None:
    patch.replace(scheduler, "_ticker_loop", _loop)
    for module, name in (
        (scheduler, "_to_epoch"),
        (scheduler, "start_scheduler"),
        (eventbridge, "_invoke_target"),
        (ecs, "_run_task"),
        (sqs, "_act_send_message"),
        (sqs, "_queue_by_arn"),
        (sqs, "_queue_url"),
    ):
        patch.original(module, name)


def _loop() -> None:
    while True:
        time.sleep(min(1.0, max(0.05, 1.0 / FACTOR)))
        try:
            tick()
        except Exception:
            logger.exception("schedules")


def tick() -> None:
    present = dict(scheduler._schedules.all_items())
    for key in [key for key in _clocks if key not in present]:
        del _clocks[key]
    for key, schedule in present.items():
        clock = _clocks.get(key)
        if clock is None or clock.changed != schedule["LastModificationDate"]:
            clock = _clocks[key] = Clock(schedule)
        if schedule["State"] != "ENABLED":
            clock.next = clock.next and clock._after(max(clock.next, clock.now()))
            continue
        with request_scope(key[0], key[1]):
            clock.take_due(float(schedule["FlexibleTimeWindow"].get("MaximumWindowInMinutes") or 0))
            clock.invocations = [i for i in clock.invocations if not _is_over(schedule, i, clock.now())]
            if clock.next is None and not clock.invocations and schedule["ActionAfterCompletion"] == "DELETE":
                scheduler._schedules.pop(key[2], None)


def _is_over(schedule: Record, invocation: Invocation, now: datetime) -> bool:
    """Tries an invocation that is due; True when nothing more is to be done about it."""
    if now < invocation.at:
        return False
    target = schedule["Target"]
    payload = _filled(target.get("Input"), schedule, invocation)
    try:
        _invoke(schedule, target, payload)
    except _Failed as failure:
        invocation.attempts += 1
        policy = target["RetryPolicy"]
        wait = min(LAST_RETRY, FIRST_RETRY * 2.0 ** (invocation.attempts - 1))
        invocation.at = now + timedelta(seconds=wait)
        spent = None
        if invocation.attempts > policy["MaximumRetryAttempts"]:
            spent = "MaximumRetryAttempts"
        elif invocation.at > invocation.scheduled + timedelta(seconds=policy["MaximumEventAgeInSeconds"]):
            spent = "MaximumEventAgeInSeconds"
        if spent is None:
            return False
        logger.warning("schedule %s: %s", schedule["Arn"], failure)
        _bury(schedule, invocation, payload, failure, spent)
    return True


def _filled(text: str | None, schedule: Record, invocation: Invocation) -> str:
    """The input with what its context attributes stand for."""
    for name, value in (
        ("schedule-arn", schedule["Arn"]),
        ("scheduled-time", _text(invocation.scheduled)),
        ("execution-id", invocation.id),
        ("attempt-number", str(invocation.attempts + 1)),
    ):
        text = (text or "").replace(f"<aws.scheduler.{name}>", value)
    return text or ""


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _invoke(schedule: Record, target: Record, payload: str) -> None:
    if target["Arn"].split(":")[2] == "ecs":
        _run_task(schedule, target, payload)
        return
    event = {
        "EventId": str(uuid.uuid4()),
        "Source": "aws.scheduler",
        "DetailType": "Scheduled Event",
        "Detail": "{}",
        "Time": time.time(),
        "Resources": [schedule["Arn"]],
        "Account": schedule["Arn"].split(":")[4],
        "Region": schedule["Arn"].split(":")[3],
    }
    # ministack logs what fails there, and does not tell.
    eventbridge._invoke_target({**target, "Input": payload or None}, event, schedule)


def _run_task(schedule: Record, target: Record, payload: str) -> None:
    status, _, body = ecs._run_task(_request(schedule, target, payload))
    answer = json.loads(body)
    if status != 200:
        raise _Failed(str(answer.get("__type", "")).rpartition("#")[2], str(answer.get("message", "")))
    if answer["failures"]:
        raise _Failed("AWS.ECS.TaskNotStarted", answer["failures"][0]["reason"])


def _request(schedule: Record, target: Record, payload: str) -> Record:
    """RunTask as Scheduler calls it."""
    parameters = target["EcsParameters"]
    request: Record = {
        "cluster": target["Arn"],
        "taskDefinition": parameters["TaskDefinitionArn"],
        "count": parameters.get("TaskCount", 1),
        "startedBy": f"chronos-schedule/{schedule['Name']}"[:128],
        "overrides": json.loads(payload or "{}"),
    }
    for name in ("LaunchType", "PlatformVersion", "Group", "PropagateTags", "EnableExecuteCommand", "ReferenceId"):
        if name in parameters:
            request[name[0].lower() + name[1:]] = parameters[name]
    for name in ("CapacityProviderStrategy", "PlacementConstraints", "PlacementStrategy"):
        if name in parameters:
            request[name[0].lower() + name[1:]] = parameters[name]
    if "EnableECSManagedTags" in parameters:
        request["enableECSManagedTags"] = parameters["EnableECSManagedTags"]
    if network := (parameters.get("NetworkConfiguration") or {}).get("awsvpcConfiguration"):
        request["networkConfiguration"] = {
            "awsvpcConfiguration": {name[0].lower() + name[1:]: value for name, value in network.items()}
        }
    if parameters.get("Tags"):
        request["tags"] = [_tag(tag) for tag in parameters["Tags"]]
    return request


def _tag(given: Record) -> Record:
    lower = {name.lower(): value for name, value in given.items()}
    if set(lower) == {"key", "value"}:
        return lower
    ((key, value),) = given.items()
    return {"key": key, "value": value}


def _bury(schedule: Record, invocation: Invocation, payload: str, failure: _Failed, spent: str) -> None:
    """https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html"""
    arn = (schedule["Target"].get("DeadLetterConfig") or {}).get("Arn")
    if not arn:
        return
    if sqs._queue_by_arn(arn) is None:
        logger.warning("schedule %s: no dead-letter queue %s", schedule["Arn"], arn)
        return
    attributes = {
        "ERROR_CODE": failure.code,
        "ERROR_MESSAGE": str(failure),
        "EXECUTION_ID": invocation.id,
        "EXHAUSTED_RETRY_CONDITION": spent,
        "IS_PAYLOAD_TRUNCATED": "false",
        "RETRY_ATTEMPTS": str(invocation.attempts - 1),
        "SCHEDULED_TIME": _text(invocation.scheduled),
        "SCHEDULE_ARN": schedule["Arn"],
        "TARGET_ARN": schedule["Target"]["Arn"],
    }
    message = {
        "MessageBody": payload or "{}",
        "MessageAttributes": {k: {"DataType": "String", "StringValue": v or "-"} for k, v in attributes.items()},
    }
    sqs._act_send_message(message, sqs._queue_url(arn.rsplit(":", 1)[1]))
