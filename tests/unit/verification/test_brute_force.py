"""The dense search that checks finished runs, against the brute-force oracle of the tests."""

from __future__ import annotations

import numpy as np
import pytest
from support.catalogs import START_FRACTION, START_JD, adversarial, leo, make_catalog, random_catalog
from support.oracle import brute_force

from debrissim.catalog.catalog import Catalog
from debrissim.propagation.sgp4 import make_propagator
from debrissim.verification import brute_force as dense

HOUR_S = 3600.0


def all_minima(
    catalog: Catalog,
    radius_km: float,
    duration_s: float,
    latest_s: np.ndarray,
    earliest_s: np.ndarray | float = 0.0,
) -> list[tuple]:
    """(first, second, time, miss) of all minima within the radius, each once."""
    propagator = make_propagator(catalog, START_JD, START_FRACTION)
    rows = np.arange(len(catalog))
    nodes = np.arange(dense.HALF_STEP_S, duration_s, 2.0 * dense.HALF_STEP_S)
    pairs = [
        dense.pairs_near(propagator, rows, rows, t, radius_km, earliest_s + 0.0 * latest_s, latest_s)
        for t in nodes
    ]
    first, second = (np.concatenate(column) for column in zip(*pairs, strict=True))
    near_s = np.repeat(nodes, [p[0].size for p in pairs])
    minima, flat = dense.minima_at(
        propagator, first, second, near_s, duration_s, earliest_s + 0.0 * latest_s, latest_s
    )
    inside = minima[minima.miss_km <= radius_km]
    table = zip(
        inside.first.tolist(),
        inside.second.tolist(),
        inside.time_s.tolist(),
        inside.miss_km.tolist(),
        inside.speed_km_s.tolist(),
        strict=True,
    )
    once: list[tuple] = []
    for row in sorted(table):
        if not once or row[:2] != once[-1][:2] or row[2] - once[-1][2] > 30.0:
            once.append(row)
    assert set(flat.tolist()) <= set(range(first.size))
    return once


@pytest.mark.parametrize("name", ["shell", "all", "adversarial"])
def test_it_finds_what_the_oracle_finds(name: str):
    rng = np.random.default_rng(5)
    catalog = {
        "shell": lambda: random_catalog(rng, 150, "leo-shell"),
        "all": lambda: random_catalog(rng, 200, "all"),
        "adversarial": lambda: adversarial(HOUR_S),
    }[name]()
    radius = 40.0 if name == "all" else 15.0
    events = brute_force(catalog, None, START_JD, START_FRACTION, HOUR_S, radius)
    number = catalog.norad_id.tolist()
    propagator = make_propagator(catalog, START_JD, START_FRACTION)
    codes = propagator.states(np.arange(len(catalog)), np.arange(0.0, HOUR_S + 1.0, 5.0))[0]
    failing = (codes != 0).any(axis=1)
    latest = np.where(failing, -1.0, HOUR_S)
    dense_events = all_minima(catalog, radius, HOUR_S, latest)
    lasting = {number[k] for k in np.flatnonzero(~failing)}
    expected = [e for e in events if {e.primary_norad, e.secondary_norad} <= lasting]
    assert len(expected) > 5
    unmatched = list(dense_events)
    for event in expected:
        tolerance = 2e-3 + np.sqrt(2e-6 * event.miss_km) / max(event.relative_speed_km_s, 1e-9)
        match = [
            row
            for row in unmatched
            if {number[row[0]], number[row[1]]} == {event.primary_norad, event.secondary_norad}
            and abs(row[2] - event.tca_s) <= tolerance
            and abs(row[3] - event.miss_km) <= 1e-6
        ]
        if not match and event.relative_speed_km_s < 1e-6:
            continue  # an exact duplicate: its distance is rounding
        assert match, event
        unmatched.remove(match[0])
    assert not unmatched


def test_an_object_that_begins_within_the_span_is_searched_from_then_on():
    """Before it, SGP4 returns code 0 between failures at each perigee, with orbits of no object."""
    late = [
        leo(mean_motion_rev_day=15.9, eccentricity=0.01, bstar=0.3, epoch_days=0.5, raan_deg=40.0 * k)
        for k in range(6)
    ]
    catalog = make_catalog(*late, *(leo(raan_deg=17.0 * k, inclination_deg=100.0) for k in range(12)))
    span_s, radius = 45000.0, 900.0
    propagator = make_propagator(catalog, START_JD, START_FRACTION)
    codes = propagator.states(np.arange(len(catalog)), np.arange(0.0, span_s, 1.0))[0]
    bad = [np.flatnonzero(row) for row in codes]
    earliest = np.array([float(seconds[-1] + 1) if seconds.size else 0.0 for seconds in bad])
    assert (earliest[:6] > 1000.0).all()
    assert (codes[:6, :1000] == 0).any()
    events = brute_force(catalog, None, START_JD, START_FRACTION, span_s, radius)
    row_of = {number: row for row, number in enumerate(catalog.norad_id.tolist())}
    judged = [
        (a, b, event.tca_s)
        for event in events
        for a, b in [(row_of[event.primary_norad], row_of[event.secondary_norad])]
        if event.kind == "minimum"
        and event.tca_s > max(earliest[a], earliest[b]) + 2.0 * dense.HALF_STEP_S
        and event.tca_s < span_s - 2.0 * dense.HALF_STEP_S
    ]
    found = all_minima(catalog, radius, span_s, np.full(len(catalog), span_s), earliest)
    times = {(a, b): [row[2] for row in found if row[:2] == (a, b)] for a, b, *_ in found}
    assert sum(a < 6 for a, _, _ in judged) > 3
    for a, b, tca_s in judged:
        assert min(abs(tca_s - t) for t in times[a, b]) < 0.01
    for a, b, time_s, *_ in found:
        assert time_s >= max(earliest[a], earliest[b]) - 1.0
        assert any(
            {row_of[e.primary_norad], row_of[e.secondary_norad]} == {a, b} and abs(e.tca_s - time_s) < 0.01
            for e in events
        )


def test_no_objects_are_not_an_error():
    catalog = random_catalog(np.random.default_rng(1), 3)
    propagator = make_propagator(catalog, START_JD, START_FRACTION)
    empty = np.empty(0, dtype=np.int64)
    latest = np.full(3, HOUR_S)
    first, second = dense.pairs_near(propagator, empty, np.arange(3), 30.0, 5.0, 0.0 * latest, latest)
    assert first.size == second.size == 0
    minima, flat = dense.minima_at(propagator, first, second, np.empty(0), HOUR_S, 0.0 * latest, latest)
    assert len(minima) == flat.size == 0
