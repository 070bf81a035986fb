"""The workers of a Dask cluster: their versions, and detection of workers that are not searching windows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from debrissim.core.errors import RunError
from debrissim.screening.window_search import package_versions, require_versions

if TYPE_CHECKING:
    from distributed import Client

_ANSWER_S = 10.0
_CHECK_EVERY_S = 5.0
# A worker sends a heartbeat every half second, or every few seconds in a large cluster.
_SILENT_S = 30.0
# The time for which a run continues without a worker that could search a window.
_IDLE_S = 60.0


def require_workers(address: str, client: Client) -> None:
    """Raise RunError unless there are workers, all of which answer and run the same versions as this process.

    At least one worker must not be paused.
    """
    states = _states(client)
    workers = sorted(states)
    if not workers:
        raise RunError(f"cluster {address}: has no workers; start some with: dask worker {address}")
    if all(state.get("status") == "paused" for state in states.values()):
        raise RunError(f"cluster {address}: all workers are paused by dask (their memory is nearly full)")
    answers = client.sync(_versions, client, workers)
    for worker in workers:
        name, versions = f"cluster {address}: worker {worker}", answers.get(worker)
        if versions is None:
            raise RunError(f"{name} does not answer within {_ANSWER_S:g} s; is its process stopped?")
        if isinstance(versions, Exception):
            raise RunError(f"{name} has another version of debrissim, or none ({versions})") from versions
        require_versions(package_versions(), versions, name)


async def _versions(client: Client, workers: list[str]) -> dict[str, Any]:
    """The versions that each worker runs, or its error; workers that do not answer in time are left out."""
    asked = {
        asyncio.ensure_future(client.run(package_versions, workers=[worker], on_error="return")): worker
        for worker in workers
    }
    answered, late = await asyncio.wait(asked, timeout=_ANSWER_S)
    for task in late:
        task.cancel()
    return {asked[task]: task.result().get(asked[task]) for task in answered}


class WorkerWatch:
    """Reports workers that are not searching windows, once each.

    report: takes a sentence.
    """

    def __init__(self, address: str, client: Client, report: Callable[[str], None]) -> None:
        self._address, self._client, self._report = address, client, report
        self._reported: set[tuple[str, str]] = set()
        self._seen: dict[str, tuple[float, float]] = {}
        self._next_check = self._last_sign = time.monotonic()

    def check(self, *, progress: bool) -> None:
        """Check the workers if a check is due. progress: a window has been finished since the last call.

        Raises RunError if no window was finished for a minute and no worker could search one.
        """
        now = time.monotonic()
        if progress:
            self._last_sign = now
        if now < self._next_check:
            return
        self._next_check = now + _CHECK_EVERY_S
        faults = {worker: self._fault(worker, state, now) for worker, state in _states(self._client).items()}
        for worker, fault in faults.items():
            if fault and (worker, fault) not in self._reported:
                self._reported.add((worker, fault))
                self._report(f"cluster {self._address}: worker {worker} {fault}")
        if not faults or not all(faults.values()):
            # Workers that die are not handled here: dask replaces them or reports them.
            self._last_sign = now
        elif now - self._last_sign > _IDLE_S:
            raise RunError(
                f"cluster {self._address}: no worker could search a window for {_IDLE_S:g} s: all are paused or "
                "silent"
            )

    def _fault(self, worker: str, state: Mapping[str, Any], now: float) -> str:
        """The reason why a worker is not searching windows, "" if it is."""
        if state.get("status") == "paused":
            return "is paused by dask (its memory is nearly full) and searches no windows"
        # Its time of last contact comes from another machine's clock, so only changes in it are used.
        stamp = float(state.get("last_seen", now))
        if self._seen.get(worker, (-1.0, 0.0))[0] != stamp:
            self._seen[worker] = (stamp, now)
        silent_s = now - self._seen[worker][1]
        return f"has been silent for {_SILENT_S:g} s and may be stopped" if silent_s > _SILENT_S else ""


def _states(client: Client) -> Mapping[str, Mapping[str, Any]]:
    """The state of every worker by its address, as the scheduler sees it now."""
    # Without the number, newer versions list only five workers; older versions ignore it.
    workers: Mapping[str, Mapping[str, Any]] = client.scheduler_info(n_workers=-1)["workers"]
    return workers
