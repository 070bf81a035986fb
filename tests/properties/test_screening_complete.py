"""The engine misses no encounter and invents none: `screen` against the brute-force oracle.

Neither the settings of the search nor the choice of the kernel may change the encounters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from support import oracle
from support.catalogs import (
    START,
    START_FRACTION,
    START_JD,
    Elements,
    adversarial,
    catalogs_strategy,
    crossing_pair,
    decaying,
    duplicates,
    encounter_after_failure,
    formation,
    geo,
    geo_pair,
    ground_grazing,
    gto,
    head_on_pair,
    leo,
    make_catalog,
    molniya,
    random_catalog,
    volumes_strategy,
)
from support.engine_events import as_events, compare, other_stays, run_engine

from debrissim.catalog.catalog import Catalog
from debrissim.core.errors import RunError
from debrissim.propagation import failure
from debrissim.screening import grid
from debrissim.screening.screen import ScreeningResult, ScreeningSettings

DURATION_S = 7200.0


@pytest.fixture(scope="module", autouse=True)
def _sharp_failures() -> Iterator[None]:
    """Engine and oracle locate a failure to a millisecond, in which a pair moves metres; here, to far less."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(oracle, "FAILURE_TOLERANCE_S", 1e-8)
        patch.setattr(failure, "FAILURE_RESOLUTION_S", 1e-8)
        yield


def expected_events(
    catalog: Catalog, duration_s: float, volume: oracle.Volume, primaries: list[int] | None = None
) -> list[oracle.Event]:
    return oracle.brute_force(catalog, primaries, START_JD, START_FRACTION, duration_s, volume)


def check(
    catalog: Catalog,
    duration_s: float,
    volume: oracle.Volume = 20.0,
    primaries: list[int] | None = None,
    search: ScreeningSettings | None = None,
    expected: list[oracle.Event] | None = None,
) -> ScreeningResult:
    """Screen, and fail unless the oracle finds the same encounters."""
    if expected is None:
        expected = expected_events(catalog, duration_s, volume, primaries)
    result = run_engine(catalog, duration_s, volume, primaries, search)
    comparison = compare(expected, as_events(result.encounters), volume)
    assert comparison.missing == []
    assert comparison.extra == []
    assert other_stays(comparison, volume) == []
    return result


search_settings = st.builds(
    ScreeningSettings,
    step_s=st.sampled_from([None, 5.0, 12.0, 37.0, 60.0, 110.0]),
    window_s=st.sampled_from([500.0, 1800.0, 3601.0, 7200.0, 14400.0]),
    tolerance_km=st.sampled_from([None, 0.05, 1.0, 5.0]),
    workers=st.sampled_from([1, 2]),
)
some_primaries = st.sampled_from([None, [0], [1], [1, 0]])


def fails_before_the_start(catalog: Catalog) -> bool:
    """Whether SGP4 fails for an object between its epoch and the start. The engine latches this (see
    `debrissim.screening.decay`); the oracle only tests the start, where SGP4 may succeed again."""
    for record in oracle.satrecs_of(catalog):
        age_s = (START_JD - record.jdsatepoch + START_FRACTION - record.jdsatepochF) * 86400.0
        if record.sgp4_array(*START.split(np.arange(-age_s, 0.0, 120.0)))[0].any():
            return True
    return False


def _random_case(
    catalog: Catalog, volume: oracle.Volume, primaries: list[int] | None, search: ScreeningSettings
) -> None:
    # SGP4 returns NaN with code 0 for inclinations below the smallest normal number of degrees.
    assume(not ((catalog.inclination_deg > 0.0) & (catalog.inclination_deg < 1e-300)).any())
    assume(not fails_before_the_start(catalog))
    try:
        expected = expected_events(catalog, DURATION_S, volume, primaries)
        check(catalog, DURATION_S, volume, primaries, search, expected)
    except (RunError, RuntimeError):
        assume(False)  # a primary that has decayed by the start; a failure too short for the oracle's nodes


fuzz = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "phases": [Phase.explicit, Phase.generate],
}


@settings(max_examples=40, derandomize=True, **fuzz)
@given(catalogs_strategy(DURATION_S), volumes_strategy(), some_primaries, search_settings)
def test_random_catalogues(
    catalog: Catalog, volume: oracle.Volume, primaries: list[int] | None, search: ScreeningSettings
) -> None:
    _random_case(catalog, volume, primaries, search)


