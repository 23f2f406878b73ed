"""`dependsOn`: what a task definition must not say, and when a container may start.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
"""

from __future__ import annotations

from enum import Enum

from truthful_aws.ecs_store import Record, Refusal

CONDITIONS = ("START", "COMPLETE", "SUCCESS", "HEALTHY")
ENDINGS = ("COMPLETE", "SUCCESS")


class Answer(Enum):
    YES = "yes"
    NOT_YET = "not yet"
    NEVER = "never"


def check(containers: list[Record]) -> None:
    by_name = {container["name"]: container for container in containers}
    for container in containers:
        for dependency in container.get("dependsOn") or []:
            name, condition = dependency.get("containerName"), dependency.get("condition")
            other = by_name.get(name)
            if other is None or other is container:
                raise _refuse(f"Container {container['name']} depends on {name}, which is no other container of it.")
            if condition not in CONDITIONS:
                raise _refuse(f"Invalid condition {condition}: valid values are {', '.join(CONDITIONS)}.")
            if condition in ENDINGS and other.get("essential", True):
                raise _refuse(f"The condition {condition} cannot be set on the essential container {name}.")
            if condition == "HEALTHY" and not other.get("healthCheck"):
                raise _refuse(f"The condition HEALTHY needs a health check in container {name}.")
    in_order(containers)


def _refuse(message: str) -> Refusal:
    return Refusal("ClientException", message)


def in_order(containers: list[Record]) -> list[int]:
    """Places of the containers, each after those that it depends on, else in the order of the definition."""
    order: list[int] = []
    done: set[str] = set()
    while len(order) < len(containers):
        ready = next(
            (
                place
                for place, container in enumerate(containers)
                if place not in order and {d["containerName"] for d in container.get("dependsOn") or []} <= done
            ),
            None,
        )
        if ready is None:
            raise _refuse("The dependencies of the containers have a cycle.")
        order.append(ready)
        done.add(containers[ready]["name"])
    return order


def may_start(task: Record, place: int) -> tuple[Answer, str]:
    """Whether a container's dependencies let it start, by what the task's containers show; and what keeps it for good."""
    definitions = task["_definition"]["containerDefinitions"]
    shown = {container["name"]: container for container in task["containers"]}
    waits = False
    for dependency in definitions[place].get("dependsOn") or []:
        answer = _is_met(shown[dependency["containerName"]], dependency["condition"])
        if answer is Answer.NEVER:
            return answer, f"container {dependency['containerName']} cannot be {dependency['condition']} any more"
        waits = waits or answer is Answer.NOT_YET
    return (Answer.NOT_YET if waits else Answer.YES), ""


def _is_met(container: Record, condition: str) -> Answer:
    status, code = container["lastStatus"], container.get("exitCode")
    has_ended = status == "STOPPED"
    match condition:
        case "START":
            met, never = status in ("RUNNING", "STOPPED"), False
        case "COMPLETE":
            met, never = has_ended, False
        case "SUCCESS":
            met, never = has_ended and code == 0, has_ended
        case _:
            met, never = container["healthStatus"] == "HEALTHY", has_ended
    return Answer.YES if met else Answer.NEVER if never else Answer.NOT_YET
