"""Tasks without a container engine: a model in which the image says how the task behaves.

The image's configuration, as it was pushed to the emulator's registry, decides: the task listens on its ExposedPorts and answers
health checks there with success. Labels of the image add to that:

    truthful-aws.exit-code          the container ends with this code
    truthful-aws.run-seconds        when it does, counted from its start (default 1)
    truthful-aws.start-seconds      how long after its start it begins to listen, and its health check to pass (default 0)
    truthful-aws.health             `unhealthy`: its health check never passes
    truthful-aws.unhealthy-seconds  from when on, counted from its start, its health check fails
    truthful-aws.stop-seconds       how long it takes to end after SIGTERM (default 0.5)
    truthful-aws.log                what it writes to its log (`awslogs`, if the group exists), a line or several, when it starts
    truthful-aws.answers            what it answers through a load balancer: a JSON object of path and body, text or JSON, in which
                                    `${NAME}` is a variable of its container; other paths are answered with 404
    truthful-aws.run-failure        no task of it is placed: RunTask tells this reason in `failures`

An image that is not in the registry cannot be pulled, as on AWS.
"""

from __future__ import annotations

import ipaddress
import json
import time
from typing import Any

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import ec2, ecs

from truthful_aws import (
    ecr_images,
    ecs_container_health,
    ecs_dependencies,
    ecs_secrets,
    ecs_tasks,
    elastic_load_balancing,
    target_health,
)
from truthful_aws.ecs_dependencies import Answer
from truthful_aws.ecs_modelled_container import ModelledContainer
from truthful_aws.ecs_store import Record
from truthful_aws.speed import seconds
from truthful_aws.target_health import Outcome

PROVISIONING = 1.0  # seconds of the modelled time
PULLING = 2.0


