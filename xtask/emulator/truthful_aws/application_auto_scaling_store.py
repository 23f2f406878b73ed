"""What the modules of Application Auto Scaling share: their records, refusals and pages."""

from __future__ import annotations

from typing import Any

from ministack.core.responses import AccountRegionScopedDict

Record = dict[str, Any]

NAMESPACES = (
    "ecs",
    "elasticmapreduce",
    "ec2",
    "appstream",
    "dynamodb",
    "rds",
    "sagemaker",
    "custom-resource",
    "comprehend",
    "lambda",
    "cassandra",
    "kafka",
    "elasticache",
    "neptune",
    "workspaces",
)

targets = AccountRegionScopedDict()  # key -> scalable target
policies = AccountRegionScopedDict()  # key + policy name -> policy
actions = AccountRegionScopedDict()  # key + action name -> scheduled action
tags = AccountRegionScopedDict()  # ARN of a scalable target -> tags


class Refused(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def invalid(message: str) -> Refused:
    return Refused("ValidationException", message)


def key(data: Record) -> str:
    if data.get("ServiceNamespace") not in NAMESPACES:
        raise invalid(f"Invalid service namespace: {data.get('ServiceNamespace')}")
    return "|".join(str(data.get(name, "")) for name in ("ServiceNamespace", "ResourceId", "ScalableDimension"))


def target(data: Record) -> Record:
    found = targets.get(key(data))
    if found is None:
        raise Refused(
            "ObjectNotFoundException",
            f"No scalable target found for service namespace: {data.get('ServiceNamespace')}, resource ID: {data.get('ResourceId')}, scalable dimension: {data.get('ScalableDimension')}",
        )
    return found


def matching(stored: AccountRegionScopedDict, data: Record) -> list[Record]:
    """Records of the namespace, and of the resource and the dimension if they are given."""
    if data.get("ServiceNamespace") not in NAMESPACES:
        raise invalid(f"Invalid service namespace: {data.get('ServiceNamespace')}")
    if data.get("ScalableDimension") and not (data.get("ResourceId") or data.get("ResourceIds")):
        raise invalid("If you specify a scalable dimension, you must also specify a resource ID.")
    return [
        record
        for record in stored.values()
        if record["ServiceNamespace"] == data["ServiceNamespace"]
        and data.get("ResourceId") in (None, record["ResourceId"])
        and data.get("ScalableDimension") in (None, record["ScalableDimension"])
    ]


def page(name: str, records: list[Record], data: Record) -> Record:
    """One page: 50 at most."""
    size = data.get("MaxResults") or 50
    if not 1 <= size <= 50:
        raise invalid("MaxResults must be between 1 and 50.")
    token = data.get("NextToken") or "0"
    if not token.isdigit():
        raise Refused("InvalidNextTokenException", "The next token is invalid.")
    end = int(token) + size
    return {name: records[int(token) : end], **({"NextToken": str(end)} if end < len(records) else {})}
