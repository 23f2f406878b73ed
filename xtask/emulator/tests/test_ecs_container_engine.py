"""Tasks as real containers. Needs a Docker-compatible socket of podman (SLIPWAY_CONTAINER_SOCKET), `podman` and a static `busybox`."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import REGION, Aws, eventually
from fleet import Fleet

SOCKET = os.environ.get("SLIPWAY_CONTAINER_SOCKET", "")
pytestmark = pytest.mark.skipif(
    not (SOCKET and shutil.which("podman") and shutil.which("busybox")),
    reason="no container engine: SLIPWAY_CONTAINER_SOCKET, podman and busybox",
)
SERVE = "trap 'kill $!; exit 0' TERM; busybox httpd -f -p 8080 -h /www & wait"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    emulator = Aws(
        tmp_path_factory.mktemp("engine"),
        arguments=("--container-gateway=10.88.0.1",),
        DOCKER_HOST=f"unix://{SOCKET}",
        TRUTHFUL_AWS_SPEED="10",
    )
    yield emulator
    assert emulator.stop() == 0
    left = subprocess.run(
        ["podman", "ps", "-aq", "--filter", f"label=ministack.instance={os.uname().nodename}:{emulator.port}"],
        capture_output=True,
        check=True,
    )
    assert left.stdout == b"", "the emulator ends its containers"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A small image with busybox and a page at /healthz."""
    folder = tmp_path_factory.mktemp("image")
    for name in ("bin", "www", "tmp"):
        (folder / name).mkdir()
    shutil.copy(shutil.which("busybox"), folder / "bin/busybox")
    (folder / "bin/sh").symlink_to("busybox")
    (folder / "www/healthz").write_text("ok")
    archive = folder.parent / "image.tar"
    with tarfile.open(archive, "w") as tar:
        tar.add(folder, arcname=".")
    name = "localhost/truthful-aws-test:latest"
    subprocess.run(["podman", "import", "--quiet", str(archive), name], check=True, capture_output=True)
    yield name
    subprocess.run(["podman", "rmi", "--force", name], check=True, capture_output=True)


def push(engine: Aws, base: str, repository: str, tmp_path: Path, *changes: str) -> str:
    """Pushes a variant of the base image; returns its reference by digest."""
    engine.client("ecr").create_repository(repositoryName=repository)
    local = f"localhost/{repository}:latest"
    (tmp_path / "Containerfile").write_text("\n".join([f"FROM {base}", f"LABEL variant={time.time_ns()}", *changes]))
    subprocess.run(["podman", "build", "--quiet", "--tag", local, str(tmp_path)], check=True, capture_output=True)
    digest_file = tmp_path / "digest"
    subprocess.run(
        [
            "podman",
            "push",
            "--quiet",
            "--tls-verify=false",
            "--creds=AWS:x",
            f"--digestfile={digest_file}",
            local,
            f"127.0.0.1:{engine.port}/{repository}:latest",
        ],
        check=True,
        capture_output=True,
    )
    subprocess.run(["podman", "rmi", "--force", local], check=True, capture_output=True)
    return f"000000000000.dkr.ecr.{REGION}.amazonaws.com/{repository}@{digest_file.read_text().strip()}"


class Requests:
    """A request every 20 ms through the load balancer, until stopped; counts the answers by status."""

    def __init__(self, url: str) -> None:
        self.url, self.statuses, self._stop = url, {}, threading.Event()
        self._thread = threading.Thread(target=self._loop)

    def _loop(self) -> None:
        while not self._stop.wait(0.02):
            try:
                with urllib.request.urlopen(self.url, timeout=10) as answer:
                    status: Any = answer.status
            except urllib.error.HTTPError as error:
                status = error.code
            except OSError as error:
                status = repr(error)
            self.statuses[status] = self.statuses.get(status, 0) + 1

    def __enter__(self) -> Requests:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def test_a_rollout_and_a_rolled_back_one_lose_no_request(engine: Aws, base: str, name: str, tmp_path: Path) -> None:
    fleet = Fleet(engine, name, delay=10)
    image = push(engine, base, name, tmp_path)
    fleet.create(image, container={"entryPoint": ["/bin/sh", "-c", SERVE]}, healthCheckGracePeriodSeconds=20)
    fleet.completed()
    task = fleet.tasks()[0]
    assert task["containers"][0]["imageDigest"] == image.partition("@")[2]
    with Requests(f"{engine.endpoint}/_alb/{name}/healthz") as requests:
        slow = fleet.update(image, container={"entryPoint": ["/bin/sh", "-c", f"sleep 1; {SERVE}"]})
        fleet.completed(slow["deployments"][0]["id"])
        mute = fleet.update(image, container={"entryPoint": ["/bin/sh", "-c", "trap 'exit 0' TERM; sleep 1000 & wait"]})
        eventually(
            lambda: any(
                d["id"] == mute["deployments"][0]["id"] and d["rolloutState"] == "FAILED"
                for d in fleet.service()["deployments"]
            ),
            60,
        )
        eventually(lambda: fleet.primary()["rolloutState"] == "COMPLETED", 30)
        before = {t["taskArn"] for t in fleet.tasks()}
        engine.client("ecs").stop_task(cluster=name, task=next(iter(before)))
        eventually(
            lambda: (
                fleet.service()["runningCount"] == 2
                and {t["taskArn"] for t in fleet.tasks()} != before
                and list(fleet.targets().values()).count("healthy") == 2
            )
        )
    assert set(requests.statuses) == {200} and requests.statuses[200] > 50, requests.statuses
    assert fleet.deployments()[0]["status"] == "ROLLBACK_SUCCESSFUL"


