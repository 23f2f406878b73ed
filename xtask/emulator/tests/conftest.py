"""The emulator under test: one process per session for the tests that share nothing but it, more where a test asks."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import botocore.config
import pytest

SOURCE = Path(__file__).resolve().parent.parent
REGION = "ap-northeast-2"
SPEED = 20


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--unrepaired",
        action="store_true",
        help="run against ministack as it is: a test passes if it FAILS there, which shows what its repair is good for",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "already_true: holds for ministack as it is; the test guards it")
    global patience
    if config.getoption("--unrepaired"):
        patience = 0.15


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--unrepaired"):
        for item in items:
            if not item.get_closest_marker("already_true"):
                item.add_marker(pytest.mark.xfail(strict=True))


# Factor of the time that `eventually` waits.
patience = 1.0

UNREPAIRED = "import sys; from ministack.app import main; sys.argv = sys.argv[:1]; main()"


class Aws:
    """A running emulator and clients that talk to nothing else."""

    def __init__(
        self, folder: Path, arguments: tuple[str, ...] = (), *, repaired: bool = True, **environment: str
    ) -> None:
        self.log = folder / "log"
        self.repaired = repaired
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(SOURCE),
            "PYTHONDONTWRITEBYTECODE": "1",
            "MINISTACK_REGION": REGION,
            "TMPDIR": str(folder),
            "S3_DATA_DIR": str(folder / "s3"),
            "STATE_DIR": str(folder / "state"),
            "TRUTHFUL_AWS_SPEED": str(SPEED),
            **environment,
        }
        command = [sys.executable, "-m", "truthful_aws", *arguments]
        if not repaired:
            command = [sys.executable, "-c", UNREPAIRED]
            port = free_port()
            environment = {
                "GATEWAY_PORT": str(port),
                "BIND_HOST": "127.0.0.1",
                "DOCKER_HOST": "unix:///nonexistent/engine",
                "SFTP_ENABLED": "0",
                "IOT_MTLS_ENABLED": "0",
                **environment,
            }
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command,
                env=environment,
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        if repaired:
            line = self.process.stdout.readline()
            assert line.startswith("listening on "), self.log.read_text()
            self.endpoint = f"http://{line.removeprefix('listening on ').strip()}"
        else:
            self.endpoint = f"http://127.0.0.1:{port}"
        eventually(self._answers, 30 / patience)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.endpoint}/_ministack/health", timeout=30) as answer:
                return answer.status == 200
        except OSError:
            return False

    @property
    def port(self) -> int:
        return int(self.endpoint.rpartition(":")[2])

    def client(self, service: str, region: str = REGION) -> Any:
        configuration = botocore.config.Config(
            retries={"total_max_attempts": 1}, read_timeout=30, parameter_validation=False
        )
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=region,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=configuration,
        )

    def stop(self) -> int:
        self.process.stdin.close()
        if not self.repaired:
            self.process.terminate()
        return self.process.wait(30)

    def image(self, repository: str, *ports: int, tag: str = "latest", **labels: str) -> str:
        """Pushes an image without layers; returns its reference by digest. Keyword `exit_code` is the label truthful-aws.exit-code."""
        ecr = self.client("ecr")
        with contextlib.suppress(ecr.exceptions.RepositoryAlreadyExistsException):
            ecr.create_repository(repositoryName=repository)
        config = json.dumps(
            {
                "architecture": "amd64",
                "os": "linux",
                "config": {
                    "ExposedPorts": {f"{port}/tcp": {} for port in ports},
                    "Labels": {f"truthful-aws.{key.replace('_', '-')}": value for key, value in labels.items()}
                    | {"unique": uuid.uuid4().hex},
                },
            }
        ).encode()
        digest = f"sha256:{hashlib.sha256(config).hexdigest()}"
        location = self._registry("POST", f"/v2/{repository}/blobs/uploads/", b"")["Location"]
        self._registry("PUT", f"{location}?digest={digest}", config)
        manifest = json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "config": {
                    "mediaType": "application/vnd.oci.image.config.v1+json",
                    "digest": digest,
                    "size": len(config),
                },
                "layers": [],
            }
        ).encode()
        headers = self._registry(
            "PUT", f"/v2/{repository}/manifests/{tag}", manifest, "application/vnd.oci.image.manifest.v1+json"
        )
        return f"000000000000.dkr.ecr.{REGION}.amazonaws.com/{repository}@{headers['Docker-Content-Digest']}"

    def _registry(self, method: str, path: str, body: bytes, media_type: str = "application/octet-stream") -> Any:
        url = path if path.startswith("http") else self.endpoint + path
        request = urllib.request.Request(url, data=body, method=method, headers={"Content-Type": media_type})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.headers


def eventually(condition: Callable[[], Any], within: float = 15.0) -> Any:
    """The first truthy value of the condition."""
    end = time.monotonic() + within * patience
    while True:
        value = condition()
        if value or time.monotonic() > end:
            assert value, "it never came to be"
            return value
        time.sleep(0.03)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Aws]:
    emulator = Aws(tmp_path_factory.mktemp("emulator"), repaired=not pytestconfig.getoption("--unrepaired"))
    yield emulator
    assert emulator.stop() == 0


@pytest.fixture(scope="session")
def fast_aws(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Aws]:
    """An emulator in which a minute is a second and a half: for what AWS counts in minutes."""
    repaired = not pytestconfig.getoption("--unrepaired")
    emulator = Aws(tmp_path_factory.mktemp("fast"), repaired=repaired, TRUTHFUL_AWS_SPEED="40")
    yield emulator
    assert emulator.stop() == 0


@pytest.fixture
def name() -> str:
    """A name that no other test uses, so that tests may share an emulator."""
    return f"t{uuid.uuid4().hex[:12]}"