@pytest.mark.slow
@settings(max_examples=2000, **fuzz)
@given(catalogs_strategy(DURATION_S), volumes_strategy(), some_primaries, search_settings)
def test_many_random_catalogues(
    catalog: Catalog, volume: oracle.Volume, primaries: list[int] | None, search: ScreeningSettings
) -> None:
    _random_case(catalog, volume, primaries, search)


# --- settings, primaries, kernels ------------------------------------------------------------------------

SEARCHES = [
    ScreeningSettings(),
    ScreeningSettings(step_s=7.0, window_s=900.0, workers=1),
    ScreeningSettings(step_s=60.0, window_s=3600.0, tolerance_km=4.0),
    ScreeningSettings(step_s=120.0, window_s=20000.0, tolerance_km=0.05),
    ScreeningSettings(step_s=3.0, window_s=1333.0, tolerance_km=0.01),
]


def rows_of(result: ScreeningResult) -> list[tuple[int, int, int, int]]:
    """Pair, status and second of each row, in an order that does not depend on the last digit of a time."""
    table = result.encounters
    seconds = np.round(table.tca_s).astype(int)
    return sorted(
        zip(
            table.primary.tolist(),
            table.secondary.tolist(),
            table.status.tolist(),
            seconds.tolist(),
            strict=True,
        )
    )


@pytest.mark.parametrize("volume", [20.0, 1.7, (2.0, 25.0, 25.0)], ids=str)
@pytest.mark.parametrize("primaries", [None, [0], [24, 2, 33]], ids=["all", "one", "three"])
def test_adversarial_cases_with_any_settings(volume: oracle.Volume, primaries: list[int] | None) -> None:
    catalog = adversarial(4000.0)
    expected = expected_events(catalog, 4000.0, volume, primaries)
    results = [check(catalog, 4000.0, volume, primaries, search, expected) for search in SEARCHES]
    for result in results[1:]:
        assert np.array_equal(result.object_status, results[0].object_status)
        assert np.allclose(result.failure_s, results[0].failure_s, rtol=0.0, atol=1e-6, equal_nan=True)
        assert rows_of(result) == rows_of(results[0])


@pytest.mark.slow
def test_adversarial_cases_over_hours() -> None:
    catalog = adversarial(20000.0)
    expected = expected_events(catalog, 20000.0, 20.0)
    for search in SEARCHES[:3]:
        check(catalog, 20000.0, 20.0, None, search, expected)


@pytest.mark.parametrize("regime", ["leo-shell", pytest.param("all", marks=pytest.mark.slow)])
def test_dense_catalogues(regime: str) -> None:
    catalog = random_catalog(np.random.default_rng(11), 80, regime)
    volume = 80.0 if regime == "leo-shell" else 500.0
    result = check(catalog, 9000.0, volume)
    assert len(result.encounters) > 20
    check(catalog, 9000.0, (30.0, volume, volume), [5, 17])


def test_more_primaries_than_the_plain_kernel_accepts() -> None:
    catalog = random_catalog(np.random.default_rng(12), 60)
    primaries = np.random.default_rng(1).permutation(60)[: grid.FEW_PRIMARIES + 8].tolist()
    assert len(check(catalog, 6000.0, 60.0, primaries).encounters) > 10


@pytest.mark.parametrize("primaries", [None, [0, 24, 2]], ids=["all", "some"])
def test_both_kernels_find_the_same(monkeypatch: pytest.MonkeyPatch, primaries: list[int] | None) -> None:
    catalog = adversarial(4000.0)
    search = ScreeningSettings(step_s=20.0, window_s=1500.0)
    tables = []
    for few in (0, len(catalog)):
        monkeypatch.setattr(grid, "FEW_PRIMARIES", few)
        tables.append(run_engine(catalog, 4000.0, 20.0, primaries, search))
    by_cells, plain = tables
    assert len(by_cells.encounters) > 0
    # The cells drop some pairs by straight lines that the parabola alone would pass on.
    assert 0.9 * plain.candidate_count <= by_cells.candidate_count <= plain.candidate_count
    assert as_events(by_cells.encounters) == as_events(plain.encounters)


# --- passes at the ends of windows, steps and the span ----------------------------------------------------


