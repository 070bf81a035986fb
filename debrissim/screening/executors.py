"""Executors of the window search: threads, processes, or the workers of a cluster (`debrissim.screening.cluster`).

An executor returns windows in any order; `search_windows` puts them in order and, given a checkpoint, stores the
finished ones there. The results are identical to the bit with every executor.

Threads are the default: the kernels release the interpreter's lock, all threads share one propagator, and there is no
start-up cost. Each process costs about two seconds and a propagator; processes pay off where SGP4 for deep-space
objects, which holds the lock, dominates.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Executor as Pool
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

from threadpoolctl import threadpool_limits

from debrissim.core.errors import RunError
from debrissim.propagation.sgp4 import Propagator
from debrissim.screening.checkpoint import Checkpoint
from debrissim.screening.grid import WindowResult
from debrissim.screening.window_search import (
    SearchPlan,
    digest,
    package_versions,
    search_in_worker,
    search_window,
)

ResultStream = Generator[tuple[int, WindowResult], None, None]
"""Windows as they finish: number and result."""


class Executor(Protocol):
    """Anything that searches windows."""

    def search(self, plan: SearchPlan, propagator: Propagator, numbers: Sequence[int]) -> ResultStream:
        """Search windows of a plan, each once, in any order.

        Parameters
        ----------
        plan : SearchPlan
            Everything that the search of a window needs.
        propagator : Propagator
            The plan's, for executors that can share it.
        numbers : sequence of int
            Numbers of the windows to search, as indices of `plan.windows`.

        Returns
        -------
        ResultStream
            Number and result of each window as it finishes.
        """


def search_windows(
    plan: SearchPlan,
    propagator: Propagator,
    executor: Executor,
    checkpoint: Checkpoint | None = None,
    progress: Callable[[float], None] | None = None,
    windows: Callable[[int, int, int], None] | None = None,
) -> list[WindowResult]:
    """Search all windows of a plan.

    Parameters
    ----------
    plan : SearchPlan
        The windows, and everything that the search of a window needs.
    propagator : Propagator
        The plan's, for executors that can share it.
    executor : Executor
        Searches the windows.
    checkpoint : Checkpoint, optional
        Store of finished windows; those of an interrupted run are taken from it.
    progress : callable, optional
        Called with the completed fraction, 0 to 1, from the calling thread.
    windows : callable, optional
        Called with the windows finished, all windows, and the candidates so far.

    Returns
    -------
    list of WindowResult
        Results in the order of the windows.

    Raises
    ------
    RunError
        If the executor's workers or the disk fail.
    """
    total = len(plan.windows)
    mark = digest(plan) if checkpoint is not None else ""
    results = {} if checkpoint is None else checkpoint.finished(mark, total)
    candidate_count = sum(len(result.candidates) for result in results.values())
    missing = [number for number in range(total) if number not in results]
    with closing(executor.search(plan, propagator, missing)) as stream:
        for number, result in stream:
            if checkpoint is not None:
                checkpoint.keep(mark, number, result)
            results[number] = result
            candidate_count += len(result.candidates)
            if windows is not None:
                windows(len(results), total, candidate_count)
            if progress is not None:
                progress(len(results) / total)
    return [results[number] for number in range(total)]


@dataclass(frozen=True)
class Threads:
    """A number of threads of this process."""

    workers: int

    def search(self, plan: SearchPlan, propagator: Propagator, numbers: Sequence[int]) -> ResultStream:
        """Search the windows `numbers` of a plan in threads of this process; parameters as of `Executor.search`."""
        # One thread per window: BLAS's own threads inside each would only compete for the same cores.
        with threadpool_limits(limits=1):
            pool = ThreadPoolExecutor(max_workers=self.workers)
            yield from _as_finished(
                pool, {pool.submit(search_window, plan, propagator, number): number for number in numbers}
            )


@dataclass(frozen=True)
class Processes:
    """A number of processes on this machine, each with its own propagator.

    They are spawned, so a script that uses them must guard its main part with `if __name__ == "__main__":`.
    """

    workers: int

    def search(self, plan: SearchPlan, propagator: Propagator, numbers: Sequence[int]) -> ResultStream:  # noqa: ARG002
        """Search the windows `numbers` of a plan in processes of this machine; parameters as of `Executor.search`.

        Raises
        ------
        RunError
            If a process dies.
        """
        if not numbers:
            return
        pool = ProcessPoolExecutor(
            max_workers=min(self.workers, len(numbers)),
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_init_worker,
            initargs=(plan, package_versions()),
        )
        try:
            yield from _as_finished(pool, {pool.submit(_search_window, number): number for number in numbers})
        except BrokenProcessPool as error:
            raise RunError(
                "screening: a worker process died, perhaps for lack of memory; fewer workers need less"
            ) from error


def _as_finished(pool: Pool, numbers: dict[Future[WindowResult], int]) -> ResultStream:
    """Number and result of each future as it finishes; a failure or an early end cancels those not yet started.

    Ctrl-C does not wait for the running ones: a window can take minutes, and its result would be discarded.
    """
    wait = True
    try:
        for future in as_completed(numbers):
            yield numbers.pop(future), future.result()
    except KeyboardInterrupt:
        wait = False
        raise
    finally:
        pool.shutdown(wait=wait, cancel_futures=True)


# In a worker process: the plan with which it was started. A pool process has nowhere else to keep the arguments of its
# initializer, and sending the plan with each window would send the whole catalogue each time.
_worker_plan: dict[str, tuple[SearchPlan, Mapping[str, str]]] = {}


def _init_worker(plan: SearchPlan, versions: Mapping[str, str]) -> None:
    """Make this process a worker for a plan."""
    _worker_plan["plan"] = (plan, versions)
    # Ctrl-C reaches the whole process group: only the parent reports it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _search_window(number: int) -> WindowResult:
    plan, versions = _worker_plan["plan"]
    return search_in_worker(plan, number, versions)


def _end_with_parent() -> None:
    """Exit when the parent has exited: otherwise a pool process would wait forever for tasks from a killed parent."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
