"""The workers of a Dask cluster as an executor of windows (`pip install 'debrissim[cluster]'`, dask.distributed).

The plan, and with it the catalogue, is sent once to every worker; windows go out as tasks, and each one's candidates
come back when they are found. A task whose worker dies is given to another one by the scheduler. Encryption and
time limits are dask's own settings (`distributed.comm`).
"""

from __future__ import annotations

import logging
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from debrissim.core.errors import InputError, RunError
from debrissim.propagation.sgp4 import Propagator
from debrissim.screening.executors import Found
from debrissim.screening.window_search import (
    SearchPlan,
    package_versions,
    require_versions,
    search_elsewhere,
)

if TYPE_CHECKING:
    from distributed import Client

_CONNECT_S = 5.0
# How long a run waits for a new worker when all are gone: one that is started again needs some seconds.
_PATIENCE_S = 60.0


@dataclass(frozen=True)
class Cluster:
    """The workers of a scheduler to which `connected` holds the connection."""

    address: str
    client: Client

    def search(self, plan: SearchPlan, propagator: Propagator, numbers: Sequence[int]) -> Found:  # noqa: ARG002
        """See `Executor`. Raises RunError where the scheduler is lost, all workers are gone and no new one comes within
        a minute, or a window kills one worker after the other."""
        from distributed import CancelledError, KilledWorker

        left = set(numbers)
        while left:
            try:
                for number, candidates in self._stream(plan, sorted(left)):
                    left.remove(number)
                    yield number, candidates
            except KilledWorker as error:
                raise RunError(
                    f"cluster {self.address}: a window has killed several workers, perhaps for want of memory"
                ) from error
            except (CancelledError, OSError) as error:
                # With its last holder the plan is lost, and with it all tasks: the scheduler cannot make it again.
                self._wait_for_workers(error)

    def _stream(self, plan: SearchPlan, numbers: Sequence[int]) -> Found:
        from distributed import as_completed

        there = self.client.scatter(plan, broadcast=True, hash=False)
        versions = package_versions()
        tasks = {
            self.client.submit(search_elsewhere, there, number, versions, pure=False): number
            for number in numbers
        }
        for task in as_completed(list(tasks), loop=self.client.loop):
            yield tasks.pop(task), task.result()

    def _wait_for_workers(self, lost: Exception) -> None:
        """Return when there are workers again; RunError where the scheduler itself is lost, or none comes in time."""
        if self.client.status != "running":
            raise RunError(f"cluster {self.address}: lost the scheduler") from lost
        try:
            self.client.wait_for_workers(1, timeout=_PATIENCE_S)
        except (TimeoutError, OSError) as error:
            raise RunError(f"cluster {self.address}: lost all workers, and no new one came") from error


@contextmanager
def connected(address: str) -> Generator[Cluster, None, None]:
    """The cluster of the scheduler at an address ("tcp://host:8786"), for as long as the context lasts.

    Raises InputError where dask.distributed is not installed or the address is none, RunError where the scheduler does
    not answer within 5 s, has no workers, or has some that run other versions than this process.
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
        # Asked here, since a client that cannot begin takes ten seconds to go away.
        scheme, place = parse_address(address)
        get_backend(scheme)
        parse_host_port(place)
        if scheme == "tls" and not Security().get_connection_args("client").get("ssl_context"):
            raise ValueError("TLS needs dask's settings distributed.comm.tls")
        client = Client(address, timeout=_CONNECT_S, set_as_default=False, name="debrissim")
    except ValueError as error:
        raise InputError(
            f"cluster: expected a scheduler's address such as tcp://host:8786, got {address!r} ({error})"
        ) from error
    except OSError as error:
        raise RunError(f"cluster {address}: no scheduler answers there") from error
    with _quiet(), client:
        _require_same_versions(address, client)
        yield Cluster(address, client)


@contextmanager
def _quiet() -> Generator[None, None, None]:
    """Without the tracebacks that dask's client logs of a lost connection: it is told in one sentence."""
    logger = logging.getLogger("distributed.client")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def _require_same_versions(address: str, client: Client) -> None:
    told = client.run(package_versions, on_error="return")
    if not told:
        raise RunError(f"cluster {address}: has no workers; start some with: dask worker {address}")
    for worker, versions in sorted(told.items()):
        who = f"cluster {address}: worker {worker}"
        if isinstance(versions, Exception):
            raise RunError(f"{who} has another debrissim than this one, or none ({versions})") from versions
        require_versions(package_versions(), versions, who)
