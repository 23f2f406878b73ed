"""The emulator lives as long as its owner, stands beside others, and is loud when ministack is another one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import types
from pathlib import Path

import pytest
from conftest import SOURCE, Aws, eventually

sys.path.insert(0, str(SOURCE))
from truthful_aws import patch


@pytest.mark.already_true
def test_several_at_once_share_nothing_and_start_quickly(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    started = time.monotonic()
    first = Aws(tmp_path / "a")
    took = time.monotonic() - started
    second = Aws(tmp_path / "b")
    assert first.port != second.port
    first.client("ecs").create_cluster(clusterName="only-here")
    assert second.client("ecs").list_clusters()["clusterArns"] == []
    assert (first.stop(), second.stop()) == (0, 0)
    assert took < 5, f"{took:.1f} s"


@pytest.mark.already_true
def test_it_ends_at_sigterm(tmp_path: Path) -> None:
    emulator = Aws(tmp_path)
    emulator.process.send_signal(signal.SIGTERM)
    assert emulator.process.wait(10) == 0


@pytest.mark.already_true
def test_it_ends_when_its_owner_is_killed(tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import pathlib, time, conftest\n"
            f"emulator = conftest.Aws(pathlib.Path({str(tmp_path)!r})); print(emulator.process.pid, flush=True); time.sleep(1000)",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    emulator = int(owner.stdout.readline())
    owner.kill()
    owner.wait()
    eventually(lambda: not running(emulator))


def running(process: int) -> bool:
    try:
        # An orphan is reaped by whatever init there is; a zombie has ended, too.
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.already_true
def test_another_ministack_is_refused_at_start(tmp_path: Path) -> None:
    code = "import importlib.metadata as m; m.version = lambda name: '1.5.34'; import runpy; runpy.run_module('truthful_aws', run_name='__main__')"
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert ended.returncode != 0
    assert "written for ministack 1.5.33, and 1.5.34 is installed" in ended.stderr


@pytest.mark.already_true
def test_a_name_that_is_gone_is_refused() -> None:
    module = types.ModuleType("service")
    module._ACTION_MAP = {"There": print}
    with pytest.raises(patch.PatchError, match="service.gone"):
        patch.replace(module, "gone", print)
    with pytest.raises(patch.PatchError, match="no action Gone"):
        patch.replace_action(module, "Gone", print)
    with pytest.raises(patch.PatchError, match="has There by itself"):
        patch.add_action(module, "There", print)
