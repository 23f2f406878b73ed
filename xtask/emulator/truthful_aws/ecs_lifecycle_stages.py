"""Through which stages a deployment goes whose traffic is shifted: BLUE_GREEN, CANARY, LINEAR.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-lifecycle-hooks.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from truthful_aws.ecs_lifecycle_hooks import Hook

SHIFTING = ("BLUE_GREEN", "CANARY", "LINEAR")


@dataclass(frozen=True)
class Stage:
    name: str
    # Percent of the production traffic that the new revision has from this stage on; None leaves it as it is.
    production: float | None = None
    minutes: float = 0.0  # how long the stage lasts at least


@dataclass
class Lifecycle:
    """Where a deployment stands."""

    stages: list[Stage]
    position: int = -1
    entered_at: float = 0.0  # monotonic
    hooks: list[Hook] = field(default_factory=list)
    production: float = 0.0  # percent of the traffic that the new revision is to have
    test: float = 0.0

    @property
    def stage(self) -> Stage | None:
        return self.stages[self.position] if 0 <= self.position < len(self.stages) else None

    def is_past(self, name: str) -> bool:
        """Whether the stage of that name is the current one or an earlier one."""
        return any(stage.name == name for stage in self.stages[: self.position + 1])

    def leave_for_clean_up(self) -> None:
        """A rollback: the traffic goes back at once, and what is left to do is to clean up."""
        self.position, self.production, self.test = len(self.stages) - 1, 0.0, 0.0


def shifts(configuration: dict[str, Any]) -> Iterator[tuple[float, float]]:
    """The steps of the production traffic: percent on the new revision, and minutes until the next step."""
    match configuration["strategy"]:
        case "CANARY":
            canary = configuration["canaryConfiguration"]
            if canary["canaryPercent"] < 100:
                yield canary["canaryPercent"], canary["canaryBakeTimeInMinutes"]
        case "LINEAR":
            linear = configuration["linearConfiguration"]
            percent = linear["stepPercent"]
            number = 1
            while percent * number < 100:
                yield round(percent * number, 1), linear["stepBakeTimeInMinutes"]
                number += 1
    yield 100.0, 0.0


def of(configuration: dict[str, Any], *, first: bool, reconcile: bool) -> list[Stage]:
    """All stages of a deployment. The first deployment of a service shifts at once: nobody else could have the rest."""
    steps = [(100.0, 0.0)] if first else list(shifts(configuration))
    return [
        *([Stage("RECONCILE_SERVICE")] if reconcile else []),
        Stage("PRE_SCALE_UP"),
        Stage("SCALE_UP"),
        Stage("POST_SCALE_UP"),
        Stage("TEST_TRAFFIC_SHIFT"),
        Stage("POST_TEST_TRAFFIC_SHIFT"),
        *(
            stage
            for percent, minutes in steps
            for stage in (
                Stage("PRE_PRODUCTION_TRAFFIC_SHIFT"),
                Stage("PRODUCTION_TRAFFIC_SHIFT", percent, minutes),
            )
        ),
        Stage("POST_PRODUCTION_TRAFFIC_SHIFT"),
        Stage("BAKE_TIME", minutes=configuration.get("bakeTimeInMinutes", 0)),
        Stage("CLEAN_UP"),
    ]
