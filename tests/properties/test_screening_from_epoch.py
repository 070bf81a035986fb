"""Objects that SGP4 cannot run back from an epoch within the span to its start are screened from their beginning on.

The oracle walks from each epoch in both directions in quarters of a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support import oracle
from support.catalogs import (
    START,
    START_FRACTION,
    START_JD,
    Elements,
    crossing_pair,
    decaying,
    duplicates,
    formation,
    ground_grazing,
    leo,
    make_catalog,
)
from support.engine_events import as_events, compare, run_engine

from debrissim.catalog.catalog import Catalog
from debrissim.core.errors import RunError
from debrissim.propagation import failure
from debrissim.propagation.sgp4 import ObjectStatus
from debrissim.screening.checkpoint import open_checkpoint
from debrissim.screening.colocation import CoLocationRule
from debrissim.screening.encounters import EncounterStatus
from debrissim.screening.executors import Processes, Threads
from debrissim.screening.screen import ScreeningResult, ScreeningSettings, screen
from debrissim.screening.volumes import ScreeningVolume
from debrissim.screening.window_search import digest

DURATION_S = 9000.0
# Run back for two hours, the drag of this orbit takes its perigee below the ground.
LATE = leo(mean_motion_rev_day=15.9, eccentricity=0.01, bstar=0.3, epoch_days=0.08)
# Run back for longer, SGP4 returns code 0 again, for an orbit of no object.
RECOVERED = replace(LATE, epoch_days=1.0)
SEARCHES = [
    ScreeningSettings(),
    ScreeningSettings(step_s=7.0, window_s=900.0, workers=1),
    ScreeningSettings(step_s=120.0, window_s=20000.0, tolerance_km=4.0),
]
# The others, whose results are the same, in the slow set.
ONE_FAST_SEARCH = [SEARCHES[0], *(pytest.param(search, marks=pytest.mark.slow) for search in SEARCHES[1:])]


@pytest.fixture(scope="module", autouse=True)
def _sharp_failures() -> Iterator[None]:
    """Engine and oracle locate a failure to a millisecond, in which a pair moves metres; here, to far less."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(oracle, "FAILURE_TOLERANCE_S", 1e-8)
        patch.setattr(failure, "FAILURE_RESOLUTION_S", 1e-8)
        yield


def beginning_s(elements: Elements) -> float:
    """The first second, in whole seconds after the start, from which SGP4 works up to the epoch."""
    (record,) = oracle.satrecs_of(make_catalog(elements))
    back = np.arange(np.floor(86400.0 * elements.epoch_days), 0.0, -1.0)
    bad = np.flatnonzero(record.sgp4_array(*START.split(back))[0])
    assert bad.size
    return float(back[bad[0] - 1])


def shifted(elements: Elements, begin_s: float) -> Elements:
    """The same object, later or earlier by a time that lets it begin at about begin_s."""
    far = replace(elements, epoch_days=1.0)
    return replace(far, epoch_days=1.0 + (begin_s - beginning_s(far)) / 86400.0)


def meeting(elements: Elements, tca_s: float) -> tuple[Elements, Elements]:
    """A pass at low altitude; the second object has its epoch there, as it would not survive a whole orbit."""
    return crossing_pair(
        12.0, tca_s, primary=elements, angle_deg=40.0, speed_ratio=1.1, bstar=0.0, epoch_days=tca_s / 86400.0
    )


def check(
    catalog: Catalog,
    volume: oracle.Volume = 20.0,
    primaries: list[int] | None = None,
    search: ScreeningSettings | None = None,
    duration_s: float = DURATION_S,
) -> ScreeningResult:
    """Screen, and fail unless the oracle finds the same encounters."""
    expected = oracle.brute_force(catalog, primaries, START_JD, START_FRACTION, duration_s, volume)
    result = run_engine(catalog, duration_s, volume, primaries, search)
    comparison = compare(expected, as_events(result.encounters), volume)
    assert comparison.missing == []
    assert comparison.extra == []
    return result


@pytest.mark.parametrize("search", SEARCHES, ids=["default", "short", "long"])
@pytest.mark.parametrize("begin_s", [2.0, 61.0, 899.7, 3000.0, 8990.0])
def test_an_object_exists_from_the_moment_to_which_sgp4_can_be_run_back(
    begin_s: float, search: ScreeningSettings
) -> None:
    late = shifted(LATE, begin_s)
    catalog = make_catalog(late, leo(raan_deg=90.0), leo(raan_deg=10.0))
    for primaries in (None, [0], [1]):
        result = check(catalog, 900.0, primaries, search)
        assert result.begin_s[0] == pytest.approx(begin_s, abs=1.1)
        assert np.isnan(result.begin_s[1:]).all()
        assert result.object_status[0] == ObjectStatus.DECAYED
        assert result.object_status[1:].tolist() == [0, 0]
        assert result.flown_s(DURATION_S)[0] == DURATION_S - result.begin_s[0]
        assert (result.encounters.tca_s[result.encounters.primary == 0] >= result.begin_s[0]).all()


