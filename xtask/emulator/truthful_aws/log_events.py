"""CloudWatch Logs: FilterLogEvents page by page, of streams by prefix; a stream that is not there is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import cloudwatch_logs

from truthful_aws import patch

Record = dict[str, Any]

MOST = 10_000  # events in one answer

_filter_log_events: Callable[[Record], Any]


def install() -> None:
    global _filter_log_events
    _filter_log_events = patch.replace(cloudwatch_logs, "_filter_log_events", filter_log_events)
    for name in ("_log_groups", "_resolve_log_group_name"):
        patch.original(cloudwatch_logs, name)


def filter_log_events(data: Record) -> Any:
    group = cloudwatch_logs._log_groups.get(cloudwatch_logs._resolve_log_group_name(data))
    names, prefix = data.get("logStreamNames"), data.get("logStreamNamePrefix")
    if group is None:
        return _filter_log_events(data)
    if names and prefix:
        return _invalid("logStreamNames and logStreamNamePrefix cannot be given together.")
    missing = next((name for name in names or [] if name not in group["streams"]), None)
    if missing:
        return error_response_json(
            "ResourceNotFoundException", f"The specified log stream does not exist: {missing}", 400
        )
    token, size = str(data.get("nextToken") or "0"), int(data.get("limit") or MOST)
    if not token.isdigit() or not 1 <= size <= MOST:
        return _invalid("The specified nextToken or limit is invalid.")
    if prefix:
        names = [name for name in group["streams"] if name.startswith(prefix)]
        if not names:
            return json_response({"events": [], "searchedLogStreams": []})
    status, headers, body = _filter_log_events({**data, "logStreamNames": names, "limit": MOST})
    if status != 200:
        return status, headers, body
    events = json.loads(body)["events"]
    end = int(token) + size
    following = {"nextToken": str(end)} if end < len(events) else {}
    return json_response({"events": events[int(token) : end], "searchedLogStreams": [], **following})


def _invalid(message: str) -> Any:
    return error_response_json("InvalidParameterException", message, 400)
