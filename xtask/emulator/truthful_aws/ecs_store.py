"""What the ECS modules share: one lock, ids and times as AWS writes them, and ministack's own stores.

Every handler and every step of the scheduler runs under the lock; nothing that waits (the network, a container engine) does.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
import uuid
from typing import Any

from ministack.core.responses import error_response_json, get_account_id, get_region
from ministack.services import ecs

lock = threading.RLock()

Record = dict[str, Any]


class Refusal(Exception):
    """An API error to answer with; `members` are those that its shape has beside the message."""

    def __init__(self, code: str, message: str, **members: Any) -> None:
        super().__init__(message)
        self.code, self.members = code, members

    def response(self) -> Any:
        status, headers, body = error_response_json(self.code, str(self), 400)
        return status, headers, json.dumps(json.loads(body) | self.members).encode()


def now() -> float:
    """Seconds since 1970: what the JSON protocol carries for a timestamp."""
    return time.time()


def digits() -> str:
    """A number of 19 digits, as in `ecs-svc/1234567890123456789` and in the ARN of a service revision."""
    return str(secrets.randbelow(9 * 10**18) + 10**18)


def hexadecimal() -> str:
    return uuid.uuid4().hex


def arn(resource: str) -> str:
    return f"arn:aws:ecs:{get_region()}:{get_account_id()}:{resource}"


def cluster_named(reference: str | None) -> tuple[str, Record]:
    name = ecs._resolve_cluster_name(reference or "default")
    if name is None or name not in ecs._clusters or ecs._clusters[name]["status"] != "ACTIVE":
        raise Refusal("ClusterNotFoundException", "Cluster not found.")
    return name, ecs._clusters[name]


def find_service(cluster: str, reference: str) -> Record | None:
    resolved = ecs._resolve_service_ref(reference)
    if resolved is None or resolved[1] not in (None, cluster):
        return None
    return ecs._services.get(f"{cluster}/{resolved[0]}")


def service_named(cluster: str, reference: str) -> Record:
    service = find_service(cluster, reference)
    if service is None:
        raise Refusal("ServiceNotFoundException", "Service not found.")
    return service


def task_definition(reference: str | None) -> Record:
    """The task definition that `family`, `family:revision` or an ARN names: the newest ACTIVE one for a bare family."""
    key = ecs._resolve_td_key(reference or "")
    found = ecs._task_defs.get(key) if key else None
    if reference and ":" not in reference:
        of_family = [d for d in ecs._task_defs.values() if d["family"] == reference and d["status"] == "ACTIVE"]
        found = max(of_family, key=lambda d: d["revision"], default=None)
    if found is None:
        raise Refusal("ClientException", "TaskDefinition not found.")
    if found["status"] != "ACTIVE":
        raise Refusal("ClientException", "TaskDefinition is inactive")
    return found


def add_event(service: Record, message: str) -> None:
    """Puts an event in front; AWS keeps the newest 100."""
    service["events"] = [{"id": str(uuid.uuid4()), "createdAt": now(), "message": message}, *service["events"]][:100]


def page(items: list[Any], data: Record, default: int, most: int) -> tuple[list[Any], str | None]:
    """One page of a list by `maxResults` and `nextToken`."""
    size = int(data.get("maxResults") or default)
    if not 1 <= size <= most:
        raise Refusal("InvalidParameterException", f"maxResults must be between 1 and {most}.")
    token = data.get("nextToken") or "0"
    if not token.isdigit():
        raise Refusal("InvalidParameterException", "Invalid token.")
    start = int(token)
    following = start + size
    return items[start:following], str(following) if following < len(items) else None
