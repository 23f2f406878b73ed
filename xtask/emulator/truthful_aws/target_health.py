"""The state of every `ip` target: checked as its target group says, drained when it is deregistered.

A target is `initial` until its first checks decide, `healthy` after HealthyThresholdCount successes in a row, `unhealthy` after
UnhealthyThresholdCount failures in a row, `draining` for the group's deregistration delay after it left, `unused` while no
listener uses its group.
"""

from __future__ import annotations

import http.client
import ipaddress
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import alb

from truthful_aws import weighted_forwarding
from truthful_aws.speed import seconds

logger = logging.getLogger("truthful-aws.target-health")

Key = tuple[str, str, int]  # target group ARN, target id (an address), port


@dataclass(frozen=True)
class Outcome:
    """What one health check found."""

    passed: bool
    reason: str = ""
    description: str = ""


@dataclass
class Target:
    state: str = "initial"
    reason: str = "Elb.RegistrationInProgress"
    description: str = "Target registration is in progress"
    successes: int = 0
    failures: int = 0
    next_check: float = 0.0
    checking: bool = False
    drained_at: float = field(default=0.0)


_lock = threading.RLock()
_targets: dict[Key, Target] = {}
_probes = ThreadPoolExecutor(max_workers=16, thread_name_prefix="health-check")


def _nothing_modelled(_address: str, _port: int) -> None:
    return None


# What answers for an address that no socket does: the modelled tasks. None says that the address is not modelled.
modelled: Callable[[str, int], Outcome | None] = _nothing_modelled
# Addresses that the container engine gave to tasks of this emulator.
container_addresses: Callable[[], set[str]] = set


def port_of(target: dict[str, Any], group: dict[str, Any]) -> int:
    return int(target.get("Port") or group.get("Port") or 80)


def is_checked(group: dict[str, Any]) -> bool:
    return group.get("TargetType") == "ip" and group.get("Protocol", "HTTP") in ("HTTP", "HTTPS")


def groups_in_use() -> set[str]:
    """Target groups that a listener of the current account and region forwards to."""
    used: set[str] = set()
    for listener in list(alb._listeners.values()):
        used.update(_forwarded(listener.get("DefaultActions") or []))
    for rule in list(alb._rules.values()):
        used.update(_forwarded(rule.get("Actions") or []))
    return used


def _forwarded(actions: list[dict[str, Any]]) -> set[str]:
    return {arn for action in actions for arn in weighted_forwarding.weights(action)}


def get(group_arn: str, address: str, port: int) -> Target | None:
    with _lock:
        return _targets.get((group_arn, address, port))


def register(group_arn: str, address: str, port: int) -> None:
    """Adds a target to its group. Call within the account and region of the group."""
    with _lock:
        if group_arn not in alb._tgs:
            return
        registered = alb._targets.setdefault(group_arn, [])
        group = alb._tgs[group_arn]
        if not any(t["Id"] == address and port_of(t, group) == port for t in registered):
            alb._targets[group_arn] = [*registered, {"Id": address, "Port": port}]
        current = _targets.get((group_arn, address, port))
        if current is None or current.state == "draining":
            _targets[group_arn, address, port] = Target()


def deregister(group_arn: str, address: str, port: int) -> float:
    """Removes a target from its group; returns when its draining ends (0 when it was not registered)."""
    with _lock:
        if group_arn not in alb._tgs:
            return 0.0
        group = alb._tgs[group_arn]
        registered = alb._targets.get(group_arn, [])
        left = [t for t in registered if not (t["Id"] == address and port_of(t, group) == port)]
        if len(left) == len(registered):
            return 0.0
        alb._targets[group_arn] = left
        drained_at = time.monotonic() + seconds(_deregistration_delay(group_arn))
        _targets[group_arn, address, port] = Target(
            state="draining",
            reason="Target.DeregistrationInProgress",
            description="Target deregistration is in progress",
            drained_at=drained_at,
        )
        return drained_at


def draining(group_arn: str) -> list[tuple[str, int]]:
    with _lock:
        return [
            (key[1], key[2]) for key, target in _targets.items() if key[0] == group_arn and target.state == "draining"
        ]


def reset() -> None:
    with _lock:
        _targets.clear()


def _deregistration_delay(group_arn: str) -> float:
    for attribute in alb._tg_attrs.get(group_arn, []):
        if attribute["Key"] == "deregistration_delay.timeout_seconds":
            return float(attribute["Value"])
    return 300.0


