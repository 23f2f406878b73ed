"""Application Auto Scaling, which ministack lacks: scalable targets and policies are kept; nothing scales by itself."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

from ministack import app
from ministack.core import router
from ministack.core.responses import (
    AccountRegionScopedDict,
    error_response_json,
    get_account_id,
    get_region,
    json_response,
    now_epoch,
)

from truthful_aws import patch

NAME = "application-autoscaling"
PREFIX = "AnyScaleFrontendService"

Record = dict[str, Any]

_targets = AccountRegionScopedDict()  # key -> scalable target
_policies = AccountRegionScopedDict()  # key + policy name -> policy
_tags = AccountRegionScopedDict()  # ARN of a scalable target -> tags


class _Refused(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def _key(data: Record) -> str:
    return "|".join(str(data.get(name, "")) for name in ("ServiceNamespace", "ResourceId", "ScalableDimension"))


def _target(data: Record) -> Record:
    target = _targets.get(_key(data))
    if target is None:
        raise _Refused(
            "ObjectNotFoundException",
            f"No scalable target found for service namespace: {data.get('ServiceNamespace')}, resource ID: {data.get('ResourceId')}, scalable dimension: {data.get('ScalableDimension')}",
        )
    return target


def register_scalable_target(data: Record) -> Record:
    target = _targets.get(_key(data))
    if target is None:
        if "MinCapacity" not in data or "MaxCapacity" not in data:
            raise _Refused(
                "ValidationException",
                "MinCapacity and MaxCapacity must be specified when registering a new scalable target.",
            )
        role = "ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService"
        target = {
            **{name: data[name] for name in ("ServiceNamespace", "ResourceId", "ScalableDimension")},
            "RoleARN": data.get("RoleARN") or f"arn:aws:iam::{get_account_id()}:role/aws-service-role/{role}",
            "SuspendedState": dict.fromkeys(
                ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended"), False
            ),
            "CreationTime": now_epoch(),
            "ScalableTargetARN": f"arn:aws:application-autoscaling:{get_region()}:{get_account_id()}:scalable-target/{uuid.uuid4().hex[:24]}",
        }
    changed = {
        **target,
        **{name: data[name] for name in ("MinCapacity", "MaxCapacity", "SuspendedState") if name in data},
    }
    if changed["MinCapacity"] > changed["MaxCapacity"]:
        raise _Refused("ValidationException", "Maximum capacity cannot be less than minimum capacity")
    _targets[_key(data)] = changed
    if data.get("Tags"):
        _tags[changed["ScalableTargetARN"]] = {**_tags.get(changed["ScalableTargetARN"], {}), **data["Tags"]}
    return {"ScalableTargetARN": changed["ScalableTargetARN"]}


def describe_scalable_targets(data: Record) -> Record:
    ids = data.get("ResourceIds")
    return {
        "ScalableTargets": [
            target
            for target in _targets.values()
            if target["ServiceNamespace"] == data.get("ServiceNamespace")
            and (not ids or target["ResourceId"] in ids)
            and data.get("ScalableDimension") in (None, target["ScalableDimension"])
        ]
    }


def deregister_scalable_target(data: Record) -> Record:
    _target(data)
    for key in [key for key in _policies if key.startswith(_key(data) + "|")]:
        del _policies[key]
    del _targets[_key(data)]
    return {}


def put_scaling_policy(data: Record) -> Record:
    _target(data)
    key = f"{_key(data)}|{data['PolicyName']}"
    policy = _policies.get(key) or {
        "PolicyARN": f"arn:aws:autoscaling:{get_region()}:{get_account_id()}:scalingPolicy:{uuid.uuid4()}:resource/{data['ServiceNamespace']}/{data['ResourceId']}:policyName/{data['PolicyName']}",
        "CreationTime": now_epoch(),
        "Alarms": [],
    }
    _policies[key] = {**policy, **data}
    return {"PolicyARN": policy["PolicyARN"], "Alarms": policy["Alarms"]}


def describe_scaling_policies(data: Record) -> Record:
    names = data.get("PolicyNames")
    return {
        "ScalingPolicies": [
            policy
            for policy in _policies.values()
            if policy["ServiceNamespace"] == data.get("ServiceNamespace")
            and (not names or policy["PolicyName"] in names)
            and data.get("ResourceId") in (None, policy["ResourceId"])
            and data.get("ScalableDimension") in (None, policy["ScalableDimension"])
        ]
    }


def delete_scaling_policy(data: Record) -> Record:
    if _policies.pop(f"{_key(data)}|{data['PolicyName']}", None) is None:
        raise _Refused("ObjectNotFoundException", f"No scaling policy found for {data['PolicyName']}")
    return {}


def _tagged(data: Record) -> str:
    arn = data.get("ResourceARN", "")
    if not any(target["ScalableTargetARN"] == arn for target in _targets.values()):
        raise _Refused("ResourceNotFoundException", f"The resource {arn} was not found")
    return arn


def list_tags_for_resource(data: Record) -> Record:
    return {"Tags": _tags.get(_tagged(data), {})}


def tag_resource(data: Record) -> Record:
    arn = _tagged(data)
    _tags[arn] = {**_tags.get(arn, {}), **data["Tags"]}
    return {}


def untag_resource(data: Record) -> Record:
    arn = _tagged(data)
    _tags[arn] = {key: value for key, value in _tags.get(arn, {}).items() if key not in data["TagKeys"]}
    return {}


ACTIONS: dict[str, Callable[[Record], Record]] = {
    "RegisterScalableTarget": register_scalable_target,
    "DescribeScalableTargets": describe_scalable_targets,
    "DeregisterScalableTarget": deregister_scalable_target,
    "PutScalingPolicy": put_scaling_policy,
    "DescribeScalingPolicies": describe_scaling_policies,
    "DeleteScalingPolicy": delete_scaling_policy,
    "ListTagsForResource": list_tags_for_resource,
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
}


async def handle_request(_method: str, _path: str, headers: dict[str, str], body: bytes, _query: Any) -> Any:
    action = headers.get("x-amz-target", "").rpartition(".")[2]
    handler = ACTIONS.get(action)
    if handler is None:
        return error_response_json("UnknownOperationException", f"{action} is not modelled by this emulator", 400)
    try:
        return json_response(handler(json.loads(body or b"{}")))
    except _Refused as refusal:
        return error_response_json(refusal.code, str(refusal), 400)


def install() -> None:
    handlers = patch.original(app, "SERVICE_HANDLERS")
    patterns = patch.original(router, "SERVICE_PATTERNS")
    if NAME in handlers or NAME in patterns:
        raise patch.PatchError(
            "ministack has application-autoscaling by itself now: drop this module or make it a replacement"
        )
    handlers[NAME] = handle_request
    patterns[NAME] = {"target_prefixes": [PREFIX], "credential_scope": NAME}
