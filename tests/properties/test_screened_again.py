"""Trajectories after burns, screened together, against brute force along each of them.

`brute_force` shares no code with the screening, and nothing here with the flights that the room makes: it is given the
element sets of the candidates, from their burns on, in run time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy.optimize import fsolve
from support.catalogs import (
    START_FRACTION,
    START_JD,
    crossing_pair,
    formation,
    leo,
    make_catalog,
    mean_motion_at,
    random_catalog,
)
from support.flights import Piece, ephemeris_of
from support.maneuvering import MovedSets, SetMotion, impulses, sized

from debrissim.catalog.catalog import Catalog
from debrissim.core.arrays import Array
from debrissim.ephemerides.arcs import make_arcs
from debrissim.ephemerides.assignment import make_flights
from debrissim.ephemerides.flights import Flights
from debrissim.ephemerides.interpolation import join_arcs
from debrissim.maneuvers.alternatives import ScreenedAlternatives, screen_alternatives
from debrissim.maneuvers.burns import Burns
from debrissim.maneuvers.element_sets import ElementSetManeuvers, ElementSetMotion
from debrissim.maneuvers.encounter_probability import ModelledErrors
from debrissim.maneuvers.integrated import IntegratedMotion
from debrissim.maneuvers.motion import ManeuveredMotion
from debrissim.maneuvers.screened_again import ScreenedAgain, screen_again
from debrissim.maneuvers.surroundings import Surroundings, flying_with
from debrissim.maneuvers.verdicts import Verdict
from debrissim.propagation.sgp4 import make_propagator
from debrissim.screening.encounters import EncounterStatus
from debrissim.screening.screen import ScreeningSettings
from debrissim.screening.volumes import ScreeningVolume
from debrissim.uncertainty.element_set_error import fixed_model
from debrissim.verification import brute_force

START = START_JD, START_FRACTION
DURATION_S = 9000.0
RADIUS_KM = 60.0
ERRORS = ModelledErrors(fixed_model((0.1, 0.3, 0.1)))


@dataclass(frozen=True)
class Found:
    burn: int
    object_row: int
    tca_s: float
    miss_km: float
    speed_km_s: float
    at_edge: bool


def surroundings(
    catalog: Catalog,
    together: Sequence[int] = (0,),
    radius_km: float = RADIUS_KM,
    step_s: float | None = None,
) -> Surroundings:
    return Surroundings(
        catalog, START, catalog[[0]], np.array(together), [ScreeningVolume.sphere(radius_km)],
        settings=ScreeningSettings(step_s=step_s),
    )  # fmt: skip


def by_brute_force(
    around: Surroundings, moved: MovedSets | ElementSetManeuvers, end_s: float = DURATION_S
) -> list[Found]:
    """Every local minimum of distance within the radius, of the candidates that are OK, from their burns on."""
    n, k = len(around.catalog), len(moved.sets)
    propagator = make_propagator(Catalog.concat([around.catalog, moved.sets]), *START)
    earliest = np.append(np.zeros(n), moved.burns.end_s)
    latest = np.full(n + k, end_s)
    candidates = n + np.flatnonzero(moved.status == 0)
    others = np.setdiff1d(np.arange(n), around.together)
    radius = around.volumes[0].enclosing_radius_km
    found: dict[tuple[int, int, int], Found] = {}
    for node in np.arange(30.0, end_s, 60.0):
        first, second = brute_force.pairs_near(
            propagator, candidates, others, node, radius, earliest, latest, partial=True
        )
        # Two candidates are close all the time, and no pair.
        mixed = (first < n) & (second >= n)
        minima, _ = brute_force.minima_at(
            propagator, second[mixed], first[mixed], np.full(mixed.sum(), node), end_s, earliest, latest
        )
        for row in np.flatnonzero(minima.miss_km <= radius).tolist():
            time = float(minima.time_s[row])
            one = Found(
                int(minima.first[row]) - n, int(minima.second[row]), time, float(minima.miss_km[row]),
                float(minima.speed_km_s[row]), int(minima.kind[row]) != brute_force.MINIMUM,
            )  # fmt: skip
            found[one.burn, one.object_row, round(time / 3.0)] = one
    return distinct(list(found.values()))


def distinct(found: Sequence[Found]) -> list[Found]:
    out: list[Found] = []
    for one in sorted(found, key=lambda f: (f.burn, f.object_row, f.tca_s)):
        last = out[-1] if out else None
        same = last is not None and (last.burn, last.object_row) == (one.burn, one.object_row)
        if same and last is not None and one.tca_s - last.tca_s < 5.0:
            continue
        out.append(one)
    return out


def of_candidates(result: ScreenedAgain) -> list[Found]:
    table = result.encounters
    return [
        Found(
            int(table.burn[k]) - 1, int(table.object_row[k]), float(table.tca_s[k]), float(table.miss_distance_km[k]),
            float(table.relative_speed_km_s[k]), bool(table.status[k] != EncounterStatus.MINIMUM),
        )
        for k in np.flatnonzero(table.burn > 0).tolist()
    ]  # fmt: skip


def assert_same(found: Sequence[Found], expected: Sequence[Found], radius_km: float = RADIUS_KM) -> None:
    """The same encounters, but for those on the surface of the volume."""
    clear = sorted(expected, key=lambda f: (f.burn, f.object_row, f.tca_s))
    clear = [one for one in clear if abs(one.miss_km - radius_km) > 1e-6]
    left = sorted(found, key=lambda f: (f.burn, f.object_row, f.tca_s))
    left = [one for one in left if abs(one.miss_km - radius_km) > 1e-6]
    assert [(f.burn, f.object_row) for f in left] == [(f.burn, f.object_row) for f in clear]
    for mine, other in zip(left, clear, strict=True):
        # The minimum of a pair that hardly moves is flat.
        assert abs(mine.tca_s - other.tca_s) <= 0.01 + 0.01 / other.speed_km_s, (mine, other)
        assert abs(mine.miss_km - other.miss_km) <= 1e-5, (mine, other)
        assert mine.at_edge == other.at_edge, (mine, other)


def random_burns(rng: np.random.Generator, k: int, largest_m_s: float = 30.0) -> Burns:
    direction = rng.normal(size=(k, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    size = largest_m_s * 10.0 ** rng.uniform(-3.0, 0.0, k)
    return impulses(
        rng.choice([0.0, 317.0, 2900.0, 6000.0], k) + rng.uniform(0.0, 40.0, k), direction * size[:, None]
    )


def again(around: Surroundings, burns: Burns, end_s: float = DURATION_S, **options: object) -> ScreenedAgain:
    return screen_again(SetMotion(around.catalog[[0]]), burns, around, end_s, ERRORS, **options)


@pytest.mark.parametrize("seed", range(4))
def test_random_burns(seed: int) -> None:
    rng = np.random.default_rng(seed)
    catalog = sized(random_catalog(rng, 160, "leo-shell"))
    around = surroundings(catalog, step_s=(None, 20.0, 60.0, 120.0)[seed])
    # More primaries than `FEW_PRIMARIES`, and fewer.
    burns = random_burns(rng, 45 if seed % 2 else 12)
    expected = by_brute_force(around, SetMotion(catalog[[0]]).after(burns))
    assert len(expected) > 20
    assert_same(of_candidates(again(around, burns)), expected)


@pytest.mark.parametrize("seed", [5, 6])
def test_random_burns_continued_at_the_epoch_of_the_element_set(seed: int) -> None:
    rng = np.random.default_rng(seed)
    catalog = sized(random_catalog(rng, 220, "leo-shell"))
    around, burns = surroundings(catalog), random_burns(rng, 40)
    motion = ElementSetMotion(catalog[[0]], START)
    moved = motion.after(burns)
    assert (moved.status == 0).all()
    expected = by_brute_force(around, moved)
    assert len(expected) > 10
    assert_same(of_candidates(screen_again(motion, burns, around, DURATION_S, ERRORS)), expected)


def test_hundreds_of_nearly_equal_burns() -> None:
    """None meets another, and each meets what a search of its own finds."""
    catalog = sized(random_catalog(np.random.default_rng(0), 160, "leo-shell"))
    around, k = surroundings(catalog), 300
    burns = impulses(np.full(k, 500.0), np.linspace(0.0, 0.003, k)[:, None] * np.array([0.0, 1.0, 0.0]))
    result = again(around, burns)
    unburnt = result.encounters[result.encounters.burn == 0]
    assert len(unburnt) > 2
    assert (result.encounter_count == len(unburnt)).all()
    for number in (1, 2, 150, 300):
        own = result.encounters[result.encounters.burn == number]
        assert own.object_row.tolist() == unburnt.object_row.tolist()
        assert np.abs(own.tca_s - unburnt.tca_s).max() < 0.01
        alone = of_candidates(again(around, burns[[number - 1]]))
        assert_same(
            [one for one in of_candidates(result) if one.burn == number - 1],
            [replace(one, burn=number - 1) for one in alone],
        )
    # The first of them is no burn at all.
    first = result.encounters[result.encounters.burn == 1]
    assert np.array_equal(first.probability, first.probability_without_burn)


def burn_into(catalog: Catalog, row: int, burn_s: float, meeting_s: float) -> Array:
    """The burn, m/s RTN, with which the first object is where another one is at a time."""
    (target,) = SetMotion(catalog[[row]]).states(np.array([meeting_s]))
    motion = SetMotion(catalog[[0]])

    def miss(delta_v: Array) -> Array:
        moved = motion.after(impulses([burn_s], delta_v))
        return moved.states_along(np.array([0]), np.array([[meeting_s]]))[0, 0, :3] - target[:3]

    solution = fsolve(miss, np.zeros(3), epsfcn=1e-8, xtol=1e-12, full_output=True)[0]
    assert np.linalg.norm(miss(solution)) < 1e-3
    return np.asarray(solution)


@pytest.mark.parametrize("meeting_s", [700.0, 6200.0])
def test_a_burn_into_another_object_is_worse(meeting_s: float) -> None:
    first, second = crossing_pair(25.0, meeting_s)
    catalog = sized(
        Catalog.concat([make_catalog(first, second), random_catalog(np.random.default_rng(1), 20)])
    )
    into = burn_into(catalog, 1, 100.0, meeting_s)
    assert 0.1 < np.linalg.norm(into) < 100.0
    around = surroundings(catalog, radius_km=5.0)
    burns = impulses([100.0, 100.0, 130.0], [into, -into, np.zeros(3)])
    result = again(around, burns)
    expected = by_brute_force(around, SetMotion(catalog[[0]]).after(burns))
    assert_same(of_candidates(result), expected, 5.0)
    (hit,) = [one for one in expected if one.object_row == 1]
    assert hit.burn == 0
    assert hit.miss_km < 0.01
    assert result.verdict.tolist() == [Verdict.WORSE, Verdict.GREEN, Verdict.GREEN]
    assert result.new_above_goal.tolist() == [1, 0, 0]
    assert "700002 TEST 700002" in result.reason[0]


@pytest.mark.parametrize("after_s", [-0.3, 0.0, 0.4, 3.0])
def test_an_object_inside_the_volume_at_the_first_moment(after_s: float) -> None:
    """The closest approach just before the burn, in it, and just after it; in any case the object is inside then."""
    first, second = crossing_pair(0.5, 3000.0)
    catalog = sized(make_catalog(first, second, leo(raan_deg=200.0)))
    around = surroundings(catalog, radius_km=40.0)
    burns = impulses([1500.0, 3000.0 + after_s], [[0.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    result = again(around, burns, 4500.0)
    expected = by_brute_force(around, SetMotion(catalog[[0]]).after(burns), 4500.0)
    assert [one.burn for one in expected] == [0, 1]
    assert_same(of_candidates(result), expected, 40.0)
    later = result.encounters[result.encounters.burn == 2]
    assert (later.status[0] == EncounterStatus.SPAN_START) == (after_s >= 0.0)
    # It has passed, or passes, as without the burn.
    assert later.probability_without_burn[0] == pytest.approx(later.probability[0], rel=0.02)
    assert not later.above_goal.any()


def test_slow_encounters_with_neighbours_on_the_same_orbit() -> None:
    leader, behind = formation(30.0)
    _, ahead = formation(-12.0)
    _, beside = formation(0.4)
    catalog = sized(make_catalog(leader, behind, ahead, beside))
    together = flying_with(catalog, 0, START, 86400.0)
    assert together.tolist() == [0, 3]
    around = surroundings(catalog, together.tolist(), radius_km=8.0)
    rng = np.random.default_rng(4)
    along = np.concatenate([np.linspace(-8.0, 8.0, 21), rng.uniform(-1.0, 1.0, 20)])
    burns = impulses(np.linspace(0.0, 900.0, 41), along[:, None] * np.array([0.05, 1.0, 0.02]))
    result = again(around, burns, 30000.0)
    expected = by_brute_force(around, SetMotion(catalog[[0]]).after(burns), 30000.0)
    assert {one.object_row for one in expected} == {1, 2}
    assert len(expected) > 10
    assert_same(of_candidates(result), expected, 8.0)
    assert result.excluded == ("TEST 700004 (700004)",)
    # Without the rule of co-location: a candidate that comes near slowly meets its neighbour.
    assert any(one.speed_km_s < 0.01 for one in expected)


def test_burns_near_the_end_of_the_span() -> None:
    first, second = crossing_pair(0.5, DURATION_S - 3.0)
    catalog = sized(make_catalog(first, second, leo(raan_deg=200.0)))
    around = surroundings(catalog, radius_km=80.0)
    burns = impulses(
        DURATION_S - np.array([2000.0, 40.0, 10.0, 3.5, 1.0, 0.01]), np.tile([0.0, 1.0, 0.0], (6, 1))
    )
    result = again(around, burns)
    expected = by_brute_force(around, SetMotion(catalog[[0]]).after(burns))
    # Brute force needs a stretch of some length to see a distance grow.
    assert {one.burn for one in expected} >= {0, 1, 2, 3}
    assert_same(
        [one for one in of_candidates(result) if one.burn < 5],
        [one for one in expected if one.burn < 5],
        80.0,
    )
    assert result.encounter_count.tolist() == [1] * 6


def test_orbits_that_decay_are_not_examined_and_change_nothing_of_the_others() -> None:
    low = leo(mean_motion_rev_day=mean_motion_at(190.0), bstar=2e-3, epoch_days=-0.1)
    catalog = sized(Catalog.concat([make_catalog(low), random_catalog(np.random.default_rng(5), 60, "all")]))
    around = surroundings(catalog, radius_km=300.0)
    sizes = [0.0, -1.0, -40.0, -90.0, -400.0, -3000.0, 1.0]
    burns = impulses(np.full(7, 60.0), np.outer(sizes, [0.0, 1.0, 0.0]))
    moved = SetMotion(catalog[[0]]).after(burns)
    result = again(around, burns, 20000.0)
    codes, _, _ = make_propagator(moved.sets, *START).states(np.arange(7), np.arange(60.0, 20000.0, 10.0))
    fails = (codes != 0).any(axis=1) | (moved.status != 0)
    assert 2 <= fails.sum() <= 5
    assert (result.verdict[fails] != Verdict.GREEN).all()
    for row in np.flatnonzero(fails).tolist():
        assert result.verdict[row] == Verdict.WORSE or any(
            text in result.reason[row] for text in ("followed until", "no trajectory", "meets the ground")
        ), result.reason[row]
    kept = again(around, burns[np.flatnonzero(~fails)], 20000.0)
    assert result.verdict[~fails].tolist() == kept.verdict.tolist()
    assert [r for r, f in zip(result.reason, fails, strict=True) if not f] == list(kept.reason)


def as_ephemerides(sets: Catalog, burn_s: Array, end_s: float) -> Flights:
    """Trajectories as interpolated arcs with nodes every minute, each with a bound of its own."""
    tables = [
        make_arcs(ephemeris_of([Piece(sets[[k]], float(burn_s[k]), end_s + 600.0)], segments=True), *START)
        for k in range(len(sets))
    ]
    assert all(len(table) == 1 for table in tables)
    table = join_arcs(tables)
    return Flights(
        sets=sets, row=np.arange(len(sets)), begin_s=burn_s, end_s=np.full(len(sets), end_s),
        arc=np.arange(len(sets)), table=table, described=sets,
    )  # fmt: skip


def test_interpolated_arcs_meet_the_same_objects() -> None:
    rng = np.random.default_rng(1)
    catalog = sized(random_catalog(rng, 250, "leo-shell"))
    around, burns = surroundings(catalog), random_burns(rng, 36)
    moved = SetMotion(catalog[[0]]).after(burns)
    begin_s = float(burns.time_s.min())
    sets = screen_alternatives(around, moved.flights(np.arange(36), DURATION_S), begin_s, DURATION_S)
    arcs = screen_alternatives(
        around, as_ephemerides(moved.sets, burns.time_s, DURATION_S), begin_s, DURATION_S
    )
    assert arcs.followed.all()
    assert sets.followed.all()
    expected = by_brute_force(around, moved)
    assert len(expected) > 20
    assert_same(of_alternatives(sets, begin_s), expected)
    bound_km = float(arcs.flights.table.error_km.max())
    assert 0.0 < bound_km < 0.1
    near = {(f.burn, f.object_row, round(f.tca_s)) for f in of_alternatives(arcs, begin_s)}
    for one in expected:
        if one.miss_km < RADIUS_KM - 2.0 * bound_km:
            assert any((one.burn, one.object_row, round(one.tca_s) + d) in near for d in (-1, 0, 1)), one


@pytest.mark.slow
def test_an_ephemeris_continued_after_burns_against_distances_along_every_path() -> None:
    """Of a spacecraft that flies an ephemeris, in a catalogue of which some fly ephemerides, too."""
    rng = np.random.default_rng(12)
    catalog = sized(random_catalog(rng, 220, "leo-shell"))
    whole = [Piece(catalog[[row]], -1800.0, DURATION_S + 1800.0) for row in range(120)]
    arcs = {row: make_arcs(ephemeris_of([whole[row]]), *START) for row in range(0, 120, 3)}
    flights = make_flights(catalog, arcs, None, *START, DURATION_S)
    around = replace(surroundings(catalog, radius_km=100.0), flights=flights)
    motion, burns = IntegratedMotion(arcs[0], START), random_burns(rng, 8)
    moved = motion.after(burns)
    result = screen_again(motion, burns, around, DURATION_S, ERRORS)
    expected = along_every_path(catalog, moved, burns, 100.0)
    assert len(expected) > 10
    found = [one for one in of_candidates(result) if one.miss_km < 99.9]
    wanted = [one for one in expected if one.miss_km < 99.9]
    key = lambda f: (f.burn, f.object_row, round(f.tca_s))  # noqa: E731
    assert len(found) == len(wanted)
    for mine, other in zip(sorted(found, key=key), sorted(wanted, key=key), strict=True):
        assert (mine.burn, mine.object_row) == (other.burn, other.object_row)
        assert mine.tca_s == pytest.approx(other.tca_s, abs=0.05)
        assert mine.miss_km == pytest.approx(other.miss_km, abs=0.01)


def along_every_path(
    catalog: Catalog, moved: ManeuveredMotion, burns: Burns, radius_km: float
) -> list[Found]:
    """Minima of distances at every second, then at every hundredth, from the burns on."""
    times = np.arange(0.0, DURATION_S + 0.5, 1.0)
    propagator = make_propagator(catalog, *START)
    _, paths, _ = propagator.states(np.arange(len(catalog)), times)
    found = []
    for row in range(len(burns)):
        first = int(np.ceil(burns.time_s[row]))
        own = moved.states_along(np.array([row]), times[None, first:])[0, :, :3]
        for other in range(1, len(catalog)):
            apart = np.linalg.norm(paths[other, first:] - own, axis=1)
            dips = np.flatnonzero((apart[1:-1] <= apart[:-2]) & (apart[1:-1] < apart[2:])) + 1
            for place in dips[apart[dips] < radius_km + 20.0].tolist():
                close = times[first + place] + np.arange(-1.0, 1.0, 0.01)
                near = moved.states_along(np.array([row]), close[None])[0, :, :3]
                _, (path,), _ = propagator.states([other], close)
                lowest = np.linalg.norm(path - near, axis=1)
                if lowest.min() <= radius_km:
                    time = float(close[np.argmin(lowest)])
                    found.append(Found(row, other, time, float(lowest.min()), 1.0, False))
    return found


def of_alternatives(screened: ScreenedAlternatives, begin_s: float) -> list[Found]:
    table, n = screened.encounters, len(screened.objects)
    return [
        Found(
            int(table.primary[k]) - n, int(table.secondary[k]), float(table.tca_s[k]) + begin_s,
            float(table.miss_distance_km[k]), float(table.relative_speed_km_s[k]),
            bool(table.status[k] != EncounterStatus.MINIMUM),
        )
        for k in range(len(table))
    ]  # fmt: skip


def test_several_searches_give_what_one_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(11)
    catalog = sized(random_catalog(rng, 100, "leo-shell"))
    around, burns = surroundings(catalog), random_burns(rng, 40)
    one = again(around, burns)
    monkeypatch.setattr("debrissim.maneuvers.screened_again.AT_ONCE", 13)
    several = again(around, burns)
    assert several.verdict.tolist() == one.verdict.tolist()
    assert several.reason == one.reason
    assert several.encounters.burn.tolist() == one.encounters.burn.tolist()
    assert several.encounters.tca_s == pytest.approx(one.encounters.tca_s, abs=1e-5)