def test_a_one_off_task_gets_its_definition_and_reaches_its_exit(
    engine: Aws, base: str, name: str, tmp_path: Path
) -> None:
    fleet = Fleet(engine, name, balanced=False)
    engine.client("ssm").put_parameter(Name=f"/{name}/password", Value="s3cret value", Type="SecureString")
    script = 'test "$PASSWORD" = "s3cret value" && test "$GREETING" = hello && test "$(busybox id -u)" = 65532 && ! busybox touch /x 2>/dev/null && exit 7'
    definition = fleet.definition(
        push(engine, base, name, tmp_path),
        entryPoint=["/bin/sh", "-c"],
        command=[script],
        user="65532",
        readonlyRootFilesystem=True,
        environment=[{"name": "GREETING", "value": "overridden"}],
        secrets=[{"name": "PASSWORD", "valueFrom": f"/{name}/password"}],
    )
    task = fleet.ecs.run_task(
        cluster=name,
        taskDefinition=definition,
        launchType="FARGATE",
        networkConfiguration=fleet.network,
        overrides={"containerOverrides": [{"name": "app", "environment": [{"name": "GREETING", "value": "hello"}]}]},
    )["tasks"][0]
    stopped = eventually(
        lambda: next(
            (t for t in fleet.tasks("STOPPED") if t["taskArn"] == task["taskArn"] and t["lastStatus"] == "STOPPED"),
            None,
        )
    )
    assert stopped["stopCode"] == "EssentialContainerExited"
    assert stopped["containers"][0]["exitCode"] == 7


def test_containers_reach_the_emulator(engine: Aws, base: str, name: str, tmp_path: Path) -> None:
    fleet = Fleet(engine, name, balanced=False)
    script = "busybox wget -q -O /dev/null $AWS_ENDPOINT_URL/_ministack/health && exit 5"
    definition = fleet.definition(push(engine, base, name, tmp_path), entryPoint=["/bin/sh", "-c", script])
    fleet.ecs.run_task(
        cluster=name, taskDefinition=definition, launchType="FARGATE", networkConfiguration=fleet.network
    )
    stopped = eventually(lambda: next((t for t in fleet.tasks("STOPPED") if t["lastStatus"] == "STOPPED"), None))
    assert stopped["containers"][0]["exitCode"] == 5


def test_a_container_that_is_told_to_stop_gets_sigterm_and_its_exit_code_is_kept(
    engine: Aws, base: str, name: str, tmp_path: Path
) -> None:
    fleet = Fleet(engine, name, balanced=False)
    definition = fleet.definition(
        push(engine, base, name, tmp_path),
        entryPoint=["/bin/sh", "-c", "trap 'exit 42' TERM; while true; do busybox sleep 0.1; done"],
    )
    task = fleet.ecs.run_task(
        cluster=name, taskDefinition=definition, launchType="FARGATE", networkConfiguration=fleet.network
    )["tasks"][0]
    eventually(lambda: any(t["lastStatus"] == "RUNNING" for t in fleet.tasks()))
    fleet.ecs.stop_task(cluster=name, task=task["taskArn"], reason="enough")
    stopped = eventually(lambda: next((t for t in fleet.tasks("STOPPED") if t["lastStatus"] == "STOPPED"), None))
    assert (stopped["stoppedReason"], stopped["stopCode"], stopped["containers"][0]["exitCode"]) == (
        "enough",
        "UserInitiated",
        42,
    )


@pytest.mark.parametrize(
    "image",
    [f"000000000000.dkr.ecr.{REGION}.amazonaws.com/nothing:missing", "docker.io/library/nothing-of-this-name:1"],
)
def test_an_image_that_is_not_there_cannot_be_pulled(engine: Aws, name: str, image: str) -> None:
    fleet = Fleet(engine, name, balanced=False)
    definition = fleet.definition(image)
    fleet.ecs.run_task(
        cluster=name, taskDefinition=definition, launchType="FARGATE", networkConfiguration=fleet.network
    )
    stopped = eventually(lambda: next((t for t in fleet.tasks("STOPPED") if t["lastStatus"] == "STOPPED"), None))
    assert stopped["stopCode"] == "TaskFailedToStart"
    assert stopped["stoppedReason"].startswith("CannotPullContainerError")
