"""The ISS by the trajectory that its operator published, against its element set, over the same ten days."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

import numpy as np
import pytest
from support.shared import shared_path

from debrissim.catalog import read_catalog
from debrissim.conjunctions.result import ConjunctionResult
from debrissim.conjunctions.run import run
from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.ephemerides import arc_states, make_arcs, read_ephemerides
from debrissim.ephemerides.ephemeris import elapsed_s
from debrissim.propagation import make_propagator, rotate, rtn_basis
from debrissim.scenario import parse_scenario
from debrissim.screening.docked import docked_complexes
from debrissim.screening.encounters import Encounters

CATALOG = "data/catalogues/2022-01-22_spacetrack.3le.xz"
TRAJECTORY = "data/iss/iss_oem_2022-01-17.xml.xz"
DAYS = 10.0
ISS = 25544
NEAR_KM = 50.0
WIDE_KM = 150.0
FAST_KM_S = 0.5


@cache
def flown(ephemeris: bool) -> ConjunctionResult:
    primary: dict[str, object] = {"norad_id": ISS, "hard_body_radius_m": 50.0, "mass_kg": 420000.0}
    if ephemeris:
        primary["ephemeris"] = str(shared_path(TRAJECTORY))
    return run(
        parse_scenario(
            {
                "kind": "conjunctions",
                "title": "ISS",
                "span": {"start": datetime(2022, 1, 22, tzinfo=UTC), "duration_days": DAYS},
                "catalog": {"sources": [{"file": str(shared_path(CATALOG))}]},
                "screening": {"volumes": [{"name": "wide", "sphere_km": WIDE_KM}]},
                "output": {"plots": False, "report": False},
                "primaries": [primary],
            }
        )
    )


def encounters(ephemeris: bool) -> Encounters:
    details = flown(ephemeris).details
    assert details is not None
    return details.screening.encounters


def other_events(found: Encounters, others: Encounters) -> tuple[Array, Array]:
    """Rows of `found` and of the event of the same object in `others` that is nearest in time, within a minute."""
    pairs = []
    for row in range(len(found)):
        same = np.flatnonzero(others.secondary_norad_id == found.secondary_norad_id[row])
        away = np.abs(others.tca_s[same] - found.tca_s[row])
        if away.size and away.min() < 60.0:
            pairs.append((row, int(same[np.argmin(away)])))
    table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def test_the_error_of_the_element_set_day_by_day(record_property: pytest.RecordProperty) -> None:
    """From the ISS's position in its trajectory to the one by the element set of 22 January, 21:57."""
    (ephemeris,) = read_ephemerides(shared_path(TRAJECTORY))
    (segment,) = ephemeris.segments
    listed = read_catalog(shared_path(CATALOG)).catalog
    row = listed[np.flatnonzero(listed.norad_id == ISS)]
    epoch = float(row.epoch_jd[0]), float(row.epoch_fraction[0])
    times = elapsed_s(segment.jd, segment.fraction, *epoch)
    _, positions, _ = make_propagator(row, *epoch).states([0], times)
    away = rotate(
        rtn_basis(segment.positions_km, segment.velocities_km_s), positions[0] - segment.positions_km
    )
    for day, largest in ((0, 6.0), (1, 10.0), (2, 16.0), (4, 33.0), (6, 56.0), (8, 80.0)):
        off = np.abs(away[(times >= 86400.0 * day) & (times < 86400.0 * (day + 1))]).max(axis=0)
        record_property(f"day {day}: R, T, N (km)", ", ".join(f"{value:.1f}" for value in off))
        assert 0.5 * largest < off[1] < largest
        assert off[0] < 1.0
        assert off[2] < 2.5