@pytest.mark.parametrize("after_s", [-40.0, -1.0, 0.02, 0.3, 1.0, 3.0, 7.0, 9.0, 40.0, 100.0])
@pytest.mark.parametrize("begin_s", [30.0, 2500.0])
def test_passes_next_to_a_beginning(begin_s: float, after_s: float) -> None:
    """Within the first steps after it, closing and receding; one before it counts only where the object begins."""
    late = shifted(LATE, begin_s)
    begin_s = float(run_engine(make_catalog(late, leo()), DURATION_S, 1.0).begin_s[0])
    catalog = make_catalog(*meeting(late, begin_s + after_s))
    for search in SEARCHES:
        result = check(catalog, 30.0, None, search)
        if after_s > -2.0:
            tca_s = result.encounters.tca_s[0]
            assert tca_s == pytest.approx(begin_s + max(after_s, 0.0), abs=1e-3)
            at_start = result.encounters.status[0] == EncounterStatus.SPAN_START
            assert at_start == (after_s < 0.0)
    for primary in ([0], [1]):
        check(catalog, 30.0, primary)


@pytest.mark.parametrize("search", ONE_FAST_SEARCH)
def test_objects_that_begin_together(search: ScreeningSettings) -> None:
    late = shifted(LATE, 2500.0)
    catalog = make_catalog(*formation(0.8, late), *duplicates(3, late), *formation(0.8, RECOVERED))
    result = check(catalog, 20.0, None, search)
    assert len(result.encounters) > 3


@pytest.mark.parametrize(
    "primaries", [pytest.param(None, marks=pytest.mark.slow), [0], [1]], ids=["all", "late", "other"]
)
def test_a_spurious_orbit_before_the_beginning_is_not_screened(primaries: list[int] | None) -> None:
    """SGP4 returns code 0 at the start, and again next to the beginning; none of it counts."""
    (record,) = oracle.satrecs_of(make_catalog(RECOVERED))
    assert START.state(record, 0.0)[0] == 0
    others = [leo(raan_deg=9.0 * k) for k in range(12)]
    result = check(make_catalog(RECOVERED, *others), 900.0, primaries, None, 86400.0)
    assert result.begin_s[0] == pytest.approx(beginning_s(RECOVERED), abs=1.1)
    # An epoch after the end of the span, to which SGP4 can be run back, changes nothing.
    short = check(make_catalog(RECOVERED, *others), 900.0, primaries, None, result.begin_s[0] + 3000.0)
    assert short.begin_s[0] == pytest.approx(result.begin_s[0], abs=1e-3)


def test_an_object_that_begins_and_ends_within_the_span() -> None:
    # So much drag that the orbit lasts for less than an hour in either direction.
    brief = leo(mean_motion_rev_day=16.04, eccentricity=0.0045, bstar=1.2, epoch_days=0.05)
    catalog = make_catalog(brief, *(leo(raan_deg=15.0 * k) for k in range(12)))
    for search in SEARCHES:
        result = check(catalog, 900.0, None, search, 14000.0)
        assert 0.0 < result.begin_s[0] < 4320.0 < result.failure_s[0] < 14000.0
        assert result.flown_s(14000.0)[0] == result.failure_s[0] - result.begin_s[0]
        assert result.existence.reason(0).count("SGP4 error") == 2
    check(catalog, 900.0, [0], None, 14000.0)


def test_objects_that_never_exist_at_the_same_time_do_not_meet() -> None:
    """One ends a few seconds before the other begins, in the same place: the straight lines beyond failures cross."""
    falling = decaying()
    end_s = float(run_engine(make_catalog(falling, leo()), DURATION_S, 1.0).failure_s[0])
    late = shifted(LATE, end_s + 5.0)
    near = meeting(late, end_s + 6.0)[1]
    result = check(make_catalog(falling, late, near), 6000.0)
    assert result.failure_s[0] < result.begin_s[1]
    pairs = set(zip(result.encounters.primary.tolist(), result.encounters.secondary.tolist(), strict=True))
    assert (0, 1) not in pairs
    assert (1, 2) in pairs


def test_an_epoch_between_two_perigees_below_the_ground() -> None:
    """SGP4 fails at each perigee: the object exists from the one before its epoch to the one after it."""
    grazer = ground_grazing(epoch_days=0.2)
    catalog = make_catalog(grazer, *(leo(raan_deg=30.0 * k) for k in range(12)))
    for search in SEARCHES:
        result = check(catalog, 900.0, None, search, 40000.0)
        assert 0.0 < result.begin_s[0] < 17280.0 < result.failure_s[0] < 40000.0
    check(catalog, 900.0, [0], None, 40000.0)


