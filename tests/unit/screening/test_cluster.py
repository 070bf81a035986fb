"""A real scheduler and worker processes on this machine: the same bytes as here, also when a worker is killed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from support.scale import (
    MANY_WINDOWS_TOML,
    WINDOW_COUNT,
    content,
    finished,
    kept_windows,
    started,
    wait_for_windows,
)

from debrissim.cli.main import main
from debrissim.core.errors import InputError
from debrissim.screening.cluster import connected

pytest.importorskip("distributed", reason="dask's distributed (the extra `cluster`) is not installed")


class LocalCluster:
    """A Dask scheduler in a process of its own, and workers likewise, started as a user would."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes = ExitStack()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        place = ["--host", "127.0.0.1", "--port", self.address.rpartition(":")[2]]
        self.scheduler = self._start("scheduler", *place, "--no-dashboard")

    def worker(self, first_on_path: Path | None = None) -> subprocess.Popen[bytes]:
        """A worker process with one thread, without a nanny that would start it again."""
        place = ["--host", "127.0.0.1", "--no-dashboard", "--local-directory", str(self._folder)]
        return self._start(
            "worker", self.address, "--nthreads", "1", "--no-nanny", *place, first=first_on_path
        )

    def _start(self, *arguments: str, first: Path | None = None) -> subprocess.Popen[bytes]:
        path = os.pathsep.join(filter(None, [str(first or ""), *sys.path]))
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": path},
        )
        self._processes.callback(process.wait)
        self._processes.callback(process.kill)
        return process

    def wait_for(self, worker_count: int) -> None:
        """Return when the scheduler is there, and so many workers."""
        from distributed import Client

        with Client(self.address, timeout=30, set_as_default=False) as client:
            if worker_count:
                client.wait_for_workers(worker_count, timeout=60)

    def close(self) -> None:
        self._processes.close()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[LocalCluster]:
    made = LocalCluster(tmp_path)
    yield made
    made.close()


@pytest.fixture
def told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What a call that fails with a code says."""

    def call(*arguments: str, code: int) -> str:
        assert main(["run", str(tmp_path / "many.toml"), "-q", "--out", "x", *arguments]) == code
        return capsys.readouterr().err

    return call


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "many.toml").write_text(MANY_WINDOWS_TOML, encoding="utf-8")


def test_the_same_bytes_with_two_workers_and_with_one_of_them_killed(cluster: LocalCluster) -> None:
    doomed, _ = cluster.worker(), cluster.worker()
    assert main(["run", "many.toml", "-q", "--out", "here", "--workers", "1"]) == 0
    expected = content(Path("here"))
    cluster.wait_for(2)

    assert main(["run", "many.toml", "-q", "--out", "two", "--cluster", cluster.address]) == 0
    assert content(Path("two")) == expected

    # With --resume the finished windows can be counted from here.
    run = started("many.toml", "--out", "one", "--cluster", cluster.address, "--resume", folder=Path())
    wait_for_windows(Path("one.work"), 5, run)
    doomed.kill()
    assert kept_windows(Path("one.work")) < WINDOW_COUNT
    assert finished(run) == (0, "")
    assert content(Path("one")) == expected
    assert not Path("one.work").exists()


def test_a_run_goes_on_when_all_workers_are_replaced_and_ends_when_the_scheduler_does(
    cluster: LocalCluster,
) -> None:
    first = cluster.worker()
    cluster.wait_for(1)
    run = started("many.toml", "--out", "out", "--cluster", cluster.address, "--resume", folder=Path())
    wait_for_windows(Path("out.work"), 3, run)
    first.kill()
    cluster.worker()
    wait_for_windows(Path("out.work"), 10, run)
    cluster.scheduler.kill()
    code, told = finished(run)
    assert (code, told) == (1, f"debrissim: cluster {cluster.address}: lost the scheduler")
    assert kept_windows(Path("out.work")) >= 10
    assert main(["run", "many.toml", "-q", "--out", "out", "--resume"]) == 0
    assert main(["run", "many.toml", "-q", "--out", "here"]) == 0
    assert content(Path("out")) == content(Path("here"))


def test_a_cluster_without_workers_or_with_another_version_is_refused(
    cluster: LocalCluster, tmp_path: Path, told: Callable[..., str]
) -> None:
    cluster.wait_for(0)
    assert "has no workers; start some with: dask worker" in told("--cluster", cluster.address, code=1)
    other = tmp_path / "other" / "debrissim-9.9.9.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: debrissim\nVersion: 9.9.9\n")
    cluster.worker(first_on_path=other.parent)
    cluster.wait_for(1)
    refused = told("--cluster", cluster.address, code=1)
    assert "runs debrissim 9.9.9 (sources" in refused
    assert "here runs debrissim 0." in refused


def test_an_unreachable_scheduler_is_told_at_once(told: Callable[..., str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    begin = time.monotonic()
    assert told("--cluster", address, code=1) == f"debrissim: cluster {address}: no scheduler answers there\n"
    assert time.monotonic() - begin < 15.0
    assert not Path("x.work").exists()


@pytest.mark.parametrize("address", ["", "nowhere", "http://host:80", "a:b:c", "tls://127.0.0.1:8786"])
def test_what_is_no_address_is_told(address: str, told: Callable[..., str]) -> None:
    assert "expected a scheduler's address such as tcp://host:8786" in told("--cluster", address, code=2)


def test_workers_are_for_here_and_a_cluster_has_its_own(told: Callable[..., str]) -> None:
    assert "not both" in told("--cluster", "tcp://127.0.0.1:1", "--workers", "2", code=2)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(InputError, match=r"pip install 'debrissim\[cluster\]'"),
        connected("tcp://127.0.0.1:1"),
    ):
        pass