@pytest.mark.slow
def test_the_events_differ_as_the_positions_of_the_iss_do(record_property: pytest.RecordProperty) -> None:
    """Every event within 50 km of the trajectory is one of the element set, moved by the distance between the two.

    At the event the ISS is put where the element set has it; the moment and the miss that follow along a straight line
    are those of the other run.
    """
    by_states, by_elements = encounters(True), encounters(False)
    # Vehicles at the station are left out: their element set, a day older, leaves the station within the ten days.
    near = by_states[(by_states.miss_distance_km < NEAR_KM) & (by_states.relative_speed_km_s > FAST_KM_S)]
    rows, others = other_events(near, by_elements)
    assert rows.size == len(near) > 900
    mine, theirs = near[rows], by_elements[others]

    details = flown(False).details
    assert details is not None
    inputs = details.inputs
    (iss,) = np.flatnonzero(inputs.catalog.norad_id == ISS)
    alone = make_propagator(inputs.catalog[[iss]], inputs.start_jd, inputs.start_fraction)
    _, positions, velocities = alone.states([0], mine.tca_s)
    separation = mine.secondary_state[:, :3] - positions[0]
    speed = mine.secondary_state[:, 3:] - velocities[0]
    later = -np.einsum("ij,ij->i", separation, speed) / np.einsum("ij,ij->i", speed, speed)
    miss = np.linalg.norm(separation + later[:, None] * speed, axis=1)
    left_s = np.abs(mine.tca_s + later - theirs.tca_s)
    left_km = np.abs(miss - theirs.miss_distance_km)
    moved_s, moved_km = theirs.tca_s - mine.tca_s, theirs.miss_distance_km - mine.miss_distance_km
    for name, values in (("TCA (s)", moved_s), ("miss (km)", moved_km)):
        low, middle, high = np.percentile(np.abs(values), [50, 95, 100])
        record_property(
            f"difference of {name}: median, 95 %, largest", f"{low:.2f}, {middle:.2f}, {high:.2f}"
        )
    record_property("unexplained: s, km", f"{left_s.max():.3f}, {left_km.max():.3f}")
    for limit in (5.0, 25.0):
        inside = mine.miss_distance_km < limit, theirs.miss_distance_km < limit
        every = by_elements[by_elements.relative_speed_km_s > FAST_KM_S].miss_distance_km < limit
        both = int((inside[0] & inside[1]).sum())
        record_property(
            f"within {limit:g} km: by both, by the trajectory alone, by the element set alone",
            f"{both}, {int(inside[0].sum()) - both}, {int(every.sum()) - both}",
        )
    assert left_s.max() < 0.1
    assert left_km.max() < 0.5


@pytest.mark.slow
def test_docked_vehicles_are_recognised_by_the_element_set_that_is_left_out() -> None:
    tables = [flown(ephemeris).tables["co_located"].columns() for ephemeris in (True, False)]
    docked = [set(table["first_norad_id"]) | set(table["second_norad_id"]) for table in tables]
    assert docked[0] == docked[1]


def test_docked_vehicles_are_left_out_for_four_days_and_not_for_five() -> None:
    """Their element sets are older than the ISS's, and are 500 km away after 4.4 to 4.6 days."""
    catalog = read_catalog(shared_path(CATALOG)).catalog
    complexes = docked_complexes(catalog)
    docked = catalog[complexes == complexes[catalog.norad_id == ISS]]
    assert len(docked) == 6
    options = {"start": "2022-01-22T00:00:00Z", "volume": "iss-2x25x25"}
    for ephemerides, expected in ((), 25), (shared_path(TRAJECTORY), 30):
        with pytest.raises(InputError, match=r"every pair is co-located and left out \(5 pairs"):
            docked.screen(ISS, days=4.0, ephemerides=ephemerides, **options)
        found = docked.screen(ISS, days=5.0, ephemerides=ephemerides, **options)
        assert len(found.co_located) == 0
        assert len(found) == expected
        assert found.encounters.relative_speed_km_s.max() < 0.1


def test_docked_vehicles_drift_away_from_the_trajectory() -> None:
    catalog = read_catalog(shared_path(CATALOG)).catalog
    times = np.arange(0.0, 5.0 * 86400.0, 600.0)
    start = 2459601.5, 0.0
    _, vehicle, _ = make_propagator(catalog[catalog.norad_id == 49044], *start).states([0], times)
    arcs = make_arcs(read_ephemerides(shared_path(TRAJECTORY))[0], *start)
    _, station, _ = arc_states(arcs, np.zeros(1, dtype=np.int64), times[None])
    apart_km = np.linalg.norm(vehicle[0] - station[0], axis=1)
    assert apart_km[times < 3.0 * 86400.0].max() == pytest.approx(260.0, abs=2.0)
    assert times[np.argmax(apart_km > 500.0)] / 86400.0 == pytest.approx(4.556, abs=0.01)
