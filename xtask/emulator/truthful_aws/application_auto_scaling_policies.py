"""Scaling policies. A target tracking policy makes the CloudWatch alarms that it works with, and takes them with it.

https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
"""

from __future__ import annotations

import uuid

from ministack.core.responses import get_account_id, get_region, now_epoch
from ministack.services import cloudwatch

from truthful_aws import application_auto_scaling_store as store
from truthful_aws.application_auto_scaling_store import Record, Refused, invalid

CONFIGURATIONS = {
    "StepScaling": "StepScalingPolicyConfiguration",
    "TargetTrackingScaling": "TargetTrackingScalingPolicyConfiguration",
}
ADJUSTMENTS = ("ChangeInCapacity", "PercentChangeInCapacity", "ExactCapacity")
OF_ECS = {
    "ECSServiceAverageCPUUtilization": "CPUUtilization",
    "ECSServiceAverageMemoryUtilization": "MemoryUtilization",
    "ECSServiceAverageCPUUtilizationHighResolution": "CPUUtilization",
    "ECSServiceAverageMemoryUtilizationHighResolution": "MemoryUtilization",
}
REQUESTS = "ALBRequestCountPerTarget"


def put_scaling_policy(data: Record) -> Record:
    store.target(data)
    kind = data.get("PolicyType", "StepScaling")
    if kind not in CONFIGURATIONS:
        raise invalid(f"The policy type {kind} is not modelled by this emulator; {', '.join(CONFIGURATIONS)} are.")
    configuration = data.get(CONFIGURATIONS[kind])
    if not configuration or any(data.get(c) for k, c in CONFIGURATIONS.items() if k != kind):
        raise invalid(f"A policy of the type {kind} has a {CONFIGURATIONS[kind]} and no other configuration.")
    key = f"{store.key(data)}|{data['PolicyName']}"
    before = store.policies.get(key)
    if before and before["PolicyType"] != kind:
        raise invalid("The type of a scaling policy cannot be changed.")
    metric = _metric(configuration, data) if kind == "TargetTrackingScaling" else _check_steps(configuration)
    policy = before or {
        "PolicyARN": f"arn:aws:autoscaling:{get_region()}:{get_account_id()}:scalingPolicy:{uuid.uuid4()}:resource/{data['ServiceNamespace']}/{data['ResourceId']}:policyName/{data['PolicyName']}",
        "CreationTime": now_epoch(),
        "Alarms": [],
    }
    policy = {**policy, **data, "PolicyType": kind}
    if metric:
        policy["Alarms"] = _put_alarms(policy, configuration, metric)
    store.policies[key] = policy
    return {"PolicyARN": policy["PolicyARN"], "Alarms": policy["Alarms"]}


def _check_steps(configuration: Record) -> None:
    if configuration.get("AdjustmentType") not in ADJUSTMENTS:
        raise invalid(f"AdjustmentType must be one of {', '.join(ADJUSTMENTS)}.")
    if not configuration.get("StepAdjustments"):
        raise invalid("A step scaling policy needs StepAdjustments.")


def _metric(configuration: Record, data: Record) -> Record:
    """What the alarms look at, in the members of PutMetricAlarm."""
    predefined = configuration.get("PredefinedMetricSpecification")
    customized = configuration.get("CustomizedMetricSpecification")
    if bool(predefined) == bool(customized) or not configuration.get("TargetValue"):
        raise invalid(
            "A target tracking policy has a TargetValue and either a PredefinedMetricSpecification or a CustomizedMetricSpecification."
        )
    if customized:
        if customized.get("Metrics"):
            return {"Metrics": customized["Metrics"]}
        return {n: customized[n] for n in ("MetricName", "Namespace", "Dimensions", "Statistic") if n in customized}
    kind, label = predefined.get("PredefinedMetricType"), predefined.get("ResourceLabel")
    if kind == REQUESTS:
        if not label or "/targetgroup/" not in label:
            raise invalid(f"The predefined metric type {REQUESTS} needs a resource label.")
        group = "targetgroup/" + label.split("/targetgroup/")[1]
        return {
            "MetricName": "RequestCountPerTarget",
            "Namespace": "AWS/ApplicationELB",
            "Dimensions": [{"Name": "TargetGroup", "Value": group}],
            "Statistic": "Sum",
        }
    if data["ServiceNamespace"] == "ecs" and kind in OF_ECS:
        _, cluster, service = data["ResourceId"].split("/")
        dimensions = [{"Name": "ClusterName", "Value": cluster}, {"Name": "ServiceName", "Value": service}]
        return {"MetricName": OF_ECS[kind], "Namespace": "AWS/ECS", "Dimensions": dimensions, "Statistic": "Average"}
    if data["ServiceNamespace"] == "ecs":
        raise invalid(f"Invalid predefined metric type for ECS: {kind}")
    return {"MetricName": kind, "Namespace": f"AWS/{data['ServiceNamespace']}", "Statistic": "Average"}


def _put_alarms(policy: Record, configuration: Record, metric: Record) -> list[Record]:
    """Alarms that a policy has keep their names when it is put again."""
    target = float(configuration["TargetValue"])
    names = {alarm["AlarmName"].rsplit("-Alarm", 1)[1][:3]: alarm["AlarmName"] for alarm in policy["Alarms"]}
    sides = [("High", "GreaterThanThreshold", 3, target)]
    if not configuration.get("DisableScaleIn"):
        sides.append(("Low", "LessThanThreshold", 15, target * 0.9))
    alarms = []
    for side, operator, periods, threshold in sides:
        name = names.get(side[:3]) or f"TargetTracking-{policy['ResourceId']}-Alarm{side}-{uuid.uuid4()}"
        request = {
            "AlarmName": name,
            "AlarmDescription": f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy['PolicyARN']}.",
            "AlarmActions": [policy["PolicyARN"]],
            "ComparisonOperator": operator,
            "EvaluationPeriods": periods,
            "Threshold": threshold,
            "ActionsEnabled": True,
            **metric,
            **({} if "Metrics" in metric else {"Period": 60}),
        }
        cloudwatch._put_metric_alarm({}, request, False, True)
        arn = f"arn:aws:cloudwatch:{get_region()}:{get_account_id()}:alarm:{name}"
        alarms.append({"AlarmName": name, "AlarmARN": arn})
    _delete_alarms([alarm for alarm in policy["Alarms"] if alarm not in alarms])
    return alarms


def _delete_alarms(alarms: list[Record]) -> None:
    if alarms:
        cloudwatch._delete_alarms({}, {"AlarmNames": [alarm["AlarmName"] for alarm in alarms]}, False, True)


def describe_scaling_policies(data: Record) -> Record:
    names = data.get("PolicyNames")
    found = [p for p in store.matching(store.policies, data) if not names or p["PolicyName"] in names]
    return store.page("ScalingPolicies", found, data)


def delete_scaling_policy(data: Record) -> Record:
    policy = store.policies.pop(f"{store.key(data)}|{data['PolicyName']}", None)
    if policy is None:
        raise Refused("ObjectNotFoundException", f"No scaling policy found for {data['PolicyName']}")
    _delete_own_alarms(policy)
    return {}


def _delete_own_alarms(policy: Record) -> None:
    if policy["PolicyType"] == "TargetTrackingScaling":
        _delete_alarms(policy["Alarms"])


def delete_all(key: str) -> None:
    """Those of a scalable target that goes."""
    for name in [name for name in store.policies if name.startswith(f"{key}|")]:
        _delete_own_alarms(store.policies.pop(name))