def test_an_object_that_fails_at_its_own_epoch_is_excluded() -> None:
    catalog = make_catalog(leo(mean_motion_rev_day=17.2, epoch_days=0.05), *crossing_pair(1.0, 1000.0))
    result = check(catalog)
    assert result.object_status[0] != ObjectStatus.OK
    assert result.flown_s(DURATION_S).tolist() == [0.0, DURATION_S, DURATION_S]
    assert result.failure_s[0] == pytest.approx(4320.0, abs=1e-3)
    with pytest.raises(RunError, match="SGP4 fails at its epoch already"):
        run_engine(catalog, DURATION_S, 1.0, [0])


def test_an_object_that_begins_after_the_span_takes_no_part() -> None:
    late = shifted(LATE, 8000.0)
    catalog = make_catalog(late, *crossing_pair(1.0, 1000.0))
    result = check(catalog, duration_s=7000.0)
    assert result.object_status[0] != ObjectStatus.OK
    assert result.begin_s[0] > 7000.0
    assert result.flown_s(7000.0).tolist() == [0.0, 7000.0, 7000.0]


def crowd(seed: int) -> Catalog:
    """Objects of high drag with epochs in and after the span, falling ones, grazing ones, and ordinary ones."""
    rng = np.random.default_rng(seed)

    def angles() -> dict[str, float]:
        keys = ("raan_deg", "arg_perigee_deg", "mean_anomaly_deg")
        return dict(zip(keys, rng.uniform(0.0, 360.0, 3).tolist(), strict=True))

    late = [
        replace(
            leo(
                mean_motion_rev_day=float(rng.uniform(15.6, 15.95)),
                eccentricity=float(rng.uniform(0.004, 0.015)),
                inclination_deg=float(rng.uniform(20.0, 110.0)),
                bstar=float(10.0 ** rng.uniform(-0.8, 0.0)),
                epoch_days=float(rng.uniform(0.0, 1.5) * DURATION_S / 86400.0),
            ),
            **angles(),
        )
        for _ in range(10)
    ]
    grazing = [replace(ground_grazing(epoch_days=float(rng.uniform(0.0, 0.3))), **angles()) for _ in range(3)]
    falling = [replace(decaying(epoch_days=float(rng.uniform(0.0, 0.1))), **angles()) for _ in range(3)]
    brief = [
        replace(
            leo(mean_motion_rev_day=16.04, eccentricity=0.0045, bstar=float(rng.uniform(0.8, 1.3))),
            epoch_days=float(rng.uniform(0.02, 0.08)),
            **angles(),
        )
        for _ in range(2)
    ]
    return make_catalog(*late, *brief, *grazing, *falling, *(leo(raan_deg=36.0 * k) for k in range(8)))


@pytest.mark.parametrize("seeds", [range(12), pytest.param(range(12, 40), marks=pytest.mark.slow)])
def test_random_catalogues(seeds: range) -> None:
    begun = both = 0
    for seed in seeds:
        primaries = [None, None, [0, 4, 17], [20]][seed % 4]
        catalog = crowd(seed)
        try:
            result = check(catalog, [900.0, 300.0][seed % 2], primaries, SEARCHES[seed % 3])
        except RunError:
            result = check(catalog, 900.0, [20], SEARCHES[seed % 3])
        begins = (result.flown_s(DURATION_S) > 0.0) & np.isfinite(result.begin_s)
        begun += int(begins.sum())
        both += int((begins & np.isfinite(result.failure_s)).sum())
    assert begun > len(seeds)
    assert both >= len(seeds) // 8


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 500))
def test_many_random_catalogues(seed: int) -> None:
    check(crowd(seed), 900.0, None, SEARCHES[seed % 3])


def test_every_executor_and_a_resumed_run_give_the_same_bits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Other processes have the usual resolution.
    monkeypatch.setattr(failure, "FAILURE_RESOLUTION_S", 1e-3)

    def run(executor: Threads | Processes, checkpoint: bool) -> str:
        result = screen(
            crowd(1),
            None,
            START_JD,
            START_FRACTION,
            DURATION_S,
            [ScreeningVolume.sphere(900.0)],
            settings=ScreeningSettings(window_s=1500.0),
            colocation=CoLocationRule(enabled=False),
            executor=executor,
            checkpoint=open_checkpoint(tmp_path / "out.work", {"scenario": "1"}) if checkpoint else None,
        )
        assert np.isfinite(result.begin_s).any()
        return digest(result)

    expected = run(Threads(1), False)
    assert run(Threads(2), True) == expected
    for window in sorted((tmp_path / "out.work").glob("*.window"))[1::2]:
        window.unlink()
    assert run(Processes(2), True) == expected


def test_vehicles_that_begin_together_are_co_located() -> None:
    """As vehicles that fly together at the start: here, at the first moment at which both exist."""
    late = shifted(LATE, 2500.0)
    catalog = make_catalog(*formation(0.5, late), leo(raan_deg=90.0))
    result = screen(catalog, None, START_JD, START_FRACTION, DURATION_S, [ScreeningVolume.sphere(20.0)])
    assert (result.co_located.first.tolist(), result.co_located.second.tolist()) == ([0], [1])
    assert result.co_located.start_separation_km[0] == pytest.approx(0.5, abs=0.2)
    assert len(result.encounters) == 0
