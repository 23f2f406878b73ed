"""The API of service deployments and service revisions, which ministack answers with empty lists."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ministack.core.responses import json_response
from ministack.services import ecs

from truthful_aws import ecs_rollouts as rollouts
from truthful_aws import ecs_shifted_rollouts as shifted
from truthful_aws import ecs_store as store
from truthful_aws.ecs_rollouts import Revision, ServiceDeployment
from truthful_aws.ecs_store import Record, Refusal


def _services() -> list[Record]:
    return [service for service in ecs._services.values() if service["status"] != "INACTIVE"]


def _find(arn: str) -> tuple[Record, ServiceDeployment] | None:
    for service in _services():
        for deployment in service["_service_deployments"]:
            if deployment.arn == arn:
                return service, deployment
    return None


def list_service_deployments(data: Record) -> Any:
    name, _ = store.cluster_named(data.get("cluster"))
    service = store.service_named(name, data.get("service", ""))
    wanted = data.get("status") or []
    created = data.get("createdAt") or {}
    after, before = _moment(created.get("after")), _moment(created.get("before"))
    found = [
        deployment
        for deployment in reversed(service["_service_deployments"])
        if (not wanted or deployment.status in wanted)
        and (after is None or deployment.created_at > after)
        and (before is None or deployment.created_at < before)
    ]
    found, following = store.page(found, data, 20, 100)
    briefs = []
    for deployment in found:
        full = _view(service, deployment)
        brief = {
            key: full[key]
            for key in (
                "serviceDeploymentArn",
                "serviceArn",
                "clusterArn",
                "startedAt",
                "createdAt",
                "finishedAt",
                "status",
                "statusReason",
            )
            if key in full
        }
        brief["targetServiceRevisionArn"] = deployment.target.arn
        briefs.append(brief)
    return json_response({"serviceDeployments": briefs, **({"nextToken": following} if following else {})})


def _moment(value: Any) -> float | None:
    if value is None or isinstance(value, (int, float)):
        return value
    try:
        return datetime.fromisoformat(str(value).replace("Z", "+00:00")).timestamp()
    except ValueError:
        raise Refusal("InvalidParameterException", f"Invalid timestamp: {value}") from None


def describe_service_deployments(data: Record) -> Any:
    arns = data.get("serviceDeploymentArns") or []
    if not 1 <= len(arns) <= 20:
        raise Refusal("InvalidParameterException", "serviceDeploymentArns must have between 1 and 20 items.")
    found, failures = [], []
    for arn in arns:
        match = _find(arn)
        if match is None:
            failures.append({"arn": arn, "reason": "MISSING"})
        else:
            found.append(_view(*match))
    return json_response({"serviceDeployments": found, "failures": failures})


def describe_service_revisions(data: Record) -> Any:
    arns = data.get("serviceRevisionArns") or []
    if not 1 <= len(arns) <= 20:
        raise Refusal("InvalidParameterException", "serviceRevisionArns must have between 1 and 20 items.")
    found, failures = [], []
    for arn in arns:
        service = next((s for s in _services() if arn in s["_revisions"]), None)
        if service is None:
            failures.append({"arn": arn, "reason": "MISSING"})
        else:
            found.append(_revision_view(service, service["_revisions"][arn]))
    return json_response({"serviceRevisions": found, "failures": failures})


def stop_service_deployment(data: Record) -> Any:
    arn = data.get("serviceDeploymentArn", "")
    kind = data.get("stopType") or "ROLLBACK"
    if kind not in ("ABORT", "ROLLBACK"):
        raise Refusal("InvalidParameterException", f"Invalid stopType: {kind}.")
    match = _find(arn)
    if match is None:
        raise Refusal("ServiceDeploymentNotFoundException", f"Service deployment {arn} not found.")
    _, deployment = match
    if deployment.status not in ("PENDING", "IN_PROGRESS"):
        raise Refusal("ConflictException", f"The service deployment is {deployment.status} and cannot be stopped.")
    if deployment.status == "PENDING":
        deployment.started_at = store.now()
    deployment.move(
        "STOP_REQUESTED" if kind == "ABORT" else "ROLLBACK_REQUESTED",
        "Service deployment stop was requested by the user.",
    )
    return json_response({"serviceDeploymentArn": arn})


def continue_service_deployment(data: Record) -> Any:
    arn = data.get("serviceDeploymentArn", "")
    action = data.get("action") or "CONTINUE"
    if action not in ("CONTINUE", "ROLLBACK"):
        raise Refusal("InvalidParameterException", f"Invalid action: {action}.")
    match = _find(arn)
    if match is None:
        raise Refusal("ServiceDeploymentNotFoundException", f"Service deployment {arn} not found.")
    lifecycle = match[1].lifecycle
    hook = next((h for h in lifecycle.hooks if h.id == data.get("hookId")), None) if lifecycle else None
    if hook is None or hook.target_type != "PAUSE":
        raise Refusal("InvalidParameterException", "The service deployment has no paused lifecycle hook of this ID.")
    if match[1].status != "IN_PROGRESS" or hook.status != "AWAITING_ACTION":
        raise Refusal(
            "ClientException", f"The service deployment is {match[1].status} and its hook {hook.status}: nothing waits."
        )
    hook.status = "SUCCEEDED" if action == "CONTINUE" else "FAILED"
    return json_response({"serviceDeploymentArn": arn})


def _summary(service: Record, deployment: ServiceDeployment, revision: Revision) -> Record:
    requested = running = pending = 0
    for rollout in service["_rollouts"]:
        if rollout.revision is revision:
            more = rollouts.counts(rollouts.tasks_of(service, rollout))
            running, pending = running + more[0], pending + more[1]
            requested += shifted.requested(service, rollout) if service["status"] == "ACTIVE" else 0
    view = {
        "arn": revision.arn,
        "requestedTaskCount": requested,
        "runningTaskCount": running,
        "pendingTaskCount": pending,
    }
    lifecycle = deployment.lifecycle
    if lifecycle:
        is_target, serves = revision is deployment.target, revision is deployment.served
        for name, percent in (
            ("requestedTestTrafficWeight", lifecycle.test),
            ("requestedProductionTrafficWeight", lifecycle.production),
        ):
            view[name] = percent if is_target else 100.0 - percent if serves else 0.0
    return view


def _view(service: Record, deployment: ServiceDeployment) -> Record:
    view: Record = {
        "serviceDeploymentArn": deployment.arn,
        "serviceArn": service["serviceArn"],
        "clusterArn": service["clusterArn"],
        "createdAt": deployment.created_at,
        "updatedAt": deployment.updated_at,
        "sourceServiceRevisions": [_summary(service, deployment, revision) for revision in deployment.sources],
        "targetServiceRevision": _summary(service, deployment, deployment.target),
        "status": deployment.status,
        "deploymentConfiguration": deployment.configuration,
        "deploymentCircuitBreaker": {
            "status": _monitor(
                deployment,
                (deployment.configuration.get("deploymentCircuitBreaker") or {}).get("enable"),
                deployment.breaker_triggered,
            ),
            "failureCount": deployment.failures,
            "threshold": deployment.threshold,
        },
        "alarms": {
            "status": _monitor(deployment, bool(deployment.alarm_names), bool(deployment.triggered_alarms)),
            "alarmNames": deployment.alarm_names,
            "triggeredAlarmNames": deployment.triggered_alarms,
        },
    }
    optional = {
        "startedAt": deployment.started_at,
        "finishedAt": deployment.finished_at,
        "stoppedAt": deployment.stopped_at,
        "statusReason": deployment.reason,
        "rollback": deployment.rollback,
    }
    if deployment.lifecycle:
        stage = deployment.lifecycle.stage
        optional["lifecycleStage"] = stage.name if stage else None
        optional["lifecycleHookDetails"] = [hook.view() for hook in deployment.lifecycle.hooks]
    return view | {key: value for key, value in optional.items() if value}


def _monitor(deployment: ServiceDeployment, enabled: bool | None, triggered: bool) -> str:
    if not enabled:
        return "DISABLED"
    if triggered:
        return "TRIGGERED"
    return "MONITORING_COMPLETE" if deployment.is_finished else "MONITORING"


def _revision_view(service: Record, revision: Revision) -> Record:
    definition = ecs._task_defs[ecs._resolve_td_key(revision.configuration["taskDefinition"])]
    digests = service["_revision_digests"].get(revision.arn, {})
    images = []
    for container in definition["containerDefinitions"]:
        image = {"containerName": container["name"], "image": container["image"]}
        if container["name"] in digests:
            image["imageDigest"] = digests[container["name"]]
        images.append(image)
    return {
        "serviceRevisionArn": revision.arn,
        "serviceArn": service["serviceArn"],
        "clusterArn": service["clusterArn"],
        "createdAt": revision.created_at,
        "guardDutyEnabled": False,
        "containerImages": images,
        **revision.configuration,
        **_resolved(revision),
    }


def _resolved(revision: Revision) -> Record:
    """The target group that the revision serves in, which changes from one to the other with each shifted deployment."""
    balancers = []
    for balancer in revision.balancers:
        rule = (balancer.get("advancedConfiguration") or {}).get("productionListenerRule")
        balancers.append(
            {"targetGroupArn": balancer["targetGroupArn"], **({"productionListenerRule": rule} if rule else {})}
        )
    return {"resolvedConfiguration": {"loadBalancers": balancers}} if balancers else {}
