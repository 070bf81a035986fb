"""The oracle itself, against designed passes and against a scan in steps of a hundredth of a second."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from sgp4.api import Satrec
from support.catalogs import (
    START,
    START_FRACTION,
    START_JD,
    Elements,
    adversarial,
    crossing_pair,
    decaying,
    duplicates,
    encounter_after_failure,
    formation,
    geo_pair,
    ground_grazing,
    gto,
    head_on_pair,
    leo,
    make_catalog,
    molniya,
    random_catalog,
)
from support.oracle import Event, Volume, brute_force, compare_events, satrecs_of, turning_points

from debrissim.catalog.catalog import Catalog

Floats = NDArray[np.float64]


def find(
    catalog: Catalog,
    duration_s: float,
    volume: Volume = 20.0,
    primaries: list[int] | None = None,
    step_s: float = 30.0,
) -> list[Event]:
    return brute_force(catalog, primaries, START_JD, START_FRACTION, duration_s, volume, step_s)


def rows_of(events: list[Event], catalog: Catalog) -> list[tuple[int, int]]:
    row = {int(k): n for n, k in enumerate(catalog.norad_id)}
    return [(row[e.primary_norad], row[e.secondary_norad]) for e in events]


def scanned_minima(
    catalog: Catalog, duration_s: float, step_s: float, radius: float
) -> list[tuple[float, float]]:
    """Every sample (time, distance) that is below both its neighbours, the ends included."""
    t = np.linspace(0.0, duration_s, round(duration_s / step_s) + 1)
    jd, fraction = np.full(t.shape, START_JD), START_FRACTION + t / 86400.0
    states = [record.sgp4_array(jd, fraction) for record in satrecs_of(catalog)]
    minima = []
    for (code1, r1, _), (code2, r2, _) in itertools.combinations(states, 2):
        assert not code1.any()
        assert not code2.any()
        d = np.linalg.norm(r2 - r1, axis=1)
        padded = np.concatenate([[np.inf], d, [np.inf]])
        low = (d < padded[:-2]) & (d < padded[2:]) & (d <= radius)
        minima += list(zip(t[low].tolist(), d[low].tolist(), strict=True))
    return sorted(minima)


# --- against a denser scan ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pair",
    [
        crossing_pair(1.234, 100.0),
        crossing_pair(0.7, 311.7, angle_deg=3.0),
        crossing_pair(6.0, 555.5, speed_ratio=1.31),
        head_on_pair(0.05, 222.2),
        crossing_pair(2.0, 60.0, primary=molniya(), angle_deg=100.0, speed_ratio=0.9),
        crossing_pair(2.0, 500.0, primary=gto(inclination_deg=30.0), angle_deg=15.0, speed_ratio=1.01),
        crossing_pair(1.0, 300.0, angle_deg=0.0, speed_ratio=1.0005),
    ],
    ids=["crossing", "shallow angle", "hyperfast", "head-on", "molniya", "gto", "overtaking"],
)
def test_a_pass_agrees_with_a_dense_scan(pair: tuple[Elements, Elements]) -> None:
    catalog = make_catalog(*pair)
    events = find(catalog, 600.0)
    scanned = scanned_minima(catalog, 600.0, 0.01, 20.0)
    assert len(events) == len(scanned) == 1
    assert events[0].kind == "minimum"
    assert events[0].tca_s == pytest.approx(scanned[0][0], abs=0.0051)
    # The sampled distance is not smaller, and larger only by the motion within half a sample.
    rise = math.hypot(events[0].miss_km, 0.0051 * events[0].relative_speed_km_s) - events[0].miss_km
    assert -1e-9 <= scanned[0][1] - events[0].miss_km <= rise + 1e-9


@pytest.mark.parametrize(
    ("pair", "duration_s"),
    [
        (formation(3.0), 20000.0),
        (formation(0.1), 20000.0),
        pytest.param(geo_pair(4.0), 90000.0, marks=pytest.mark.slow),
        pytest.param(formation(1.0, molniya()), 90000.0, marks=pytest.mark.slow),
    ],
    ids=["close formation", "very close formation", "geo", "molniya train"],
)
def test_slow_pairs_have_the_minima_of_a_scan_over_revolutions(
    pair: tuple[Elements, Elements], duration_s: float
) -> None:
    catalog = make_catalog(*pair)
    events = find(catalog, duration_s)
    scanned = scanned_minima(catalog, duration_s, 5.0, 20.0)
    assert len(events) == len(scanned) > 1
    for event, (t, d) in zip(events, scanned, strict=True):
        assert event.tca_s == pytest.approx(t, abs=5.0)
        assert event.miss_km == pytest.approx(d, abs=1e-4)
        assert event.miss_km <= d + 1e-9


def test_all_encounters_of_a_dense_catalogue_are_found() -> None:
    catalog = random_catalog(np.random.default_rng(3), 30)
    events = find(catalog, 5400.0, 400.0)
    scanned = scanned_minima(catalog, 5400.0, 0.25, 400.0)
    assert len(events) == len(scanned) >= 30
    for event, (t, d) in zip(events, scanned, strict=True):
        assert event.tca_s == pytest.approx(t, abs=0.251)
        assert event.miss_km == pytest.approx(d, abs=0.126 * event.relative_speed_km_s)


@pytest.mark.parametrize("step_s", [pytest.param(7.0, marks=pytest.mark.slow), 100.0])
def test_the_step_does_not_change_the_events(step_s: float) -> None:
    catalog = adversarial(5000.0)
    expected, repeated = find(catalog, 5000.0), find(catalog, 5000.0, step_s=step_s)
    comparison = compare_events(expected, repeated, 20.0, tca_tolerance_s=1e-6, miss_tolerance_km=1e-8)
    assert comparison.agree
    assert all(a.kind == b.kind for a, b in comparison.matched)


# --- against designed passes ---------------------------------------------------------------------------


@pytest.mark.parametrize("miss_km", [0.0, 1e-3, 0.5, 19.0])
@pytest.mark.parametrize(
    ("angle_deg", "speed_ratio"), [(60.0, 1.0), (180.0, 1.0), (20.0, 1.25), (0.0, 1.001)]
)
def test_a_pass_is_found_as_designed(miss_km: float, angle_deg: float, speed_ratio: float) -> None:
    pair = crossing_pair(miss_km, 777.777, angle_deg=angle_deg, speed_ratio=speed_ratio, clock_deg=33.0)
    (event,) = find(make_catalog(*pair), 1000.0)
    assert event.kind == "minimum"
    assert event.tca_s == pytest.approx(777.777, abs=1e-4)
    assert event.miss_km == pytest.approx(miss_km, abs=2e-8)
    assert np.linalg.norm(event.rtn_km) == pytest.approx(event.miss_km, abs=1e-12)


def test_a_designed_miss_above_is_radial() -> None:
    first, second = crossing_pair(2.0, 300.0, primary=leo(eccentricity=0.0), angle_deg=90.0)
    (event,) = find(make_catalog(first, second), 600.0)
    assert event.rtn_km == pytest.approx((2.0, 0.0, 0.0), abs=0.02)
    assert event.relative_speed_km_s == pytest.approx(math.sqrt(2.0) * 7.6, abs=0.1)


def test_a_follower_is_behind() -> None:
    (event,) = find(make_catalog(*formation(3.0)), 0.0)
    assert event.rtn_km == pytest.approx((0.0, -3.0, 0.0), abs=0.05)


@pytest.mark.parametrize(("tca_s", "kind"), [(-0.4, "span start"), (1000.4, "span end")])
def test_a_pass_just_outside_the_span_gives_an_event_at_its_end(tca_s: float, kind: str) -> None:
    (event,) = find(make_catalog(*crossing_pair(2.0, tca_s)), 1000.0)
    assert event.kind == kind
    assert event.tca_s == (0.0 if kind == "span start" else 1000.0)
    assert event.miss_km == pytest.approx(math.hypot(2.0, 0.4 * event.relative_speed_km_s), abs=1e-3)


@pytest.mark.parametrize("tca_s", [0.05, 0.4, 999.6, 999.95])
def test_a_pass_just_inside_the_span_is_a_minimum(tca_s: float) -> None:
    (event,) = find(make_catalog(*crossing_pair(2.0, tca_s)), 1000.0)
    assert event.kind == "minimum"
    assert event.tca_s == pytest.approx(tca_s, abs=1e-4)


@pytest.mark.parametrize("tca_s", [0.0, 1000.0])
def test_a_pass_exactly_at_an_end_is_one_event(tca_s: float) -> None:
    (event,) = find(make_catalog(*crossing_pair(2.0, tca_s)), 1000.0)
    assert event.tca_s == pytest.approx(tca_s, abs=1e-4)


def test_no_events_outside_the_volume() -> None:
    catalog = make_catalog(*crossing_pair(2.0, 500.0))
    assert find(catalog, 1000.0, 1.999) == []
    assert len(find(catalog, 1000.0, 2.001)) == 1


def test_duplicates_have_one_event() -> None:
    catalog = make_catalog(*duplicates(3))
    events = find(catalog, 4000.0)
    assert [(e.tca_s, e.miss_km, e.kind) for e in events] == [(0.0, 0.0, "span start")] * 3
    assert rows_of(events, catalog) == [(0, 1), (0, 2), (1, 2)]


# --- volumes and primaries ---------------------------------------------------------------------------


def test_a_box_contains_the_minima_of_the_sphere_whose_components_are_inside() -> None:
    catalog = random_catalog(np.random.default_rng(5), 60)
    box = (6.0, 25.0, 15.0)
    inside = [
        e for e in find(catalog, 5400.0, 30.0) if all(abs(x) <= h for x, h in zip(e.rtn_km, box, strict=True))
    ]
    assert find(catalog, 5400.0, box) == inside
    assert len(inside) > 0


def test_every_pair_of_primaries_is_reported_once_in_their_order() -> None:
    catalog = random_catalog(np.random.default_rng(6), 40)
    everything = set(rows_of(find(catalog, 5400.0, 60.0), catalog))
    primaries = [31, 4, 17]
    some = rows_of(find(catalog, 5400.0, 60.0, primaries), catalog)
    assert {tuple(sorted(pair)) for pair in some} == {
        pair for pair in everything if set(pair) & set(primaries)
    }
    for first, second in some:
        assert first in primaries
        assert second not in primaries or primaries.index(first) < primaries.index(second)


# --- failures ----------------------------------------------------------------------------------------


def test_an_ephemeris_ends_a_millisecond_before_its_first_failure() -> None:
    catalog = make_catalog(*encounter_after_failure(2.0, 1.2))
    (event,) = find(catalog, 20000.0)
    failing, _ = satrecs_of(catalog)
    assert event.kind == "span end"
    assert event.miss_km > 2.0
    assert not START.fails(failing, event.tca_s)
    assert START.fails(failing, event.tca_s + 1e-3)


def test_a_failure_is_latched() -> None:
    failing = ground_grazing()
    (record,) = satrecs_of(make_catalog(failing))
    code = np.array([START.state(record, float(t))[0] for t in range(0, 9000, 10)])
    assert code.any()
    assert not code[-1]  # SGP4 would continue
    fails_at = float(np.argmax(code != 0) * 10)
    before, after = fails_at - 400.0, fails_at + 1000.0
    early = find(make_catalog(*crossing_pair(2.0, before, primary=failing, angle_deg=40.0)), 9000.0)
    assert any(abs(e.tca_s - before) < 1e-3 for e in early)
    late = find(make_catalog(*crossing_pair(2.0, after, primary=failing, angle_deg=40.0)), 9000.0)
    assert all(e.tca_s < fails_at for e in early + late)


def test_objects_that_fail_at_the_start_are_excluded() -> None:
    decayed = decaying(bstar=0.9)
    assert START.fails(satrecs_of(make_catalog(decayed))[0], 0.0)
    assert find(make_catalog(decayed, decayed, leo(), leo()), 600.0) == find(
        make_catalog(replace(leo(), norad_id=700003), replace(leo(), norad_id=700004)), 600.0
    )


# --- SGP4 --------------------------------------------------------------------------------------------


def test_the_epoch_keeps_all_its_digits() -> None:
    catalog = make_catalog(leo())
    fraction = 0.123456789012345
    catalog = catalog.with_columns(epoch_fraction=np.array([fraction]))
    (record,) = satrecs_of(catalog)
    assert (record.jdsatepoch, record.jdsatepochF) == (float(catalog.epoch_jd[0]), fraction)
    start, minutes = START_JD + 3.0, ((START_JD + 3.0 - record.jdsatepoch) + (0.5 - fraction)) * 1440.0
    assert record.sgp4(start, 0.5) == record.sgp4_tsince(minutes)


def test_states_match_the_published_verification() -> None:
    # Vanguard 1, as in python-sgp4's own verification file (SGP4-VER.TLE), object 5.
    line1 = "1 00005U 58002B   00179.78495062  .00000023  00000-0  28098-4 0  4753"
    line2 = "2 00005  34.2682 348.7242 1859667 331.7664  19.3264 10.82419157413667"
    expected = Satrec.twoline2rv(line1, line2)
    catalog = make_catalog(Elements(10.82419157, 0.1859667, 34.2682, 348.7242, 331.7664, 19.3264, 0.28098e-4))
    catalog = catalog.with_columns(
        epoch_jd=np.array([expected.jdsatepoch]), epoch_fraction=np.array([expected.jdsatepochF])
    )
    (record,) = satrecs_of(catalog)
    for minutes in (0.0, 360.0, 4320.0):
        (_, r, v), (_, r0, v0) = record.sgp4_tsince(minutes), expected.sgp4_tsince(minutes)
        assert np.allclose(r, r0, rtol=0.0, atol=1e-6)
        assert np.allclose(v, v0, rtol=0.0, atol=1e-9)


# --- parts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("curve", "expected"),
    [
        ([3, 2, 1, 2, 3], [(2, "")]),
        ([1, 2, 3], [(0, "first")]),
        ([3, 2, 1], [(2, "last")]),
        ([1, 3, 1], [(0, "first"), (2, "last")]),
        ([3, 1, 3, 2, 4], [(1, ""), (3, "")]),
        ([3, 1, 1.05, 1, 3], [(1, "")]),
        ([3, 1, 1.05, 0.99, 3, 1], [(3, ""), (5, "last")]),
        ([1, 1, 1], [(0, "first and last")]),
        ([1], [(0, "first and last")]),
        ([1, 1.05, 3, 1, 1.05], [(0, "first"), (3, "last")]),
        ([3, 2, 2, 2, 3], [(1, "")]),
    ],
)
def test_turning_points(curve: list[float], expected: list[tuple[int, str]]) -> None:
    assert turning_points(np.array(curve, dtype=np.float64), 0.1) == expected


def test_comparison_lists_missing_and_extra_events() -> None:
    a = Event(1, 2, 100.0, 3.0, "minimum", (1.0, 2.0, 2.0), 10.0)
    b = Event(1, 3, 200.0, 5.0, "minimum", (3.0, 0.0, 4.0), 10.0)
    moved = replace(a, tca_s=100.0005, miss_km=3.0 + 5e-7)
    assert compare_events([a, b], [b, moved], 20.0).agree
    assert compare_events([a, b], [a], 20.0).missing == [b]
    assert compare_events([a], [a, b], 20.0).extra == [b]
    assert compare_events([a], [replace(a, tca_s=100.01)], 20.0).missing == [a]
    assert compare_events([a], [a, a], 20.0).extra == [a]
    assert compare_events([a, b], [a], 5.0).agree  # b lies on the surface of the sphere
    assert compare_events([a], [a, b], (3.0, 9.0, 9.0)).agree  # and of this box


def test_primaries_must_differ() -> None:
    with pytest.raises(ValueError, match="twice"):
        find(make_catalog(leo(), leo()), 60.0, primaries=[1, 1])