class TaskModel:
    def __init__(self) -> None:
        self._by_address: dict[str, Record] = {}
        target_health.modelled = self.health
        elastic_load_balancing.modelled_response = self.respond

    def launch(self, task: Record) -> None:
        task["_next_at"] = time.monotonic() + seconds(PROVISIONING)

    def advance(self, task: Record, now: float) -> None:
        match task["lastStatus"]:
            case "PROVISIONING" if now >= task["_next_at"]:
                ecs_tasks.move(task, "PENDING")
                task["pullStartedAt"] = time.time()
                task["_next_at"] = now + seconds(PULLING)
            case "PENDING" if now >= task["_next_at"]:
                if "_modelled" in task or self._pull(task):
                    self._start_containers(task, now)
                    self._look(task, now)
            case "RUNNING":
                self._look(task, now)
            case "STOPPING" if now >= task["_next_at"]:
                self._by_address.pop(task.get("_container_ip", ""), None)
                ecs_tasks.finish(task, task["_exits"])

    def _pull(self, task: Record) -> bool:
        """Fetches the images, resolves the secrets and gives the task its address."""
        modelled = []
        for index, container in enumerate(task["_definition"]["containerDefinitions"]):
            try:
                ecs_secrets.resolve(container)
                image = ecr_images.find(container["image"])
            except ecr_images.ImageNotFound as error:
                ecs_tasks.failed_to_start(task, f"CannotPullContainerError: {error}", index)
                return False
            except ecs._SecretResolutionError as error:
                ecs_tasks.failed_to_start(task, ecs_secrets.reason(error), index)
                return False
            task["containers"][index]["imageDigest"] = image.digest
            modelled.append(ModelledContainer(container, image))
        address = self._free_address(task)
        self._by_address[address] = task
        ecs_tasks.set_address(task, address)
        task["_modelled"] = modelled
        return True

    def _start_containers(self, task: Record, now: float) -> None:
        """Starts what may start; with the last of its containers the task is RUNNING."""
        modelled: list[ModelledContainer] = task["_modelled"]
        for place in ecs_dependencies.in_order(task["_definition"]["containerDefinitions"]):
            container = modelled[place]
            if container.started_at is not None:
                continue
            answer, why = ecs_dependencies.may_start(task, place)
            if answer is Answer.NEVER or self._waited_too_long(task, place, now):
                ecs_tasks.request_stop(task, "Task failed to start", "TaskFailedToStart")
                task["containers"][place]["reason"] = f"DependencyError: {why or 'the start timeout is over'}"
                return
            if answer is Answer.YES:
                container.start(now)
                ecs_tasks.container_started(task, place)
                self._log(task, container.definition, container.label("log") or "")
        if all(container.started_at is not None for container in modelled):
            ecs_tasks.running(task)

    def _waited_too_long(self, task: Record, place: int, now: float) -> bool:
        """Whether a dependency needs longer than its `startTimeout`."""
        by_name = {container.definition["name"]: container for container in task["_modelled"]}
        waited_for = [by_name[d["containerName"]] for d in task["_modelled"][place].definition.get("dependsOn") or []]
        return any(
            other.started_at is not None
            and other.definition.get("startTimeout")
            and now >= other.started_at + seconds(float(other.definition["startTimeout"]))
            and ecs_dependencies.may_start(task, place)[0] is Answer.NOT_YET
            for other in waited_for
        )

    def _look(self, task: Record, now: float) -> None:
        """Notes which containers have ended by themselves, and how the others are."""
        for index, container in enumerate(task["_modelled"]):
            code = container.exit_code(now)
            if code is not None:
                container.has_ended = True
                ecs_tasks.container_ended(task, index, code)
            container.check_health(now)
            if container.health and container.runs:
                task["containers"][index]["healthStatus"] = container.health.status
        task["healthStatus"] = ecs_container_health.of_task(task)

    def _log(self, task: Record, container: Record, text: str) -> None:
        config = ecs._awslogs_config(container, task["taskArn"].rsplit("/", 1)[-1], "modelled")
        if not text or config is None:
            return
        with request_scope(get_account_id(), config["region"] or get_region()):
            if ecs._ensure_awslogs_stream(config):
                for line in text.splitlines():
                    ecs._emit_awslogs_event(config, line)

    def stop(self, task: Record) -> None:
        running = [container.runs for container in task.get("_modelled", [])]
        ends = [container.stopping_takes() for container in task.get("_modelled", [])]
        task["_exits"] = [code if runs else None for (_, code), runs in zip(ends, running, strict=True)] or None
        longest = max((after for (after, _), runs in zip(ends, running, strict=True) if runs), default=0.0)
        task["_next_at"] = time.monotonic() + longest

    def close(self) -> None:
        """Nothing outlives the process."""

    def _free_address(self, task: Record) -> str:
        """An address of the task's subnet; no two live tasks have the same one, so that an address names one task."""
        subnet = ec2._subnets.get(task["_subnet"]) if task["_subnet"] else None
        network = ipaddress.ip_network(subnet["CidrBlock"] if subnet else "172.31.0.0/16", strict=False)
        for number in range(4, network.num_addresses - 1):  # AWS keeps the first four and the last for itself
            address = str(network[number])
            if address not in self._by_address:
                return address
        raise RuntimeError(f"no free address in {network}")

    def _listening(self, address: str, port: int) -> tuple[Record, bool] | None:
        task = self._by_address.get(address)
        if task is None:
            return None
        if task["lastStatus"] not in ("RUNNING", "DEACTIVATING"):
            return task, False
        now = time.monotonic()
        return task, any(c.listens(now) and port in c.image.ports for c in task["_modelled"])

    def health(self, address: str, port: int) -> Outcome | None:
        found = self._listening(address, port)
        if found is None:
            return None
        return Outcome(True) if found[1] else Outcome(False, "Target.FailedHealthChecks", "Health checks failed")

    def respond(self, address: str, port: int, path: str) -> tuple[int, dict[str, Any], bytes] | None:
        """What a modelled task answers to a request through the load balancer: what its image says, or which task it is."""
        found = self._listening(address, port)
        if found is None:
            return None
        task, listening = found
        if not listening:
            return 502, {"Content-Type": "text/html"}, b"<html><head><title>502 Bad Gateway</title></head></html>\r\n"
        answering = next((c for c in task["_modelled"] if port in c.image.ports and c.label("answers")), None)
        if answering is not None:
            return answering.answer(path)
        body = {
            "modelledTask": task["taskArn"],
            "taskDefinition": task["taskDefinitionArn"],
            "containers": [
                {"name": c["name"], "image": c["image"], "imageDigest": c["imageDigest"]} for c in task["containers"]
            ],
        }
        return 200, {"Content-Type": "application/json"}, json.dumps(body).encode()
