"""Application Auto Scaling, which ministack lacks: scalable targets, policies and scheduled actions are kept; nothing scales."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

from ministack import app
from ministack.core import router
from ministack.core.responses import error_response_json, get_account_id, get_region, json_response, now_epoch
from ministack.services import cloudwatch, ecs

from truthful_aws import application_auto_scaling_actions as actions
from truthful_aws import application_auto_scaling_policies as policies
from truthful_aws import application_auto_scaling_store as store
from truthful_aws import patch
from truthful_aws.application_auto_scaling_store import Record, Refused, invalid

NAME = "application-autoscaling"
PREFIX = "AnyScaleFrontendService"


def _check_service(data: Record) -> None:
    """The service must be there when its target is registered; the target outlives it."""
    if data["ServiceNamespace"] != "ecs":
        return
    kind, _, path = data.get("ResourceId", "").partition("/")
    service = ecs._services.get(path) if kind == "service" else None
    if data.get("ScalableDimension") != "ecs:service:DesiredCount":
        raise invalid(f"Unsupported scalable dimension for ECS: {data.get('ScalableDimension')}")
    if service is None or service["status"] != "ACTIVE":
        raise invalid(f"ECS service doesn't exist: {data.get('ResourceId')}")


def register_scalable_target(data: Record) -> Record:
    target = store.targets.get(store.key(data))
    if target is None:
        _check_service(data)
        if "MinCapacity" not in data or "MaxCapacity" not in data:
            raise invalid("MinCapacity and MaxCapacity must be specified when registering a new scalable target.")
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
    changed = {**target, **{name: data[name] for name in ("MinCapacity", "MaxCapacity") if data.get(name) is not None}}
    changed["SuspendedState"] = target["SuspendedState"] | (data.get("SuspendedState") or {})
    if changed["MinCapacity"] > changed["MaxCapacity"]:
        raise invalid("Maximum capacity cannot be less than minimum capacity")
    store.targets[store.key(data)] = changed
    if data.get("Tags"):
        store.tags[changed["ScalableTargetARN"]] = {**store.tags.get(changed["ScalableTargetARN"], {}), **data["Tags"]}
    return {"ScalableTargetARN": changed["ScalableTargetARN"]}


def describe_scalable_targets(data: Record) -> Record:
    ids = data.get("ResourceIds")
    found = [target for target in store.matching(store.targets, data) if not ids or target["ResourceId"] in ids]
    return store.page("ScalableTargets", found, data)


def deregister_scalable_target(data: Record) -> Record:
    """With a scalable target its policies, their alarms and its scheduled actions go."""
    target = store.target(data)
    policies.delete_all(store.key(data))
    actions.delete_all(store.key(data))
    store.tags.pop(target["ScalableTargetARN"], None)
    del store.targets[store.key(data)]
    return {}


def describe_scaling_activities(data: Record) -> Record:
    """Nothing scales, so there are none."""
    return store.page("ScalingActivities", [], data)


def _tagged(data: Record) -> str:
    arn = data.get("ResourceARN", "")
    if not any(target["ScalableTargetARN"] == arn for target in store.targets.values()):
        raise Refused("ResourceNotFoundException", f"The resource {arn} was not found")
    return arn


def list_tags_for_resource(data: Record) -> Record:
    return {"Tags": store.tags.get(_tagged(data), {})}


def tag_resource(data: Record) -> Record:
    arn = _tagged(data)
    store.tags[arn] = {**store.tags.get(arn, {}), **data["Tags"]}
    return {}


def untag_resource(data: Record) -> Record:
    arn = _tagged(data)
    store.tags[arn] = {key: value for key, value in store.tags.get(arn, {}).items() if key not in data["TagKeys"]}
    return {}


ACTIONS: dict[str, Callable[[Record], Record]] = {
    "RegisterScalableTarget": register_scalable_target,
    "DescribeScalableTargets": describe_scalable_targets,
    "DeregisterScalableTarget": deregister_scalable_target,
    "PutScalingPolicy": policies.put_scaling_policy,
    "DescribeScalingPolicies": policies.describe_scaling_policies,
    "DeleteScalingPolicy": policies.delete_scaling_policy,
    "PutScheduledAction": actions.put_scheduled_action,
    "DescribeScheduledActions": actions.describe_scheduled_actions,
    "DeleteScheduledAction": actions.delete_scheduled_action,
    "DescribeScalingActivities": describe_scaling_activities,
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
    except Refused as refusal:
        return error_response_json(refusal.code, str(refusal), 400)


def install() -> None:
    handlers = patch.original(app, "SERVICE_HANDLERS")
    patterns = patch.original(router, "SERVICE_PATTERNS")
    if NAME in handlers or NAME in patterns:
        raise patch.PatchError(
            "ministack has application-autoscaling by itself now: drop this module or make it a replacement"
        )
    for name in ("_put_metric_alarm", "_delete_alarms"):
        patch.original(cloudwatch, name)
    handlers[NAME] = handle_request
    patterns[NAME] = {"target_prefixes": [PREFIX], "credential_scope": NAME}
