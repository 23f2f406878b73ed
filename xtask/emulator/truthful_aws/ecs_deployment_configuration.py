"""The deployment configuration of a service: AWS's defaults, what UpdateService leaves unchanged, and what is refused.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
"""

from __future__ import annotations

import copy

from truthful_aws.ecs_lifecycle_stages import SHIFTING
from truthful_aws.ecs_store import Record, Refusal

STRATEGIES = ("ROLLING", *SHIFTING)
HOOK_STAGES = (
    "RECONCILE_SERVICE",
    "PRE_SCALE_UP",
    "POST_SCALE_UP",
    "TEST_TRAFFIC_SHIFT",
    "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT",
    "PRODUCTION_TRAFFIC_SHIFT",
    "POST_PRODUCTION_TRAFFIC_SHIFT",
)
NOT_FOR_PAUSE = ("TEST_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT")
LONGEST_BAKE = 1440  # minutes
LONGEST_WAIT = 20160  # minutes of a hook
# Which member belongs to one strategy alone, its defaults, and the smallest percentage.
OF_STRATEGY = {
    "CANARY": ("canaryConfiguration", "canaryPercent", 5.0, "canaryBakeTimeInMinutes", 10, 0.1),
    "LINEAR": ("linearConfiguration", "stepPercent", 10.0, "stepBakeTimeInMinutes", 6, 3.0),
}
THRESHOLDS = ("BOUNDED_PERCENT", "UNBOUNDED_PERCENT", "COUNT")


def _refuse(message: str) -> Refusal:
    return Refusal("InvalidParameterException", message)


def merged(given: Record | None, before: Record | None = None) -> Record:
    """What a service has after a call that gives this: an absent member stays as it was, or is AWS's default."""
    given = copy.deepcopy(given or {})
    base = copy.deepcopy(before) or {
        "deploymentCircuitBreaker": {"enable": False, "rollback": False},
        "maximumPercent": 200,
        "minimumHealthyPercent": 100,
        "strategy": "ROLLING",
        "bakeTimeInMinutes": 0,
    }
    strategy = given.get("strategy") or base["strategy"]
    if strategy not in STRATEGIES:
        raise _refuse(f"Invalid deployment strategy: {strategy}. Valid values are {', '.join(STRATEGIES)}.")
    if strategy == "BLUE_GREEN" and base["strategy"] != strategy and given.get("bakeTimeInMinutes") is None:
        raise _refuse("bakeTimeInMinutes is required when you use the BLUE_GREEN deployment strategy.")
    if strategy != base["strategy"]:  # what only the former strategy has goes with it
        for name, *_ in OF_STRATEGY.values():
            base.pop(name, None)
        if strategy == "ROLLING":
            base.pop("lifecycleHooks", None)
    configuration = base | {name: value for name, value in given.items() if value is not None}
    _check_percentages(configuration)
    _check_breaker(configuration)
    _check_shift(configuration)
    _check_hooks(configuration)
    return configuration


def _check_percentages(configuration: Record) -> None:
    minimum, maximum = int(configuration["minimumHealthyPercent"]), int(configuration["maximumPercent"])
    if maximum < 100 or minimum < 0 or (minimum >= 100 and maximum <= 100):
        raise _refuse(
            "The deployment configuration does not allow the scheduler to start or stop tasks: check minimumHealthyPercent and maximumPercent."
        )


def _check_breaker(configuration: Record) -> None:
    threshold = configuration["deploymentCircuitBreaker"].get("thresholdConfiguration")
    if threshold and (threshold.get("type") not in THRESHOLDS or int(threshold.get("value") or 0) < 1):
        raise _refuse(f"Invalid thresholdConfiguration: type is one of {', '.join(THRESHOLDS)}, value at least 1.")
    alarms = configuration.get("alarms")
    if alarms and alarms.get("enable") and not alarms.get("alarmNames"):
        raise _refuse("alarmNames must not be empty when alarms are enabled.")


def _check_shift(configuration: Record) -> None:
    if not 0 <= int(configuration["bakeTimeInMinutes"]) <= LONGEST_BAKE:
        raise _refuse(f"bakeTimeInMinutes must be between 0 and {LONGEST_BAKE}.")
    for strategy, (name, percent, usual, bake, minutes, least) in OF_STRATEGY.items():
        if configuration["strategy"] != strategy:
            if name in configuration:
                raise _refuse(f"{name} is only valid for the deployment strategy {strategy}.")
            continue
        settings = configuration[name] = {percent: usual, bake: minutes} | configuration.get(name, {})
        value = float(settings[percent])
        if not least <= value <= 100 or round(value * 10) != round(value * 10, 6):
            raise _refuse(f"{percent} must be a multiple of 0.1 between {least} and 100.0.")
        if not 0 <= int(settings[bake]) <= LONGEST_BAKE:
            raise _refuse(f"{bake} must be between 0 and {LONGEST_BAKE}.")


def _check_hooks(configuration: Record) -> None:
    hooks = configuration.get("lifecycleHooks") or []
    if hooks and configuration["strategy"] == "ROLLING":
        raise _refuse("Lifecycle hooks are not supported for the deployment strategy ROLLING.")
    for hook in hooks:
        kind = hook.setdefault("targetType", "AWS_LAMBDA")
        stages = hook.get("lifecycleStages") or []
        wrong = [stage for stage in stages if stage not in HOOK_STAGES]
        if not stages or wrong:
            raise _refuse(f"Invalid lifecycleStages {stages}: valid values are {', '.join(HOOK_STAGES)}.")
        match kind:
            case "PAUSE":
                if any(stage in NOT_FOR_PAUSE for stage in stages):
                    raise _refuse(f"PAUSE hooks cannot be configured at {' or '.join(NOT_FOR_PAUSE)}.")
                if hook.get("hookTargetArn") or hook.get("roleArn"):
                    raise _refuse("hookTargetArn and roleArn are not applicable for PAUSE hooks.")
            case "AWS_LAMBDA":
                if not hook.get("hookTargetArn") or not hook.get("roleArn"):
                    raise _refuse("hookTargetArn and roleArn are required for AWS_LAMBDA hooks.")
            case _:
                raise _refuse(f"Invalid targetType: {kind}. Valid values are AWS_LAMBDA, PAUSE.")
        timeout = hook["timeoutConfiguration"] = {"timeoutInMinutes": 1440, "action": "ROLLBACK"} | (
            hook.get("timeoutConfiguration") or {}
        )
        if not 1 <= int(timeout["timeoutInMinutes"]) <= LONGEST_WAIT or timeout["action"] not in (
            "ROLLBACK",
            "CONTINUE",
        ):
            raise _refuse(f"A hook's timeout is 1 to {LONGEST_WAIT} minutes, its action ROLLBACK or CONTINUE.")
