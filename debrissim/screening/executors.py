"""Who searches the windows: threads, processes, or the workers of a cluster (`debrissim.screening.cluster`).

An executor hands back windows in any order; `search_windows` puts them in order and, given a work folder, keeps the
finished ones there. Results are the same bits whoever searched.

Threads are the default: the kernels let go of the interpreter's lock, all threads share one propagator, and nothing
has to start. Processes pay about two seconds and a propagator each; what they win is SGP4 of deep-space objects, which
holds the lock.
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
from debrissim.screening.checkpoint import WorkFolder
from debrissim.screening.grid import Candidates
from debrissim.screening.window_search import (
    SearchPlan,
    digest,
    package_versions,
    search_elsewhere,
    search_window,
)

Found = Generator[tuple[int, Candidates], None, None]
"""Windows as they are finished: number and candidates."""


class Executor(Protocol):
    """What searches windows."""

    def search(self, plan: SearchPlan, propagator: Propagator, numbers: Sequence[int]) -> Found:
        """The windows `numbers` of a plan, each once, in any order. propagator: of the plan, for who can use it."""


def search_windows(
    plan: SearchPlan,
    propagator: Propagator,
    executor: Executor,
    work: WorkFolder | None = None,
    progress: Callable[[float], None] | None = None,
    windows: Callable[[int, int, int], None] | None = None,
) -> list[Candidates]:
    """The candidates of all windows of a plan, in their order.

    work: where finished windows are kept, and those of an interrupted run are taken from. progress: called with the
    share done, 0 to 1, from the calling thread; windows: with windows done, windows in all, and candidates so far.
    Raises RunError where the executor's workers or the disk fail.
    """
    mark = digest(plan) if work is not None else ""
    found = {} if work is None else work.finished(mark, len(plan.windows))
    candidate_count = sum(candidates.first.size for candidates in found.values())
    missing = [number for number in range(len(plan.windows)) if number not in found]
    with closing(executor.search(plan, propagator, missing)) as stream:
        for number, candidates in stream:
            if work is not None:
                work.keep(mark, number, candidates)
            found[number] = candidates
            candidate_count += candidates.first.size
            if windows is not None:
                windows(len(found), len(plan.windows), candidate_count)
            if progress is not None:
                progress(len(found) / len(plan.windows))
    return [found[number] for number in range(len(plan.windows))]


@dataclass(frozen=True)
class Threads:
    """So many threads of this process."""

    workers: int

    def search(self, plan: SearchPlan, propagator: Propagator, numbers: Sequence[int]) -> Found:
        """See `Executor`."""
        # One thread a window: BLAS's own threads inside each would only fight over the same cores.
        with threadpool_limits(limits=1):
            pool = ThreadPoolExecutor(max_workers=self.workers)
            yield from _as_finished(
                pool, {pool.submit(search_window, plan, propagator, number): number for number in numbers}
            )


@dataclass(frozen=True)
class Processes:
    """So many processes on this machine, each with a propagator of its own.

    They are spawned, so that a script that uses them guards its main part with `if __name__ == "__main__":`.
    """

    workers: int

    def search(self, plan: SearchPlan, propagator: Propagator, numbers: Sequence[int]) -> Found:  # noqa: ARG002
        """See `Executor`. Raises RunError where a process dies."""
        if not numbers:
            return
        pool = ProcessPoolExecutor(
            max_workers=min(self.workers, len(numbers)),
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_adopt,
            initargs=(plan, package_versions()),
        )
        try:
            yield from _as_finished(
                pool, {pool.submit(_search_adopted, number): number for number in numbers}
            )
        except BrokenProcessPool as error:
            raise RunError(
                "screening: a worker process died, perhaps for want of memory; fewer workers need less"
            ) from error


def _as_finished(pool: Pool, numbers: dict[Future[Candidates], int]) -> Found:
    """Number and result of each future when it is done; a failure or an early end cancels those not begun.

    Ctrl-C does not wait for those that have: a window can take minutes, and nobody will use it.
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


# In a worker process: the plan it was started with. A process of a pool has no other place to keep what its initializer
# was given, and sending the plan with each window would send the whole catalogue each time.
_ADOPTED: dict[str, tuple[SearchPlan, Mapping[str, str]]] = {}


def _adopt(plan: SearchPlan, versions: Mapping[str, str]) -> None:
    """Make this process a worker for a plan."""
    _ADOPTED["plan"] = (plan, versions)
    # Ctrl-C goes to the whole group: the parent says what there is to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _search_adopted(number: int) -> Candidates:
    plan, versions = _ADOPTED["plan"]
    return search_elsewhere(plan, number, versions)


def _end_with_parent() -> None:
    """End when the parent has ended: a pool's process would wait for ever for the next task of a killed one."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