def check_all(now: float) -> None:
    """Starts every check that is due, and forgets targets that are drained or whose group is gone."""
    present: set[Key] = set()
    for (account, region, group_arn), group in list(alb._tgs.all_items()):
        if not is_checked(group):
            continue
        with request_scope(account, region), _lock:
            used = group_arn in groups_in_use()
            for registered in list(alb._targets.get(group_arn, [])):
                key = (group_arn, registered["Id"], port_of(registered, group))
                present.add(key)
                target = _targets.setdefault(key, Target())
                if not used:
                    _set(
                        target,
                        "unused",
                        "Target.NotInUse",
                        "Target group is not configured to receive traffic from the load balancer",
                    )
                    target.successes = target.failures = 0
                elif target.state == "unused":
                    _targets[key] = Target()
                elif not target.checking and now >= target.next_check:
                    _start_check(key, target, group, now)
    with _lock:
        for key, target in list(_targets.items()):
            if target.state == "draining":
                if now >= target.drained_at:
                    del _targets[key]
            elif key not in present:
                del _targets[key]


def _start_check(key: Key, target: Target, group: dict[str, Any], now: float) -> None:
    target.next_check = now + max(0.02, seconds(group["HealthCheckIntervalSeconds"]))
    port = group.get("HealthCheckPort", "traffic-port")
    port = key[2] if port == "traffic-port" else int(port)
    outcome = modelled(key[1], port)
    if outcome is not None:
        _record(key, target, group, outcome)
        return
    target.checking = True

    def probe() -> None:
        outcome = _probe(key[1], port, group)
        with _lock:
            target.checking = False
            if _targets.get(key) is target and target.state != "draining":
                _record(key, target, group, outcome)

    _probes.submit(probe)


def _record(key: Key, target: Target, group: dict[str, Any], outcome: Outcome) -> None:
    if outcome.passed:
        target.successes, target.failures = target.successes + 1, 0
        if target.successes >= int(group["HealthyThresholdCount"]):
            _set(target, "healthy", "", "")
    else:
        target.successes, target.failures = 0, target.failures + 1
        if target.failures >= int(group["UnhealthyThresholdCount"]):
            if target.state != "unhealthy":
                logger.info(
                    "target %s:%s of %s is unhealthy: %s", key[1], key[2], key[0].split("/")[1], outcome.description
                )
            _set(target, "unhealthy", outcome.reason, outcome.description)
    if target.state == "initial":
        _set(target, "initial", "Elb.InitialHealthChecking", "Initial health checks in progress")


def _set(target: Target, state: str, reason: str, description: str) -> None:
    target.state, target.reason, target.description = state, reason, description


def may_be_reached(address: str) -> bool:
    """A stale or foreign address could lie outside this machine, and nothing here may send a packet there."""
    try:
        return ipaddress.ip_address(address).is_loopback or address in container_addresses()
    except ValueError:
        return False


def _probe(address: str, port: int, group: dict[str, Any]) -> Outcome:
    if not may_be_reached(address):
        return Outcome(False, "Target.Timeout", "Request timed out")
    # Below a second a busy machine, not the target, would decide.
    limit = max(1.0, seconds(group["HealthCheckTimeoutSeconds"]))
    connection = http.client.HTTPConnection(address, port, timeout=limit)
    try:
        connection.request("GET", group.get("HealthCheckPath") or "/", headers={"User-Agent": "ELB-HealthChecker/2.0"})
        status = connection.getresponse().status
    except TimeoutError:
        return Outcome(False, "Target.Timeout", "Request timed out")
    except (OSError, http.client.HTTPException):
        return Outcome(False, "Target.FailedHealthChecks", "Health checks failed")
    finally:
        connection.close()
    if matches(status, group.get("Matcher", {}).get("HttpCode", "200")):
        return Outcome(True)
    return Outcome(False, "Target.ResponseCodeMismatch", f"Health checks failed with these codes: [{status}]")


def matches(status: int, codes: str) -> bool:
    """Whether a status is among codes written as `200`, `200,302` or `200-299`."""
    for part in codes.split(","):
        first, _, last = part.strip().partition("-")
        if first.isdigit() and int(first) <= status <= int(last or first):
            return True
    return False


def _loop() -> None:
    while True:
        try:
            check_all(time.monotonic())
        except Exception:
            logger.exception("health checks")
        time.sleep(0.02)


def start() -> None:
    threading.Thread(target=_loop, daemon=True, name="target-health").start()
