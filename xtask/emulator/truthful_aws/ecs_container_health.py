"""A container's own health check, as its definition says: HEALTHY with the first success, UNHEALTHY after so many failures.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
"""

from __future__ import annotations

from dataclasses import dataclass

from truthful_aws.ecs_store import Record
from truthful_aws.speed import seconds

DEFAULTS = {"interval": 30, "timeout": 5, "retries": 3}


@dataclass
class ContainerHealth:
    interval: float
    retries: int
    lenient_until: float  # failures in the start period do not count
    next_at: float
    failures: int = 0
    status: str = "UNKNOWN"

    @classmethod
    def begun(cls, definition: Record, now: float) -> ContainerHealth | None:
        """The check of a container that starts now; none if the container has none."""
        check = definition.get("healthCheck")
        if not check:
            return None
        settings = DEFAULTS | check
        interval = seconds(float(settings["interval"]))
        return cls(
            interval, int(settings["retries"]), now + seconds(float(check.get("startPeriod") or 0)), now + interval
        )

    def record(self, passed: bool, now: float) -> None:
        self.next_at = now + self.interval
        if passed:
            self.failures, self.status = 0, "HEALTHY"
        elif now >= self.lenient_until or self.status == "HEALTHY":
            self.failures += 1
            if self.failures >= self.retries:
                self.status = "UNHEALTHY"


def of_task(task: Record) -> str:
    """What a task's health is by its essential containers that are checked."""
    checked = [
        container["healthStatus"]
        for container, definition in zip(task["containers"], task["_definition"]["containerDefinitions"], strict=True)
        if definition.get("healthCheck") and definition.get("essential", True)
    ]
    if "UNHEALTHY" in checked:
        return "UNHEALTHY"
    return "HEALTHY" if checked and all(status == "HEALTHY" for status in checked) else "UNKNOWN"


def is_checked(definition: Record) -> bool:
    """Whether a task definition has a health check that decides about its tasks."""
    return any(c.get("healthCheck") and c.get("essential", True) for c in definition["containerDefinitions"])
