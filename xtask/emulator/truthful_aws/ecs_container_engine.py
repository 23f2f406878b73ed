"""Tasks as real containers, through a Docker-compatible API (podman's or Docker's) at DOCKER_HOST.

Each launch and each stop has a thread of its own, since the engine takes its time; one thread watches which containers exited.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Any

import docker
import docker.errors
from ministack.core import container_reaper
from ministack.core.responses import request_scope
from ministack.services import ecs, ecs_metadata

from truthful_aws import ecr_images, ecs_dependencies, ecs_engine_health, ecs_secrets, ecs_tasks, patch, target_health
from truthful_aws import ecs_store as store
from truthful_aws.ecs_dependencies import Answer
from truthful_aws.ecs_store import Record
from truthful_aws.speed import seconds

logger = logging.getLogger("truthful-aws.containers")

GATEWAY = os.environ.get("TRUTHFUL_AWS_CONTAINER_GATEWAY", "10.88.0.1")
STOP_TIMEOUT = 30.0  # what Fargate gives a container that names none, in seconds
PULL_TIMEOUT = 120


class _CannotPull(Exception):
    pass


class ContainerEngine:
    def __init__(self) -> None:
        for name in (
            "_build_run_kwargs",
            "_register_metadata",
            "_start_awslogs_forwarder",
            "_container_override_for",
        ):
            patch.original(ecs, name)
        self._own = threading.local()
        self._addresses: set[str] = set()
        self._closed = False
        target_health.container_addresses = lambda: self._addresses
        threading.Thread(target=self._watch, daemon=True, name="container-watch").start()

    def _client(self) -> docker.DockerClient:
        if not hasattr(self._own, "client"):
            self._own.client = docker.from_env(timeout=PULL_TIMEOUT)
        return self._own.client

    def _spawn(self, what: Callable[[Record], None], task: Record) -> None:
        account, region = ecs_tasks.scope()

        def work() -> None:
            with request_scope(account, region):
                try:
                    what(task)
                except Exception as error:
                    logger.exception("task %s", task["taskArn"])
                    with store.lock:
                        ecs_tasks.failed_to_start(task, f"ResourceInitializationError: {error}")

        threading.Thread(target=work, daemon=True, name=f"task-{task['taskArn'][-8:]}").start()

    def launch(self, task: Record) -> None:
        if not self._closed:
            self._spawn(self._launch, task)

    def _launch(self, task: Record) -> None:
        with store.lock:
            if not ecs_tasks.is_live(task):
                ecs_tasks.finish(task)
                return
            ecs_tasks.move(task, "PENDING")
            task["pullStartedAt"] = store.now()
        containers = task["_definition"]["containerDefinitions"]
        for index in ecs_dependencies.in_order(containers):
            try:
                started = self._wait_for_dependencies(task, index) and self._start(task, index, containers[index])
            except _CannotPull as error:
                self._fail(task, f"CannotPullContainerError: {error}", index)
                return
            except ecs._SecretResolutionError as error:
                self._fail(task, ecs_secrets.reason(error), index)
                return
            except docker.errors.APIError as error:
                self._fail(task, f"CannotStartContainerError: {error.explanation or error}", index)
                return
            if not started:
                self._stop(task)
                return
        with store.lock:
            if ecs_tasks.is_live(task) and not self._closed:
                ecs_tasks.running(task)
                return
        # It was asked to stop while it started: the stop found nothing to end, so it is done here.
        self._stop(task)

    def _wait_for_dependencies(self, task: Record, index: int) -> bool:
        """False when the container is not to start any more."""
        while not self._closed:
            with store.lock:
                if not ecs_tasks.is_live(task):
                    return False
                answer, why = ecs_dependencies.may_start(task, index)
                if answer is Answer.YES:
                    return True
                if answer is Answer.NEVER:
                    ecs_tasks.request_stop(task, "Task failed to start", "TaskFailedToStart")
                    task["containers"][index]["reason"] = f"DependencyError: {why}"
                    return False
            time.sleep(0.05)
        return False

    def _fail(self, task: Record, reason: str, index: int) -> None:
        logger.warning("task %s: %s", task["taskArn"], reason)
        self._remove(task)
        with store.lock:
            ecs_tasks.failed_to_start(task, reason, index)
            ecs_tasks.finish(task)

    def _start(self, task: Record, index: int, container: Record) -> bool:
        override = ecs._container_override_for(task["overrides"].get("containerOverrides") or [], container["name"])
        environment = {e["name"]: e["value"] for e in container.get("environment") or []}
        environment.update(ecs_secrets.resolve(container))
        environment.update({e["name"]: e["value"] for e in override.get("environment") or []})
        image, digest = self._pull(container["image"])
        effective = {**container, "image": image, **({"command": override["command"]} if "command" in override else {})}
        host_mode = task["_network_mode"] == "host"
        token = ecs._register_metadata(
            task["taskArn"],
            task["clusterArn"],
            task["_definition"],
            container,
            task["launchType"],
            environment,
            host_mode,
            GATEWAY,
        )
        ports = (
            {}
            if task["_network_mode"] == "awsvpc"
            else {f"{m['containerPort']}/tcp": m.get("hostPort") or None for m in container.get("portMappings") or []}
        )
        task_id = task["taskArn"].rsplit("/", 1)[-1]
        keywords = ecs._build_run_kwargs(
            effective,
            task["_definition"],
            environment,
            ports,
            None,
            host_mode,
            task_id,
            task["taskArn"],
            GATEWAY,
            task["clusterArn"],
        )
        keywords.update(
            _own_keywords(
                container,
                override,
                task["_definition"],
                shared=None if _ends_before_others(task, container["name"]) else task.get("_network_owner"),
            )
        )
        if "network_mode" in keywords:
            keywords.pop("network", None)
        keywords.pop("detach")
        with store.lock:
            if not ecs_tasks.is_live(task) or self._closed:
                return self._nothing(task)
            task.setdefault("_metadata_tokens", []).append(token)
        created = self._client().containers.create(image, **keywords)
        with store.lock:
            task["_docker_ids"].append(created.id)
            task.setdefault("_places", {})[created.id] = index
            if not _ends_before_others(task, container["name"]):
                task.setdefault("_network_owner", created.id)
        created.start()
        created.reload()
        ecs_metadata.set_docker_id(token, created.id)
        ecs_metadata.set_container_status(token, "RUNNING")
        address = next(
            (n["IPAddress"] for n in created.attrs["NetworkSettings"]["Networks"].values() if n.get("IPAddress")), None
        )
        with store.lock:
            record = task["containers"][index]
            record.update(runtimeId=created.id, imageDigest=digest)
            ecs_tasks.container_started(task, index)
            if address and not task.get("_container_ip") and task.get("_network_owner") == created.id:
                self._addresses.add(address)
                ecs_tasks.set_address(task, address)
        if container.get("healthCheck"):
            self._spawn(lambda task: ecs_engine_health.watch(task, index, created), task)
        ecs._start_awslogs_forwarder(created, container, task_id)
        return True

    def _nothing(self, task: Record) -> bool:
        ecs_tasks.finish(task)
        return False

    def _pull(self, reference: str) -> tuple[str, str | None]:
        """Brings an image to the engine; returns the name to run it by and its digest in the registry."""
        images = self._client().images
        try:
            if ".dkr.ecr." in reference:
                image = ecr_images.find(reference)
                # The emulator's own address: the engine needs no mapping of the AWS name, and several emulators can share one.
                name = f"127.0.0.1:{os.environ['GATEWAY_PORT']}/{image.repository}@{image.digest}"
                try:
                    images.get(name)
                except docker.errors.ImageNotFound:
                    self._pull_from_loopback(name)
                return name, image.digest
            try:
                image = images.get(reference)
            except docker.errors.ImageNotFound:
                if not reference.startswith(("127.0.0.1:", "localhost:")):
                    raise _CannotPull(
                        f"{reference} is not here, and nothing is fetched from outside this machine"
                    ) from None
                self._pull_from_loopback(reference)
                image = images.get(reference)
        except ecr_images.ImageNotFound as error:
            raise _CannotPull(str(error)) from error
        except docker.errors.APIError as error:
            raise _CannotPull(f"failed to resolve ref {reference}: {error.explanation or error}") from error
        digests = image.attrs.get("RepoDigests") or []
        return reference, digests[0].partition("@")[2] if digests else None

    def _pull_from_loopback(self, name: str) -> None:
        client = self._client()
        if not any(component.get("Name") == "Podman Engine" for component in client.version().get("Components") or []):
            client.images.pull(name)  # Docker itself takes a registry on a loopback address as plain HTTP
            return
        response = client.api.post(
            f"{client.api.base_url}/v4.0.0/libpod/images/pull",
            params={"reference": name, "tlsVerify": "false", "quiet": "true"},
        )
        errors = [line["error"] for line in map(json.loads, response.text.splitlines()) if line.get("error")]
        if not response.ok or errors:
            raise _CannotPull("; ".join(errors) or response.text)

    def stop(self, task: Record) -> None:
        # Without a container yet, the launch sees that the task is to stop, and finishes it.
        if task["_docker_ids"]:
            self._spawn(self._stop, task)

    def advance(self, task: Record, now: float) -> None:
        """What moves a container is the engine; see `_watch`."""

    def close(self) -> None:
        self._closed = True

    def _stop(self, task: Record) -> None:
        codes: list[int | None] = [None] * len(task["containers"])
        # In reverse: what depends on another container ends before it.
        for container_id in reversed(list(task["_docker_ids"])):
            index = task["_places"][container_id]
            limit = float(task["_definition"]["containerDefinitions"][index].get("stopTimeout") or STOP_TIMEOUT)
            try:
                container = self._client().containers.get(container_id)
                # A real process needs real time to end, however fast the modelled time runs.
                container.stop(timeout=int(max(5.0, seconds(limit))))
                container.reload()
                codes[index] = int(container.attrs["State"]["ExitCode"])
            except docker.errors.NotFound:
                pass
        self._remove(task)
        with store.lock:
            ecs_tasks.finish(task, codes)

    def _remove(self, task: Record) -> None:
        for container_id in reversed(task["_docker_ids"]):
            try:
                self._client().api.remove_container(container_id, v=True, force=True)
            except docker.errors.APIError as error:
                if error.status_code != 404:
                    logger.warning("container %s stays: %s", container_id[:12], error)
        for token in task.pop("_metadata_tokens", []):
            ecs_metadata.unregister_token(token)
        with store.lock:
            self._addresses.discard(task.get("_container_ip") or "")

    def _watch(self) -> None:
        """Looks at the emulator's containers with one call each time, and notices those that ended by themselves."""
        instance = f"{container_reaper.INSTANCE_LABEL}={container_reaper.instance_id()}"
        while not self._closed:
            time.sleep(0.2)
            try:
                ended = self._client().api.containers(all=True, filters={"label": [instance], "status": ["exited"]})
                if ended:
                    self._note_exits({container["Id"] for container in ended})
            except Exception:
                # An engine that does not answer says nothing about its containers.
                logger.exception("container watch")
                time.sleep(1)

    def _note_exits(self, ended: set[str]) -> None:
        with store.lock:
            gone = [
                (account, region, task, place, container_id)
                for (account, region, _), task in ecs._tasks.all_items()
                if task["lastStatus"] in ("PENDING", "RUNNING", "DEACTIVATING")
                for container_id, place in task.get("_places", {}).items()
                if container_id in ended and task["containers"][place].get("exitCode") is None
            ]
        for account, region, task, place, container_id in gone:
            state = self._client().api.inspect_container(container_id)["State"]
            reason = "OutOfMemoryError: Container killed due to memory usage" if state.get("OOMKilled") else None
            with request_scope(account, region), store.lock:
                ecs_tasks.container_ended(task, place, int(state["ExitCode"]), reason)


