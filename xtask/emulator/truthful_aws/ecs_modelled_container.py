"""One container of a modelled task: how its image's labels say that it behaves (see `ecs_task_model`)."""

from __future__ import annotations

import json
from dataclasses import dataclass

from truthful_aws.ecr_images import Image
from truthful_aws.ecs_container_health import ContainerHealth
from truthful_aws.ecs_store import Record
from truthful_aws.speed import seconds

STOP_TIMEOUT = 30.0  # what Fargate gives a container that names none, in seconds
SIGTERM_EXIT, SIGKILL_EXIT = 143, 137
STOPPING = 0.5


@dataclass
class ModelledContainer:
    definition: Record
    image: Image
    started_at: float | None = None
    has_ended: bool = False
    health: ContainerHealth | None = None

    def label(self, name: str) -> str | None:
        return self.image.labels.get(f"truthful-aws.{name}")

    def seconds(self, name: str, default: float) -> float:
        """Real seconds of a label."""
        return seconds(number(self.label(name), default))

    def start(self, now: float) -> None:
        self.started_at = now
        self.health = ContainerHealth.begun(self.definition, now)

    @property
    def runs(self) -> bool:
        return self.started_at is not None and not self.has_ended

    def listens(self, now: float) -> bool:
        return self.runs and now >= self.started_at + self.seconds("start-seconds", 0.0)

    def exit_code(self, now: float) -> int | None:
        """With what it has ended by itself."""
        code = self.label("exit-code")
        if code is None or not self.runs or now < self.started_at + self.seconds("run-seconds", 1.0):
            return None
        return int(number(code, 1.0))

    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """What its image's label `answers` says to a path."""
        answers = json.loads(self.label("answers") or "{}")
        if path not in answers:
            return 404, {"Content-Type": "text/plain"}, b"not found\n"
        answer = answers[path]
        is_text = isinstance(answer, str)
        text = answer if is_text else json.dumps(answer)
        variables = {variable["name"]: variable["value"] for variable in self.definition.get("environment") or []}
        for name, value in variables.items():
            text = text.replace(f"${{{name}}}", value if is_text else json.dumps(value)[1:-1])
        return 200, {"Content-Type": "text/plain" if is_text else "application/json"}, text.encode()

    def check_health(self, now: float) -> None:
        if self.health and self.runs and now >= self.health.next_at:
            sick_from = self.label("unhealthy-seconds")
            is_sick = self.label("health") == "unhealthy" or (
                sick_from is not None and now >= self.started_at + self.seconds("unhealthy-seconds", 0.0)
            )
            self.health.record(not is_sick and self.listens(now), now)

    def stopping_takes(self) -> tuple[float, int]:
        """Real seconds from SIGTERM to its end, and the code: one that needs longer than its stop timeout is killed."""
        needs = number(self.label("stop-seconds"), STOPPING)
        limit = float(self.definition.get("stopTimeout") or STOP_TIMEOUT)
        return seconds(min(needs, limit)), SIGTERM_EXIT if needs <= limit else SIGKILL_EXIT


def number(text: str | None, default: float) -> float:
    try:
        return default if text is None else float(text)
    except ValueError:
        return default
