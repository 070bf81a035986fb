"""Ephemerides and several element sets per object, screened as arcs, against single element sets and a slow search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from support.catalogs import (
    START_FRACTION,
    START_JD,
    Elements,
    decaying,
    encounter_after_failure,
    formation,
    ground_grazing,
    leo,
    make_catalog,
    random_catalog,
)
from support.flights import Approach, Piece, approaches, ephemeris_of, states_of

from debrissim.catalog.catalog import Catalog
from debrissim.core.rows import Rows
from debrissim.ephemerides.arcs import make_arcs
from debrissim.ephemerides.assignment import make_flights
from debrissim.ephemerides.flights import ORBIT_COLUMNS, Flights
from debrissim.ephemerides.interpolation import no_arcs
from debrissim.propagation.mean_elements import mean_elements_from_states
from debrissim.propagation.sgp4 import ObjectStatus
from debrissim.screening.colocation import CoLocationRule
from debrissim.screening.encounters import Encounters, EncounterStatus
from debrissim.screening.executors import Processes
from debrissim.screening.screen import ScreeningResult, ScreeningSettings, screen
from debrissim.screening.volumes import ScreeningVolume

DURATION_S = 9000.0
RADIUS_KM = 90.0
WIDE_KM = 300.0
START = START_JD, START_FRACTION


def run(
    catalog: Catalog,
    flights: Flights | None,
    primaries: list[int] | None = None,
    radius_km: float = RADIUS_KM,
    **options: object,
) -> ScreeningResult:
    return screen(
        catalog, primaries, *START, DURATION_S, [ScreeningVolume.sphere(radius_km)], flights=flights,
        colocation=CoLocationRule(enabled=False), **options,
    )  # fmt: skip


def as_ephemerides(catalog: Catalog, rows: Sequence[int], step_s: float = 60.0, **options: bool) -> Flights:
    """The flights of a catalogue in which some objects fly ephemerides that SGP4 wrote."""
    arcs = {
        row: make_arcs(
            ephemeris_of([Piece(catalog[[row]], -900.0, DURATION_S + 900.0)], step_s, **options), *START
        )
        for row in rows
    }
    flights = make_flights(catalog, arcs, None, *START, DURATION_S)
    assert flights is not None
    return flights


def assert_same(found: Encounters, expected: Encounters, time_s: float = 1e-3, miss_km: float = 1e-3) -> None:
    assert len(found) == len(expected)
    order = [np.lexsort((np.round(e.tca_s, 1), e.secondary, e.primary)) for e in (found, expected)]
    a, b = found[order[0]], expected[order[1]]
    assert a.primary.tolist() == b.primary.tolist()
    assert a.secondary.tolist() == b.secondary.tolist()
    assert np.abs(a.miss_distance_km - b.miss_distance_km).max(initial=0.0) <= miss_km
    fast = b.relative_speed_km_s > 0.5
    assert np.abs(a.tca_s - b.tca_s)[fast].max(initial=0.0) <= time_s


@pytest.mark.parametrize("primaries", [None, [0, 1]])
@pytest.mark.parametrize("velocities", [True, False])
def test_a_catalogue_written_as_ephemerides_gives_the_same_events(
    primaries: list[int] | None, velocities: bool
) -> None:
    catalog = random_catalog(np.random.default_rng(5), 70, "leo-shell")
    expected = run(catalog, None, primaries)
    assert len(expected.encounters) > (1 if primaries else 30)
    every = run(catalog, as_ephemerides(catalog, range(70), velocities=velocities), primaries)
    assert_same(every.encounters, expected.encounters)
    assert (every.flown_s(DURATION_S) == DURATION_S).all()
    half = run(catalog, as_ephemerides(catalog, range(0, 70, 2), velocities=velocities), primaries)
    assert_same(half.encounters, expected.encounters)


def test_one_orbit_cut_into_arcs_of_itself_gives_the_same_events_to_the_byte() -> None:
    catalog = random_catalog(np.random.default_rng(6), 60, "leo-shell")
    cuts = np.array([1000.0, 2500.0, 2600.0, 8000.0])
    pieces = cuts.size + 1
    rows = np.repeat(np.arange(60), pieces)
    flights = Flights.joined(
        sets=catalog[rows], row=rows,
        begin_s=np.tile(np.append(-np.inf, cuts), 60), end_s=np.tile(np.append(cuts, np.inf), 60),
        arc=np.full(rows.size, -1), table=no_arcs(), described=catalog,
    )  # fmt: skip
    assert_identical(run(catalog, flights).encounters, run(catalog, None).encounters)


@pytest.mark.parametrize("sides_s", [(0.0, 0.0), (-4e-4, 4e-4)], ids=["one moment", "parted by rounding"])
def test_a_closest_approach_on_a_switch_has_one_row(sides_s: tuple[float, float]) -> None:
    catalog = random_catalog(np.random.default_rng(6), 60, "leo-shell")
    expected = run(catalog, None).encounters
    row, moment = int(expected.primary[0]), float(expected.tca_s[0])
    rows = np.insert(np.arange(60), row, row)
    begin, end = np.full(61, -np.inf), np.full(61, np.inf)
    end[row], begin[row + 1] = moment + np.array(sides_s)
    flights = Flights(
        sets=catalog[rows], row=rows, begin_s=begin, end_s=end, arc=np.full(61, -1), table=no_arcs(), described=catalog
    )  # fmt: skip
    found = run(catalog, flights).encounters
    assert len(found) == len(expected)
    assert [found.status[0], *found.status[1:]] == [EncounterStatus.SWITCH, *expected.status[1:]]


@pytest.mark.parametrize("failing", [decaying, ground_grazing])
def test_approaches_at_a_failure_remain_where_another_object_flies_an_ephemeris(
    failing: Callable[..., Elements],
) -> None:
    """Regression: a failure passed for a switch to the same arc, and the pairs that close up to it had no row."""
    last = encounter_after_failure(2.0, 1.5, failing(raan_deg=100.0))
    catalog = make_catalog(*formation(0.8, failing()), *last, leo(raan_deg=80.0))
    expected = run(catalog, None).encounters
    assert EncounterStatus.SPAN_END in expected.status
    assert_identical(run(catalog, as_ephemerides(catalog, [4])).encounters, expected)


@pytest.mark.parametrize(
    ("first", "second", "begin_s", "end_s"),
    [
        (decaying(epoch_days=-5.0), leo(epoch_days=0.05), 0.0, 4320.0),
        (decaying(epoch_days=-10.0, bstar=0.05), leo(epoch_days=0.05), 0.0, 4320.0),
        (leo(), leo(mean_motion_rev_day=17.2, epoch_days=0.05), 4320.0, DURATION_S),
    ],
    ids=["decayed", "decayed and returned", "failing at its epoch"],
)
def test_an_element_set_that_fails_leaves_a_gap(
    first: Elements, second: Elements, begin_s: float, end_s: float
) -> None:
    """Regression: of several element sets of an object no failure at the beginning of one was noticed."""
    others = [leo(raan_deg=40.0), leo(raan_deg=80.0)]
    sets = make_catalog(*(replace(own, norad_id=800001) for own in (first, second)), *others)
    catalog = sets[[0, 2, 3]]
    flights = make_flights(catalog, {}, sets, *START, DURATION_S)
    result = run(catalog, flights, radius_km=500.0, require_pairs=False)
    assert result.gaps.row.tolist() == [0]
    assert [*result.gaps.begin_s, *result.gaps.end_s] == pytest.approx([begin_s, end_s], abs=1e-4)
    assert ObjectStatus(int(result.gaps.status[0])).reason.startswith("SGP4 error")
    assert result.flown_s(DURATION_S) == pytest.approx(
        [DURATION_S - (end_s - begin_s), DURATION_S, DURATION_S]
    )


def assert_identical(found: Rows, expected: Rows) -> None:
    for name, column in expected.columns().items():
        assert np.asarray(column).tobytes() == np.asarray(found.columns()[name]).tobytes(), name


def jumping_objects(seed: int, number: int) -> tuple[Catalog, Catalog]:
    """Objects of one shell, and several element sets of each with epochs within the span, some tens of km apart."""
    rng = np.random.default_rng(seed)
    first = random_catalog(rng, number, "leo-shell")
    # Each of the jumping objects has one that flies close by.
    beside = np.arange(number) - (np.arange(number) % 3 == 1)
    own = first[beside]
    first = first.with_columns(
        **{name: getattr(own, name) for name in ORBIT_COLUMNS},
    )
    near = beside != np.arange(number)
    first = first.with_columns(mean_anomaly_deg=first.mean_anomaly_deg + near * rng.normal(0.0, 0.3, number))
    sets = [first]
    for row in range(0, number, 3):
        for moment in np.sort(rng.uniform(300.0, DURATION_S - 300.0, rng.integers(1, 5))).tolist():
            (position,), (velocity,) = states_of(first[[row]], np.array([moment]))
            shifted = position + rng.normal(0.0, 8.0, 3), velocity + rng.normal(0.0, 0.005, 3)
            fraction = START_FRACTION + moment / 86400.0
            moved = mean_elements_from_states(shifted[0][None], shifted[1][None], [START_JD], [fraction])
            sets.append(
                first[[row]].with_columns(
                    **{name: getattr(moved, name) for name in ELEMENTS},
                    epoch_jd=np.array([START_JD]),
                    epoch_fraction=np.array([fraction]),
                )
            )
    return first, Catalog.concat(sets)


ELEMENTS = (
    "mean_motion_rev_day", "eccentricity", "inclination_deg", "raan_deg", "arg_perigee_deg", "mean_anomaly_deg",
)  # fmt: skip


def path_of(flights: Flights, row: int) -> list[Piece]:
    arcs = np.flatnonzero(flights.row == row)
    begin, end = (
        np.clip(flights.begin_s[arcs], 0.0, DURATION_S),
        np.clip(flights.end_s[arcs], 0.0, DURATION_S),
    )
    return [
        Piece(flights.sets[[arc]], b, e)
        for arc, b, e in zip(arcs.tolist(), begin.tolist(), end.tolist(), strict=True)
    ]


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(k, marks=pytest.mark.slow) for k in range(2, 6))])
def test_objects_that_jump_between_element_sets(seed: int) -> None:
    catalog, sets = jumping_objects(seed, 24)
    flights = make_flights(catalog, {}, sets, *START, DURATION_S)
    assert flights is not None
    primaries = [0, 3, 5] if seed % 2 else None
    settings = ScreeningSettings(step_s=(20.0, 60.0, 120.0)[seed % 3])
    result = run(catalog, flights, primaries, radius_km=WIDE_KM, settings=settings)
    found = result.encounters
    checked = switches = 0
    for a in range(24):
        for b in range(a + 1, 24):
            if primaries and a not in primaries and b not in primaries:
                continue
            mine = found[
                ((found.primary == a) & (found.secondary == b))
                | ((found.primary == b) & (found.secondary == a))
            ]
            expected = approaches(path_of(flights, a), path_of(flights, b), WIDE_KM)
            check_approaches(mine, expected)
            checked += len(expected)
            switches += sum(approach.at_switch for approach in expected)
    assert checked > (6 if primaries else 20)
    assert switches > (0 if primaries else 3)


def check_approaches(found: Encounters, expected: Sequence[Approach]) -> None:
    clear = [approach for approach in expected if approach.miss_km < WIDE_KM - 1e-3]
    for approach in clear:
        # The minimum of a pair that hardly moves is flat.
        margin_s = 0.1 + 0.005 / found.relative_speed_km_s
        near = (np.abs(found.tca_s - approach.time_s) < margin_s) & (
            np.abs(found.miss_distance_km - approach.miss_km) < 0.03
        )
        assert near.sum() == 1, (approach, found.tca_s, found.miss_distance_km)
        at_switch = found.status[near][0] == EncounterStatus.SWITCH
        assert at_switch == approach.at_switch
    assert len(found) <= len(expected)


def test_an_approach_at_a_switch_is_found_whatever_the_executor() -> None:
    catalog, sets = jumping_objects(1, 24)
    flights = make_flights(catalog, {}, sets, *START, DURATION_S)
    threads = run(catalog, flights).encounters
    assert_identical(run(catalog, flights, executor=Processes(2)).encounters, threads)


def test_an_object_does_not_fly_together_with_itself() -> None:
    """Both of its arcs exist at a switch, close to each other."""
    catalog, sets = jumping_objects(1, 24)
    flights = make_flights(catalog, {}, sets, *START, DURATION_S)
    rule = CoLocationRule(start_separation_km=50.0, start_speed_km_s=1.0, max_separation_km=500.0)
    result = screen(
        catalog, None, *START, DURATION_S, [ScreeningVolume.sphere(WIDE_KM)], flights=flights, colocation=rule
    )
    assert len(result.co_located)
    assert (result.co_located.first != result.co_located.second).all()
    assert (result.encounters.primary != result.encounters.secondary).all()


@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize("burn_s", [4500.0, 4530.0])
def test_a_burn_in_an_ephemeris_is_on_the_true_path(burn_s: float, declared: bool) -> None:
    others = random_catalog(np.random.default_rng(9), 200, "leo-shell")
    before = others[[0]]
    (position,), (velocity,) = states_of(before, np.array([burn_s]))
    burnt = velocity + 1e-3 * velocity / np.linalg.norm(velocity)
    fraction = START_FRACTION + burn_s / 86400.0
    elements = mean_elements_from_states(position[None], burnt[None], [START_JD], [fraction])
    after = before.with_columns(
        **{name: getattr(elements, name) for name in ELEMENTS},
        epoch_jd=np.array([START_JD]),
        epoch_fraction=np.array([fraction]),
    )
    pieces = [Piece(before, -900.0, burn_s), Piece(after, burn_s, DURATION_S + 900.0)]
    arcs = make_arcs(ephemeris_of(pieces, declared=declared), *START)
    assert 1 <= len(arcs.cuts) <= 2  # two where the burn falls on a node
    flights = make_flights(others, {0: arcs}, None, *START, DURATION_S)
    found = run(others, flights, [0]).encounters
    path = [replace(pieces[0], begin_s=0.0), replace(pieces[1], end_s=DURATION_S)]
    bound_km = float(arcs.error_km.max())
    total = 0
    for row in range(1, 200):
        mine = found[found.secondary == row]
        for approach in approaches(
            path, [Piece(others[[row]], 0.0, DURATION_S)], RADIUS_KM - 2.0 * bound_km, 2.0
        ):
            near = np.abs(mine.tca_s - approach.time_s) < 0.1 + bound_km
            assert near.any(), approach
            assert np.abs(mine.miss_distance_km[near] - approach.miss_km).min() < 0.01 + bound_km
            total += 1
    assert total >= 1


def test_an_ephemeris_that_ends_within_the_span_leaves_a_gap() -> None:
    catalog = make_catalog(leo(), leo(raan_deg=40.0), leo(raan_deg=80.0))
    pieces = [Piece(catalog[[0]], 600.0, 3000.0), Piece(catalog[[0]], 3600.0, 6000.0)]
    arcs = make_arcs(ephemeris_of(pieces, segments=True), *START)
    flights = make_flights(catalog, {0: arcs}, None, *START, DURATION_S)
    assert flights is not None
    result = run(catalog, flights, radius_km=500.0, require_pairs=False)
    gaps = result.gaps
    assert gaps.row.tolist() == [0, 0, 0]
    assert gaps.begin_s == pytest.approx([0.0, 3000.0, 6000.0], abs=1e-6)
    assert gaps.end_s == pytest.approx([600.0, 3600.0, DURATION_S], abs=1e-6)
    assert result.flown_s(DURATION_S) == pytest.approx([4800.0, DURATION_S, DURATION_S], abs=1e-6)
