"""The workers of a Dask cluster as an executor of windows (`pip install 'debrissim[cluster]'`, dask.distributed).

The plan, and with it the catalogue, is sent once to every worker; windows are sent as tasks, and the candidates of each
return as soon as it is finished. The scheduler gives a task whose worker dies to another worker. Encryption and time
limits are dask's own settings (`distributed.comm`).
"""

from __future__ import annotations

import logging
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from debrissim.core.errors import InputError, RunError
from debrissim.propagation.sgp4 import Propagator
from debrissim.screening.executors import ResultStream
from debrissim.screening.window_search import (
    SearchPlan,
    package_versions,
    require_versions,
    search_in_worker,
)

if TYPE_CHECKING:
    from distributed import Client

_CONNECT_S = 5.0
# How long a run without workers waits for a new one: a restarted worker needs some seconds.
_WORKER_TIMEOUT_S = 60.0


@dataclass(frozen=True)
class Cluster:
    """The workers of a scheduler; `connected` opens and closes the connection."""

    address: str
    client: Client

    def search(self, plan: SearchPlan, propagator: Propagator, numbers: Sequence[int]) -> ResultStream:  # noqa: ARG002
        """Search the windows `numbers` of a plan on the workers of the cluster; parameters as of `Executor.search`.

        Raises
        ------
        RunError
            If the scheduler is lost, if all workers are lost and no new one appears within a minute, or if a window
            kills several workers in turn.
        """
        from distributed import CancelledError, KilledWorker

        missing = set(numbers)
        while missing:
            try:
                for number, result in self._stream(plan, sorted(missing)):
                    missing.remove(number)
                    yield number, result
            except KilledWorker as error:
                raise RunError(
                    f"cluster {self.address}: a window has killed several workers, perhaps for lack of memory"
                ) from error
            except (CancelledError, OSError) as error:
                # With its last holder the plan is lost, and with it all tasks: the scheduler cannot recreate it.
                self._wait_for_workers(error)

    def _stream(self, plan: SearchPlan, numbers: Sequence[int]) -> ResultStream:
        from distributed import as_completed

        remote_plan = self.client.scatter(plan, broadcast=True, hash=False)
        versions = package_versions()
        tasks = {
            self.client.submit(search_in_worker, remote_plan, number, versions, pure=False): number
            for number in numbers
        }
        for task in as_completed(list(tasks), loop=self.client.loop):
            yield tasks.pop(task), task.result()

    def _wait_for_workers(self, cause: Exception) -> None:
        """Return when there are workers again; RunError if the scheduler is lost or no worker appears in time."""
        if self.client.status != "running":
            raise RunError(f"cluster {self.address}: lost the scheduler") from cause
        try:
            self.client.wait_for_workers(1, timeout=_WORKER_TIMEOUT_S)
        except (TimeoutError, OSError) as error:
            raise RunError(f"cluster {self.address}: lost all workers, and no new one appeared") from error


@contextmanager
def connected(address: str) -> Generator[Cluster, None, None]:
    """The cluster of the scheduler at an address ("tcp://host:8786"), for as long as the context lasts.

    Raises InputError if dask.distributed is not installed or the address is not valid, RunError if the scheduler does
    not answer within 5 s, has no workers, or has workers that run other versions than this process.
    """
    try:
        from distributed import Client, Security
        from distributed.comm import parse_address, parse_host_port
        from distributed.comm.registry import get_backend
    except ImportError as error:
        raise InputError(
            "cluster: needs dask's distributed, install it with: pip install 'debrissim[cluster]'"
        ) from error
    try:
        # Checked here, because a client that fails to start takes ten seconds to shut down.
        scheme, location = parse_address(address)
        get_backend(scheme)
        parse_host_port(location)
        if scheme == "tls" and not Security().get_connection_args("client").get("ssl_context"):
            raise ValueError("TLS needs dask's settings distributed.comm.tls")
        client = Client(address, timeout=_CONNECT_S, set_as_default=False, name="debrissim")
    except ValueError as error:
        raise InputError(
            f"cluster: expected a scheduler's address such as tcp://host:8786, got {address!r} ({error})"
        ) from error
    except OSError as error:
        raise RunError(f"cluster {address}: no scheduler answers at this address") from error
    with _quiet(), client:
        _require_same_versions(address, client)
        yield Cluster(address, client)


@contextmanager
def _quiet() -> Generator[None, None, None]:
    """Suppress the tracebacks that dask's client logs for a lost connection: our error says it in one sentence."""
    logger = logging.getLogger("distributed.client")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def _require_same_versions(address: str, client: Client) -> None:
    versions_by_worker = client.run(package_versions, on_error="return")
    if not versions_by_worker:
        raise RunError(f"cluster {address}: has no workers; start some with: dask worker {address}")
    for worker, versions in sorted(versions_by_worker.items()):
        name = f"cluster {address}: worker {worker}"
        if isinstance(versions, Exception):
            raise RunError(f"{name} has another version of debrissim, or none ({versions})") from versions
        require_versions(package_versions(), versions, name)