def _ends_before_others(task: Record, name: str) -> bool:
    """Whether another container waits for its end: its network interface would be gone by then, so nobody shares it."""
    return any(
        dependency["containerName"] == name and dependency["condition"] in ecs_dependencies.ENDINGS
        for container in task["_definition"]["containerDefinitions"]
        for dependency in container.get("dependsOn") or []
    )


def _own_keywords(container: Record, override: Record, definition: Record, shared: str | None) -> dict[str, Any]:
    """What ministack leaves out of the container definition."""
    keywords: dict[str, Any] = {}
    if container.get("entryPoint"):
        keywords["entrypoint"] = container["entryPoint"]
    if container.get("user"):
        keywords["user"] = container["user"]
    if container.get("workingDirectory"):
        keywords["working_dir"] = container["workingDirectory"]
    if container.get("readonlyRootFilesystem"):
        keywords["read_only"] = True
    if (container.get("linuxParameters") or {}).get("initProcessEnabled"):
        keywords["init"] = True
    memory = override.get("memory") or container.get("memory") or definition.get("memory")
    if memory:
        keywords["mem_limit"] = f"{int(memory)}m"
    if shared and definition.get("networkMode") == "awsvpc":
        keywords["network_mode"] = f"container:{shared}"  # the containers of a task share one network interface
    return keywords