def placed(times: list[float], **options: float) -> Catalog:
    """One pass at each of the times, each in its own plane."""
    planes = [leo(raan_deg=360.0 * k / len(times), inclination_deg=70.0) for k in range(len(times))]
    pairs = [crossing_pair(2.0, t, primary=p, **options) for t, p in zip(times, planes, strict=True)]
    return make_catalog(*(element for pair in pairs for element in pair))


@pytest.mark.parametrize(
    "options",
    [{}, {"angle_deg": 180.0}, {"angle_deg": 2.0}, {"angle_deg": 0.0, "speed_ratio": 1.0005}],
    ids=["crossing", "head-on", "shallow", "overtaking"],
)
def test_passes_on_the_edges_of_windows_and_steps(options: dict[str, float]) -> None:
    # Windows of 1000 s, steps of 20 s: edges at 1000 and 2000, at every 20, samples at 10, 30, ...
    edges = [1000.0, 2000.0, 1500.0, 1510.0, 1000.0 + 1e-6, 1000.0 - 1e-6, 2000.0 + 1e-3, 1999.99, 20.0, 10.0]
    catalog = placed([*edges, 2980.0, 2990.0], **options)
    result = check(catalog, 3000.0, 20.0, None, ScreeningSettings(step_s=20.0, window_s=1000.0))
    assert len(result.encounters) >= 12
    check(catalog, 3000.0, 20.0, [0, 4], ScreeningSettings(step_s=20.0, window_s=1000.0))


NEAR_AN_END = [0.0, 1e-6, 1e-3, 0.01, 0.019, 0.021, 0.022, 0.024, 0.026, 0.04, 0.7, 1.3]


@pytest.mark.parametrize("options", [{}, {"angle_deg": 0.0, "speed_ratio": 1.00002}], ids=["fast", "slow"])
def test_passes_near_the_ends_of_the_span_are_found_once(options: dict[str, float]) -> None:
    times = [sign * t for t in NEAR_AN_END for sign in (1.0, -1.0)]
    for catalog in (placed(times, **options), placed([1000.0 + t for t in times], **options)):
        result = check(catalog, 1000.0, 40.0)
        pairs = list(
            zip(result.encounters.primary.tolist(), result.encounters.secondary.tolist(), strict=True)
        )
        for k in range(len(times)):
            assert pairs.count((2 * k, 2 * k + 1)) == 1


@pytest.mark.parametrize("clock_deg", [0.0, 45.0, 90.0, 200.0])
def test_passes_at_the_threshold(clock_deg: float) -> None:
    offset_km = 1e-5
    inside = make_catalog(*crossing_pair(20.0 - offset_km, 500.0, clock_deg=clock_deg))
    outside = make_catalog(*crossing_pair(20.0 + offset_km, 500.0, clock_deg=clock_deg))
    assert len(check(inside, 1000.0).encounters) == 1
    assert len(check(outside, 1000.0).encounters) == 0


@pytest.mark.parametrize("duration_s", [0.3, 1.0, 7.0, 25.0])
def test_spans_shorter_than_a_step(duration_s: float) -> None:
    catalog = placed([0.0, 0.4 * duration_s, duration_s, 0.9 * duration_s, 30.0])
    check(catalog, duration_s, 30.0)
    check(catalog, duration_s, 30.0, [0, 4])


# --- slow pairs -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "objects",
    [
        formation(3.0),
        formation(0.02),
        formation(19.0),
        geo_pair(4.0),
        geo_pair(19.0),
        formation(2.0, molniya()),
        formation(2.0, gto()),
        (*duplicates(3), *duplicates(2, geo()), *duplicates(2, molniya())),
        (*formation(1.0), *formation(1.5)),
    ],
    ids=["close", "very close", "at the rim", "geo", "wide geo", "molniya", "gto", "duplicates", "trains"],
)
@pytest.mark.parametrize(
    "search",
    [SEARCHES[0], *(pytest.param(search, marks=pytest.mark.slow) for search in SEARCHES[1:3])],
    ids=["default", "fine", "coarse"],
)
def test_objects_that_fly_together(objects: tuple[Elements, ...], search: ScreeningSettings) -> None:
    catalog = make_catalog(*objects)
    check(catalog, 9000.0, 20.0, None, search)
    check(catalog, 9000.0, (1.0, 19.99, 3.0), [1], search)


# --- objects whose ephemeris ends ---------------------------------------------------------------------------

FAILING = {
    "decaying": decaying(),
    "decaying fast": decaying(raan_deg=200.0, bstar=1e-2),
    "into the ground": ground_grazing(),
}


