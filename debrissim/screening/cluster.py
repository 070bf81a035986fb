"""The workers of a Dask cluster as an executor of windows (`pip install 'debrissim[cluster]'`, dask.distributed).

The plan, including the catalogue, is sent once to every worker; windows are sent as tasks, and the candidates of each
window are returned as soon as it is finished. The scheduler gives a task whose worker dies to another worker.
Encryption and time limits are dask's own settings (`distributed.comm`).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from debrissim.core.errors import InputError, RunError
from debrissim.core.text import quoted
from debrissim.propagation.sgp4 import Propagator
from debrissim.screening.cluster_workers import WorkerWatch, require_workers
from debrissim.screening.executors import ResultStream
from debrissim.screening.window_search import SearchPlan, package_versions, search_in_worker

if TYPE_CHECKING:
    from distributed import Client

_CONNECT_S = 5.0
# A scheduler answers in milliseconds; including program start, the user waits less than 5 s for an error.
_ANSWER_S = 2.5
# How long a run without workers waits for a new one: a restarted worker needs some seconds.
_WORKER_TIMEOUT_S = 60.0
_POLL_S = 0.02


@dataclass(frozen=True)
class Cluster:
    """The workers of a scheduler; `connected` opens and closes the connection."""

    address: str
    client: Client
    report: Callable[[str], None] = lambda _: None

    def search(self, plan: SearchPlan, propagator: Propagator, numbers: Sequence[int]) -> ResultStream:  # noqa: ARG002
        """Search the windows `numbers` of a plan on the workers of the cluster; parameters as of `Executor.search`.

        Raises
        ------
        RunError
            If the scheduler is lost, if all workers are lost and no new one appears within a minute, if all are paused
            or silent for a minute, or if a window kills several workers in turn.
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
                # If the last worker that holds the plan is lost, so are the plan and all tasks: the scheduler cannot
                # recreate it.
                self._wait_for_workers(error)

    def _stream(self, plan: SearchPlan, numbers: Sequence[int]) -> ResultStream:
        from distributed import as_completed

        remote_plan = self.client.scatter(plan, broadcast=True, hash=False)
        versions = package_versions()
        tasks = {
            self.client.submit(search_in_worker, remote_plan, number, versions, pure=False): number
            for number in numbers
        }
        watch = WorkerWatch(self.address, self.client, self.report)
        completed = as_completed(list(tasks), loop=self.client.loop)
        while not completed.is_empty():
            # Not by iterating over it, which would wait forever for paused workers.
            batch = completed.next_batch(block=False)
            watch.check(progress=bool(batch))
            for task in batch:
                yield tasks.pop(task), task.result()
            if not batch:
                time.sleep(_POLL_S)

    def _wait_for_workers(self, cause: Exception) -> None:
        """Return when there are workers again; RunError if the scheduler is lost or no worker appears in time."""
        if self.client.status != "running":
            raise RunError(f"cluster {self.address}: lost the scheduler") from cause
        try:
            self.client.wait_for_workers(1, timeout=_WORKER_TIMEOUT_S)
        except (TimeoutError, OSError) as error:
            raise RunError(f"cluster {self.address}: lost all workers, and no new one appeared") from error


@contextmanager
def connected(address: str, report: Callable[[str], None] = lambda _: None) -> Generator[Cluster, None, None]:
    """The cluster of the scheduler at an address ("tcp://host:8786"), for as long as the context lasts.

    report: called with a sentence about each worker that is not searching windows.

    Raises InputError if dask.distributed is not installed or the address is not valid; RunError if no scheduler answers
    within some seconds, or if it has no workers, or its workers do not answer or run different versions from this
    process.
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
    except ValueError as error:
        raise InputError(
            f"cluster: expected a scheduler's address such as tcp://host:8786, got {quoted(address)} ({error})"
        ) from error
    with _quiet():
        _require_scheduler(address, Security().get_connection_args("client"))
        try:
            client = Client(address, timeout=_CONNECT_S, set_as_default=False, name="debrissim")
        except OSError as error:
            raise RunError(f"cluster {address}: no scheduler answers at this address") from error
    with _quiet(), client:
        require_workers(address, client)
        yield Cluster(address, client, report)


def _require_scheduler(address: str, arguments: Mapping[str, Any]) -> None:
    """Raise RunError unless a scheduler answers at an address within `_ANSWER_S`.

    This takes a single exchange, because a client would wait forever for a scheduler that is silent or speaks another
    protocol.
    """
    from distributed.comm import connect

    async def ask() -> Any:
        comm = await connect(address, timeout=_ANSWER_S, **arguments)
        try:
            await comm.write({"op": "identity", "reply": True})
            return await comm.read()
        finally:
            comm.abort()

    try:
        answer = asyncio.run(asyncio.wait_for(ask(), _ANSWER_S))
    except Exception as error:
        # Bytes from another program can cause any error in the decoder.
        raise RunError(f"cluster {address}: no scheduler answers at this address") from error
    kind = answer.get("type") if isinstance(answer, dict) else None
    if kind != "Scheduler":
        raise RunError(f"cluster {address}: expected a scheduler at this address, found {quoted(kind)}")


@contextmanager
def _quiet() -> Generator[None, None, None]:
    """Suppress the tracebacks that dask's client logs for a lost connection: our error says it in one sentence."""
    # A logger's class is consulted before its handlers: this covers "distributed" and every logger below it.
    previous = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(previous)
