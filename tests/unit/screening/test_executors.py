"""Whoever searches the windows finds the same bits, and a worker that dies is told."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import time
from typing import Any

import numpy as np
import pytest
from support.catalogs import START_FRACTION, START_JD, decaying, formation, make_catalog, random_catalog

from debrissim.catalog import Catalog
from debrissim.core.arrays import Index
from debrissim.core.errors import RunError
from debrissim.propagation.sgp4 import Propagator, make_propagator
from debrissim.screening import window_search
from debrissim.screening.executors import Executor, Processes, Threads
from debrissim.screening.grid import Candidates, find_candidates
from debrissim.screening.screen import ScreeningResult, ScreeningSettings, screen
from debrissim.screening.volumes import sphere
from debrissim.screening.window_search import (
    SearchPlan,
    Window,
    digest,
    elements_alone,
    package_versions,
    require_versions,
    search_elsewhere,
    search_window,
)

# All regimes, objects that fail on the way, a pair that flies together.
CATALOG = Catalog.concat(
    [
        random_catalog(np.random.default_rng(5), 150, "all"),
        make_catalog(*formation(1.0), decaying(norad_id=1), decaying(norad_id=2, bstar=3e-2)),
    ]
)


def run(executor: Executor | None, primaries: list[int] | None = None) -> ScreeningResult:
    return screen(
        CATALOG,
        primaries,
        START_JD,
        START_FRACTION,
        20000.0,
        [sphere(60.0)],
        settings=ScreeningSettings(window_s=1000.0),
        executor=executor,
    )


def plan() -> SearchPlan:
    rows = np.arange(len(CATALOG))
    return SearchPlan(
        catalog=elements_alone(CATALOG), start_jd=START_JD, start_fraction=START_FRACTION, rows=rows, primaries=rows,
        gone=rows[:0], gone_s=np.empty(0), excluded=rows[:0],
        windows=tuple(Window(600.0 * k, 50, 12.0) for k in range(4)),
        distance_km=60.0, tolerance_km=4.0, ceiling_km=np.inf,
    )  # fmt: skip


@pytest.mark.parametrize("primaries", [None, list(range(50))], ids=["all-vs-all", "one-vs-all"])
def test_the_same_bits_whoever_searches(primaries: list[int] | None) -> None:
    expected = run(Threads(1), primaries)
    assert len(expected.encounters) > 3
    assert digest(run(None, primaries)) == digest(expected)
    assert digest(run(Threads(2), primaries)) == digest(expected)
    assert digest(run(Processes(2), primaries)) == digest(expected)


def test_a_plan_travels_and_gives_the_same_bits_elsewhere() -> None:
    here = plan()
    there = pickle.loads(pickle.dumps(here))
    assert digest(there) == digest(here)
    propagator = make_propagator(here.catalog, START_JD, START_FRACTION)
    for number in (2, 0):
        found = search_window(here, propagator, number)
        assert found.first.size > 0
        assert digest(search_elsewhere(there, number, package_versions())) == digest(found)


def test_the_digest_sees_every_change() -> None:
    base, other = plan(), plan()
    other.gone_s.resize(1)
    assert digest(base) == digest(plan())
    assert digest(base) != digest(other)
    assert digest((1.0, 2)) != digest((1.0, 2.0))
    assert digest(np.zeros(2)) != digest(np.zeros(2, dtype=np.int64))


def test_a_worker_with_another_version_is_refused() -> None:
    versions = dict(package_versions()) | {"sgp4": "1.0"}
    with pytest.raises(RunError, match=r"a worker runs sgp4 .*, here runs sgp4 1\.0"):
        search_elsewhere(plan(), 0, versions)
    with pytest.raises(RunError, match="worker 7 runs debrissim None, here runs debrissim"):
        require_versions(package_versions(), {}, "worker 7")


def test_windows_come_in_order_whatever_the_order_they_are_found_in() -> None:
    class Backwards:
        def search(self, plan, propagator, numbers):  # type: ignore[no-untyped-def]
            for number in reversed(numbers):
                yield number, search_window(plan, propagator, number)

    assert digest(run(Backwards())) == digest(run(Threads(1)))


def test_progress_is_told_as_windows_finish() -> None:
    shares: list[float] = []
    screen(
        CATALOG,
        [3],
        START_JD,
        START_FRACTION,
        4000.0,
        [sphere(5.0)],
        settings=ScreeningSettings(window_s=1000.0),
        progress=shares.append,
    )
    assert shares == [0.25, 0.5, 0.75, 1.0]


def test_an_early_end_cancels_what_has_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[float] = []

    def counted(
        propagator: Propagator, rows: Index, primaries: Index, start_s: float, *rest: Any
    ) -> Candidates:
        begun.append(start_s)
        return find_candidates(propagator, rows, primaries, start_s, *rest)

    def stop(_share: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(window_search, "find_candidates", counted)
    with pytest.raises(KeyboardInterrupt):
        screen(
            CATALOG, [3], START_JD, START_FRACTION, 40000.0, [sphere(5.0)],
            settings=ScreeningSettings(window_s=100.0), executor=Threads(1), progress=stop,
        )  # fmt: skip
    assert len(begun) < 200


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds the worker's process in /proc")
def test_a_worker_process_that_is_killed_is_told() -> None:
    def kill_a_child() -> None:
        for _ in range(3000):
            time.sleep(0.01)
            for task in os.listdir("/proc/self/task"):  # noqa: PTH208
                with open(f"/proc/self/task/{task}/children") as stream:  # noqa: PTH123
                    children = stream.read().split()
                for child in children:
                    with open(f"/proc/{child}/cmdline") as stream:  # noqa: PTH123
                        if "spawn_main" in stream.read():
                            os.kill(int(child), signal.SIGKILL)
                            return

    killer = threading.Thread(target=kill_a_child)
    killer.start()
    with pytest.raises(RunError, match="a worker process died"):
        run(Processes(1))
    killer.join()


def test_no_window_at_all_starts_no_process() -> None:
    here = plan()
    found: list[tuple[int, Candidates]] = list(Processes(2).search(here, None, []))  # type: ignore[arg-type]
    assert found == []