@pytest.mark.parametrize("failing", FAILING.values(), ids=FAILING.keys())
def test_passes_near_a_failure(failing: Elements) -> None:
    """Regression: minima in the last eight seconds before an object fails were lost (the five points of the narrow
    phase reached beyond the failure)."""
    for after_s in (-60.0, -9.0, -7.0, -3.0, -1.0, -0.3, -0.02, 0.3, 1.5):
        catalog = make_catalog(*encounter_after_failure(2.0, after_s, failing))
        assert len(check(catalog, 9000.0).encounters) >= 1
    check(catalog, 9000.0, 20.0, [1], ScreeningSettings(step_s=120.0))


@pytest.mark.parametrize(
    "search", [SEARCHES[0], *(pytest.param(search, marks=pytest.mark.slow) for search in SEARCHES[1:])]
)
def test_objects_that_decay_together(search: ScreeningSettings) -> None:
    catalog = make_catalog(
        *formation(0.8, decaying()), *formation(0.0, decaying()), *duplicates(2, decaying())
    )
    check(catalog, 9000.0, 20.0, None, search)


@pytest.mark.parametrize("seed", range(6))
def test_dense_catalogues_that_decay(seed: int) -> None:
    rng = np.random.default_rng(seed)
    falling = [
        decaying(
            raan_deg=float(rng.uniform(0, 60)),
            mean_anomaly_deg=float(rng.uniform(0, 360)),
            bstar=float(10 ** rng.uniform(-3, -1.7)),
            mean_motion_rev_day=float(rng.uniform(16.1, 16.4)),
        )
        for _ in range(8)
    ]
    grazing = [
        ground_grazing(
            raan_deg=float(rng.uniform(0, 60)),
            mean_anomaly_deg=float(rng.uniform(-60, 2)),
            eccentricity=float(rng.uniform(0.67, 0.7)),
        )
        for _ in range(8)
    ]
    catalog = make_catalog(*falling, *grazing)
    check(catalog, 9000.0, 900.0, None, SEARCHES[seed % len(SEARCHES)])


@pytest.mark.parametrize("before_s", [1.0, 5.0, 20.0, 31.0])
def test_objects_that_emerge_from_the_ground_just_before_the_start(before_s: float) -> None:
    """Regression: an object that SGP4 can follow from the start on, but not half a step earlier (where the first
    window begins), was treated as failed and excluded from the whole span."""
    grazer = ground_grazing(mean_anomaly_deg=0.0)
    (record,) = oracle.satrecs_of(make_catalog(grazer))
    seconds = np.arange(-9000.0, 0.0)
    codes = record.sgp4_array(*START.split(seconds))[0]
    rises_s = float(seconds[1:][(codes[:-1] != 0) & (codes[1:] == 0)][-1])
    riser = replace(grazer, epoch_days=grazer.epoch_days - (rises_s + before_s) / 86400.0)
    for tca_s in (0.5, 9.0, 40.0, 3000.0):
        catalog = make_catalog(*crossing_pair(2.0, tca_s, primary=riser, angle_deg=30.0), leo())
        for search in SEARCHES[:3]:
            result = check(catalog, 4000.0, 20.0, None, search)
            assert len(result.encounters) >= 1
            assert np.isnan(result.failure_s[:2]).all()
        check(catalog, 4000.0, 20.0, [0])


def test_a_failure_after_the_span_is_not_reported() -> None:
    """Regression: the last window reaches half a step beyond the span; a failure there was reported."""
    failing = decaying()
    (record,) = oracle.satrecs_of(make_catalog(failing))
    codes = record.sgp4_array(*START.split(np.arange(0.0, 20000.0)))[0]
    duration_s = float(np.argmax(codes != 0)) - 3.0
    for search in SEARCHES:
        result = check(make_catalog(failing, *head_on_pair(1.0, 300.0)), duration_s, 20.0, None, search)
        assert result.object_status.tolist() == [0, 0, 0]
        assert np.isnan(result.failure_s).all()


def test_a_pair_whose_distance_is_all_rounding_has_a_row() -> None:
    """Regression: two GEO sets a thousandth of a millimetre apart had no row, as rounding carried their minima away."""
    near = (geo_pair(5.0, raan_deg=0.0), geo_pair(5.0, raan_deg=1.136e-11))
    result = check(make_catalog(*near[0], *near[1]), DURATION_S, 0.5)
    assert len(result.encounters) >= 2
