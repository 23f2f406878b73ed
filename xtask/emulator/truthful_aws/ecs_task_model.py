"""Tasks without a container engine: a model in which the image says how the task behaves.

The image's configuration, as it was pushed to the emulator's registry, decides: the task listens on its ExposedPorts and answers
health checks there with success. Labels of the image add to that:

    truthful-aws.exit-code      the essential container ends with this code
    truthful-aws.run-seconds    when it does, counted from RUNNING (default 1)
    truthful-aws.start-seconds  how long after RUNNING it begins to listen (default 0)
    truthful-aws.log            what it writes to its log (`awslogs`, if the group exists), a line or several, when it is RUNNING

An image that is not in the registry cannot be pulled, as on AWS.
"""

from __future__ import annotations

import ipaddress
import json
import time
from typing import Any

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import ec2, ecs

from truthful_aws import ecr_images, ecs_secrets, ecs_tasks, elastic_load_balancing, target_health
from truthful_aws.ecs_store import Record
from truthful_aws.speed import seconds
from truthful_aws.target_health import Outcome

PROVISIONING = 1.0  # seconds of the modelled time
PULLING = 2.0
STOPPING = 0.5
SIGTERM_EXIT = 143


class TaskModel:
    def __init__(self) -> None:
        self._by_address: dict[str, Record] = {}
        target_health.modelled = self.health
        elastic_load_balancing.modelled_response = self.respond

    def launch(self, task: Record, definition: Record) -> None:
        task["_definition"] = definition
        task["_next_at"] = time.monotonic() + seconds(PROVISIONING)

    def advance(self, task: Record, now: float) -> None:
        if now < task["_next_at"]:
            return
        match task["lastStatus"]:
            case "PROVISIONING":
                ecs_tasks.move(task, "PENDING")
                task["pullStartedAt"] = time.time()
                task["_next_at"] = now + seconds(PULLING)
            case "PENDING":
                self._start(task, now)
            case "RUNNING":
                if task["_exit"] is not None:
                    ecs_tasks.exited(task, task["_exit"])
                task["_next_at"] = float("inf")
            case "STOPPING":
                self._by_address.pop(task.get("_container_ip", ""), None)
                ecs_tasks.finish(task, [SIGTERM_EXIT] * len(task["containers"]) if task.get("startedAt") else None)

    def _start(self, task: Record, now: float) -> None:
        images = []
        for index, container in enumerate(task["_definition"]["containerDefinitions"]):
            try:
                ecs_secrets.resolve(container)
                image = ecr_images.find(container["image"])
            except ecr_images.ImageNotFound as error:
                ecs_tasks.failed_to_start(task, f"CannotPullContainerError: {error}", index)
                return
            except ecs._SecretResolutionError as error:
                ecs_tasks.failed_to_start(
                    task,
                    f"ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: {error}",
                    index,
                )
                return
            task["containers"][index]["imageDigest"] = image.digest
            images.append(image)
        address = self._free_address(task)
        self._by_address[address] = task
        ecs_tasks.set_address(task, address)
        task["_ports"] = {port for image in images for port in image.ports}
        task["_listening_at"] = now + max(
            seconds(_number(image.labels.get("truthful-aws.start-seconds"), 0.0)) for image in images
        )
        task["_exit"], task["_next_at"] = None, float("inf")
        endings = [
            (
                _number(image.labels.get("truthful-aws.run-seconds"), 1.0),
                index,
                int(_number(image.labels["truthful-aws.exit-code"], 1.0)),
            )
            for index, image in enumerate(images)
            if "truthful-aws.exit-code" in image.labels and task["_essential"][index]
        ]
        if endings:
            after, index, code = min(endings)
            task["_exit"] = [code if i == index else None for i in range(len(images))]
            task["_next_at"] = now + seconds(after)
        ecs_tasks.running(task)
        for container, image in zip(task["_definition"]["containerDefinitions"], images, strict=True):
            self._log(task, container, image.labels.get("truthful-aws.log", ""))

    def _log(self, task: Record, container: Record, text: str) -> None:
        config = ecs._awslogs_config(container, task["taskArn"].rsplit("/", 1)[-1], "modelled")
        if not text or config is None:
            return
        with request_scope(get_account_id(), config["region"] or get_region()):
            if ecs._ensure_awslogs_stream(config):
                for line in text.splitlines():
                    ecs._emit_awslogs_event(config, line)

    def stop(self, task: Record) -> None:
        task["_next_at"] = time.monotonic() + (seconds(STOPPING) if task.get("startedAt") else 0.0)

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
        alive = task["lastStatus"] in ("RUNNING", "DEACTIVATING") and all(
            c.get("exitCode") is None for c in task["containers"]
        )
        return task, alive and port in task["_ports"] and time.monotonic() >= task["_listening_at"]

    def health(self, address: str, port: int) -> Outcome | None:
        found = self._listening(address, port)
        if found is None:
            return None
        return Outcome(True) if found[1] else Outcome(False, "Target.FailedHealthChecks", "Health checks failed")

    def respond(self, address: str, port: int) -> tuple[int, dict[str, Any], bytes] | None:
        """What a modelled task answers to a request through the load balancer: which task and image it is."""
        found = self._listening(address, port)
        if found is None:
            return None
        task, listening = found
        if not listening:
            return 502, {"Content-Type": "text/html"}, b"<html><head><title>502 Bad Gateway</title></head></html>\r\n"
        body = {
            "modelledTask": task["taskArn"],
            "taskDefinition": task["taskDefinitionArn"],
            "containers": [
                {"name": c["name"], "image": c["image"], "imageDigest": c["imageDigest"]} for c in task["containers"]
            ],
        }
        return 200, {"Content-Type": "application/json"}, json.dumps(body).encode()


def _number(text: str | None, default: float) -> float:
    try:
        return default if text is None else float(text)
    except ValueError:
        return default
