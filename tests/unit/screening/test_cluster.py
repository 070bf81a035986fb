"""A real scheduler and worker processes on this machine: the same bytes, even if a worker is killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from support.flown_scenarios import fleet_toml, write_fleet
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
from debrissim.screening import cluster_workers
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


def test_ephemerides_travel_to_the_workers(cluster: LocalCluster) -> None:
    cluster.worker()
    write_fleet(Path())
    text = fleet_toml('mode = "all-vs-all"\nwindow_hours = 0.1')
    Path("fleet.toml").write_text(text, encoding="utf-8")
    assert main(["run", "fleet.toml", "-q", "--out", "here"]) == 0
    cluster.wait_for(1)
    assert main(["run", "fleet.toml", "-q", "--out", "there", "--cluster", cluster.address]) == 0
    assert content(Path("there")) == content(Path("here"))


@pytest.mark.slow
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


class Server:
    """A program at a port that is no scheduler: it does the same to every connection."""

    def __init__(self, serve: Callable[[socket.socket], None]) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._serve = serve
        self.address = f"tcp://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        with suppress(OSError):
            self._serve(connection)


def _http(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    connection.close()


def _garbage(connection: socket.socket) -> None:
    while True:
        connection.sendall(os.urandom(4096))


def _drip(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"\0")
        time.sleep(0.3)


OTHERS: dict[str, Callable[[socket.socket], None]] = {
    "silent": lambda _connection: time.sleep(60.0),
    "closes": lambda connection: connection.close(),
    "http": _http,
    "garbage": _garbage,
    "drip": _drip,
    "zeros": lambda connection: (connection.sendall(bytes(64)), time.sleep(60.0)),
    "a petabyte": lambda connection: (
        connection.sendall((1).to_bytes(8, "little") + (1 << 50).to_bytes(8, "little")),
        time.sleep(60.0),
    ),
}


@pytest.mark.parametrize("other", OTHERS)
def test_a_port_of_another_program_is_reported_within_seconds(
    other: str, error_of: Callable[..., str]
) -> None:
    address = Server(OTHERS[other]).address
    begin = time.monotonic()
    message = error_of("--cluster", address, code=1)
    assert message == f"debrissim: cluster {address}: no scheduler answers at this address\n"
    assert time.monotonic() - begin < 5.0
    assert not list(Path().glob(".x*"))


def test_a_worker_that_is_paused_is_reported_and_the_others_go_on(
    cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from distributed import Client

    # Otherwise its memory monitor starts it again at once.
    monkeypatch.setenv("DASK_DISTRIBUTED__WORKER__MEMORY__PAUSE", "False")
    cluster.worker()
    cluster.wait_for(1)
    with Client(cluster.address, timeout=30, set_as_default=False) as client:
        (paused,) = client.scheduler_info(n_workers=-1)["workers"]
        client.run(_pause)
    cluster.worker()
    # Dask counts those that are not paused.
    cluster.wait_for(1)
    assert main(["run", "many.toml", "-q", "--out", "here", "--cluster", cluster.address]) == 0
    sentence = "is paused by dask (its memory is nearly full) and searches no windows"
    assert capsys.readouterr().err == f"debrissim: cluster {cluster.address}: worker {paused} {sentence}\n"


def test_a_run_ends_if_no_worker_can_search(
    cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch, error_of: Callable[..., str]
) -> None:
    from distributed import Client

    monkeypatch.setenv("DASK_DISTRIBUTED__WORKER__MEMORY__PAUSE", "False")
    monkeypatch.setattr(cluster_workers, "_IDLE_S", 1.0)
    monkeypatch.setattr(cluster_workers, "_CHECK_EVERY_S", 0.2)
    cluster.worker()
    cluster.wait_for(1)

    def pause_after_some_windows() -> None:
        while kept_windows(Path("x.work")) < 3:
            time.sleep(0.01)
        with Client(cluster.address, timeout=30, set_as_default=False) as client:
            client.run(_pause)

    thread = threading.Thread(target=pause_after_some_windows, daemon=True)
    thread.start()
    *_, last = error_of("--cluster", cluster.address, "--resume", code=1).splitlines()
    thread.join()
    assert last.endswith("no worker could search a window for 1 s: all are paused or silent")
    paused_from_the_start = error_of("--cluster", cluster.address, "--resume", code=1)
    assert paused_from_the_start.endswith("all workers are paused by dask (their memory is nearly full)\n")


def _pause(dask_worker: Any) -> None:
    from distributed.core import Status

    dask_worker.status = Status.paused


def test_a_worker_whose_process_is_stopped_is_named(
    cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch, error_of: Callable[..., str]
) -> None:
    monkeypatch.setattr(cluster_workers, "_ANSWER_S", 3.0)
    worker = cluster.worker()
    cluster.wait_for(1)
    worker.send_signal(signal.SIGSTOP)
    assert "does not answer within 3 s; is its process stopped?" in error_of(
        "--cluster", cluster.address, code=1
    )


def test_an_address_of_a_worker_is_not_a_scheduler(
    cluster: LocalCluster, error_of: Callable[..., str]
) -> None:
    from distributed import Client

    cluster.worker()
    cluster.wait_for(1)
    with Client(cluster.address, timeout=30, set_as_default=False) as client:
        (address,) = client.scheduler_info(n_workers=-1)["workers"]
    assert error_of("--cluster", address, code=1) == (
        f"debrissim: cluster {address}: expected a scheduler at this address, found 'Worker'\n"
    )
