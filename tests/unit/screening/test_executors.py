"""Every executor gives the same bits, and the death of a worker is reported."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import time
from dataclasses import replace
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
from debrissim.screening.grid import WindowResult, find_candidates
from debrissim.screening.screen import ScreeningResult, ScreeningSettings, screen
from debrissim.screening.volumes import ScreeningVolume
from debrissim.screening.window_search import (
    SearchPlan,
    Window,
    digest,
    drop_metadata,
    package_versions,
    require_versions,
    search_in_worker,
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
        [ScreeningVolume.sphere(60.0)],
        settings=ScreeningSettings(window_s=1000.0),
        executor=executor,
    )


def plan() -> SearchPlan:
    rows = np.arange(len(CATALOG))
    return SearchPlan(
        catalog=drop_metadata(CATALOG), start_jd=START_JD, start_fraction=START_FRACTION, rows=rows, primaries=rows,
        anchor_s=np.zeros(rows.size), begin_s=np.full(rows.size, -np.inf), end_s=np.full(rows.size, np.inf),
        excluded=rows[:0],
        windows=tuple(Window(600.0 * k, 50, 12.0) for k in range(4)),
        distance_km=60.0, tolerance_km=4.0, ceiling_km=np.inf,
    )  # fmt: skip


@pytest.mark.parametrize("primaries", [None, list(range(50))], ids=["all-vs-all", "one-vs-all"])
def test_every_executor_gives_the_same_bits(primaries: list[int] | None) -> None:
    expected = run(Threads(1), primaries)
    assert len(expected.encounters) > 3
    assert digest(run(None, primaries)) == digest(expected)
    assert digest(run(Threads(2), primaries)) == digest(expected)
    assert digest(run(Processes(2), primaries)) == digest(expected)


def test_a_pickled_plan_gives_the_same_bits() -> None:
    local = plan()
    remote = pickle.loads(pickle.dumps(local))
    assert digest(remote) == digest(local)
    propagator = make_propagator(local.catalog, START_JD, START_FRACTION)
    for number in (2, 0):
        expected = search_window(local, propagator, number)
        assert len(expected.candidates) > 0
        assert digest(search_in_worker(remote, number, package_versions())) == digest(expected)


def test_the_digest_depends_on_every_part() -> None:
    base = plan()
    changed = replace(base, begin_s=np.zeros(len(CATALOG)))
    assert digest(base) == digest(plan())
    assert digest(base) != digest(changed)
    assert digest((1.0, 2)) != digest((1.0, 2.0))
    assert digest(np.zeros(2)) != digest(np.zeros(2, dtype=np.int64))


def test_a_worker_with_another_version_is_refused() -> None:
    versions = dict(package_versions()) | {"sgp4": "1.0"}
    with pytest.raises(RunError, match=r"a worker runs sgp4 .*, here runs sgp4 1\.0"):
        search_in_worker(plan(), 0, versions)
    with pytest.raises(RunError, match="worker 7 runs debrissim None, here runs debrissim"):
        require_versions(package_versions(), {}, "worker 7")


def test_results_are_in_the_order_of_the_windows() -> None:
    class Backwards:
        def search(self, plan, propagator, numbers):  # type: ignore[no-untyped-def]
            for number in reversed(numbers):
                yield number, search_window(plan, propagator, number)

    assert digest(run(Backwards())) == digest(run(Threads(1)))


def test_progress_is_reported_as_windows_finish() -> None:
    fractions: list[float] = []
    screen(
        CATALOG,
        [3],
        START_JD,
        START_FRACTION,
        4000.0,
        [ScreeningVolume.sphere(5.0)],
        settings=ScreeningSettings(window_s=1000.0),
        progress=fractions.append,
    )
    assert fractions == [0.25, 0.5, 0.75, 1.0]


def test_an_interrupt_cancels_windows_not_yet_started(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[float] = []

    def counted(
        propagator: Propagator, rows: Index, primaries: Index, start_s: float, *rest: Any
    ) -> WindowResult:
        started.append(start_s)
        return find_candidates(propagator, rows, primaries, start_s, *rest)

    def stop(_fraction: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(window_search, "find_candidates", counted)
    with pytest.raises(KeyboardInterrupt):
        screen(
            CATALOG, [3], START_JD, START_FRACTION, 40000.0, [ScreeningVolume.sphere(5.0)],
            settings=ScreeningSettings(window_s=100.0), executor=Threads(1), progress=stop,
        )  # fmt: skip
    assert len(started) < 200


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds the worker's process in /proc")
def test_a_killed_worker_process_is_reported() -> None:
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


def test_no_windows_start_no_process() -> None:
    results: list[tuple[int, WindowResult]] = list(Processes(2).search(plan(), None, []))  # type: ignore[arg-type]
    assert results == []
