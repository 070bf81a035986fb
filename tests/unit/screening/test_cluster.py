"""A real scheduler and worker processes on this machine: the same bytes, even if a worker is killed."""

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
    """A Dask scheduler and workers, each in its own process, started as a user would."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes = ExitStack()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        address = ["--host", "127.0.0.1", "--port", self.address.rpartition(":")[2]]
        self.scheduler = self._start("scheduler", *address, "--no-dashboard")

    def worker(self, first_on_path: Path | None = None) -> subprocess.Popen[bytes]:
        """A worker process with one thread, without a nanny that would restart it."""
        address = ["--host", "127.0.0.1", "--no-dashboard", "--local-directory", str(self._folder)]
        return self._start(
            "worker", self.address, "--nthreads", "1", "--no-nanny", *address, first=first_on_path
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
        """Return when the scheduler and this number of workers are running."""
        from distributed import Client

        with Client(self.address, timeout=30, set_as_default=False) as client:
            if worker_count:
                client.wait_for_workers(worker_count, timeout=60)

    def close(self) -> None:
        self._processes.close()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[LocalCluster]:
    local = LocalCluster(tmp_path)
    yield local
    local.close()


@pytest.fixture
def error_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """The message on stderr of a run that fails with an exit code."""

    def call(*arguments: str, code: int) -> str:
        assert main(["run", str(tmp_path / "many.toml"), "-q", "--out", "x", *arguments]) == code
        return capsys.readouterr().err

    return call


@pytest.fixture(autouse=True)
def work_in_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "many.toml").write_text(MANY_WINDOWS_TOML, encoding="utf-8")


def test_two_workers_give_the_same_bytes_even_if_one_is_killed(cluster: LocalCluster) -> None:
    doomed, _ = cluster.worker(), cluster.worker()
    assert main(["run", "many.toml", "-q", "--out", "here", "--workers", "1"]) == 0
    expected = content(Path("here"))
    cluster.wait_for(2)

    assert main(["run", "many.toml", "-q", "--out", "two", "--cluster", cluster.address]) == 0
    assert content(Path("two")) == expected

    # With --resume the finished windows can be counted.
    run = started("many.toml", "--out", "one", "--cluster", cluster.address, "--resume", folder=Path())
    wait_for_windows(Path("one.work"), 5, run)
    doomed.kill()
    assert kept_windows(Path("one.work")) < WINDOW_COUNT
    assert finished(run) == (0, "")
    assert content(Path("one")) == expected
    assert not Path("one.work").exists()


def test_a_run_survives_the_replacement_of_all_workers_and_ends_with_the_scheduler(
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
    code, message = finished(run)
    assert (code, message) == (1, f"debrissim: cluster {cluster.address}: lost the scheduler")
    assert kept_windows(Path("out.work")) >= 10
    assert main(["run", "many.toml", "-q", "--out", "out", "--resume"]) == 0
    assert main(["run", "many.toml", "-q", "--out", "here"]) == 0
    assert content(Path("out")) == content(Path("here"))


def test_a_cluster_without_workers_or_with_another_version_is_refused(
    cluster: LocalCluster, tmp_path: Path, error_of: Callable[..., str]
) -> None:
    cluster.wait_for(0)
    assert "has no workers; start some with: dask worker" in error_of("--cluster", cluster.address, code=1)
    foreign = tmp_path / "other" / "debrissim-9.9.9.dist-info"
    foreign.mkdir(parents=True)
    (foreign / "METADATA").write_text("Metadata-Version: 2.1\nName: debrissim\nVersion: 9.9.9\n")
    cluster.worker(first_on_path=foreign.parent)
    cluster.wait_for(1)
    refused = error_of("--cluster", cluster.address, code=1)
    assert "runs debrissim 9.9.9 (sources" in refused
    assert "here runs debrissim 0." in refused


def test_an_unreachable_scheduler_is_reported_at_once(error_of: Callable[..., str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    begin = time.monotonic()
    assert (
        error_of("--cluster", address, code=1)
        == f"debrissim: cluster {address}: no scheduler answers at this address\n"
    )
    assert time.monotonic() - begin < 15.0
    assert not Path("x.work").exists()


@pytest.mark.parametrize("address", ["", "nowhere", "http://host:80", "a:b:c", "tls://127.0.0.1:8786"])
def test_an_invalid_address_is_refused(address: str, error_of: Callable[..., str]) -> None:
    assert "expected a scheduler's address such as tcp://host:8786" in error_of("--cluster", address, code=2)


def test_workers_and_cluster_exclude_each_other(error_of: Callable[..., str]) -> None:
    assert "not both" in error_of("--cluster", "tcp://127.0.0.1:1", "--workers", "2", code=2)


def test_a_missing_extra_is_named_in_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(InputError, match=r"pip install 'debrissim\[cluster\]'"),
        connected("tcp://127.0.0.1:1"),
    ):
        pass
