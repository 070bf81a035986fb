"""Ephemeris windows: exact for polynomials, within their bounds for every orbit, honest about failures."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from support.catalogs import (
    START_FRACTION,
    START_JD,
    Elements,
    decaying,
    geo,
    ground_grazing,
    gto,
    leo,
    make_catalog,
    molniya,
    random_catalog,
)

from debrissim.catalog import Catalog
from debrissim.core.constants import WGS72_MU_KM3_S2
from debrissim.propagation.chebyshev import (
    FLOOR_KM,
    chebyshev_nodes,
    coefficient_matrix,
    interpolation_matrix,
    tail_bound,
)
from debrissim.propagation.element_conversions import kepler_elements, perigee_radius_km
from debrissim.propagation.ephemeris import (
    NO_EPHEMERIS_KM,
    USUAL_EXTRA_KM,
    EphemerisWindow,
    make_window,
    nodes_needed,
)
from debrissim.propagation.failure import FAILURE_RESOLUTION_S, first_failure
from debrissim.propagation.sgp4 import Propagator, make_propagator

Floats = NDArray[np.float64]


def propagator_of(catalog: Catalog) -> Propagator:
    return make_propagator(catalog, START_JD, START_FRACTION)


def evaluated(window: EphemerisWindow, times: Floats) -> Floats:
    """(t, 3, n) km."""
    return window.positions(times, lambda n: interpolation_matrix(n, window.start_s, window.end_s, times))


# --- interpolation -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [2, 8, 21, 64])
def test_polynomials_are_reproduced(count: int) -> None:
    rng = np.random.default_rng(count)
    coefficients = rng.normal(size=count)
    start, end = 100.0, 14500.0
    nodes = 0.5 * (start + end) + 0.5 * (end - start) * chebyshev_nodes(count)
    times = np.append(rng.uniform(start, end, 40), [start, end])

    def value(t: Floats) -> Floats:
        return np.polynomial.chebyshev.chebval((2.0 * t - start - end) / (end - start), coefficients)

    assert interpolation_matrix(count, start, end, times) @ value(nodes) == pytest.approx(
        value(times), abs=1e-11
    )
    unit = chebyshev_nodes(count)
    result = coefficient_matrix(count) @ np.polynomial.chebyshev.chebval(unit, coefficients)
    assert result == pytest.approx(coefficients, abs=1e-12)


def test_nodes_are_inside_and_ascending() -> None:
    nodes = chebyshev_nodes(9)
    assert (np.diff(nodes) > 0.0).all()
    assert np.abs(nodes).max() < 1.0
    assert nodes == pytest.approx(-nodes[::-1])


def test_times_outside_count_as_the_nearer_end() -> None:
    matrix = interpolation_matrix(12, 0.0, 10.0, np.array([-5.0, 0.0, 10.0, 25.0]))
    assert matrix[0] == pytest.approx(matrix[1])
    assert matrix[3] == pytest.approx(matrix[2])


def test_the_bound_holds_for_functions_with_a_pole() -> None:
    """A pole at distance d from the interval: the coefficients fall at the rate that the bound supposes."""
    times = np.linspace(-1.0, 1.0, 2001)
    for depth in (0.02, 0.05, 0.1, 0.3):
        for place in (-0.8, 0.0, 0.55):
            for count in (16, 32, 64):

                def curve(t: Floats, p: float = place, d: float = depth) -> Floats:
                    return 7000.0 * np.stack([1.0 / ((t - p) ** 2 + d**2), np.cos(3.0 * t), t**2])

                nodes = curve(chebyshev_nodes(count)).T[:, :, None]
                there = interpolation_matrix(count, -1.0, 1.0, times) @ nodes[:, :, 0]
                error = np.linalg.norm(there - curve(times).T, axis=1).max()
                # Where nothing is resolved yet a bound means little; the engine takes more nodes there.
                if error < 500.0:
                    assert tail_bound(nodes)[0] >= error


# --- orbits ------------------------------------------------------------------------------------------------

ORBITS = {
    "leo": leo(),
    "leo e 0.02": leo(eccentricity=0.02, mean_motion_rev_day=14.0),
    "low": leo(mean_motion_rev_day=16.2, eccentricity=1e-4),
    "molniya": molniya(),
    "molniya at perigee": molniya(mean_anomaly_deg=110.0),
    "gto": gto(),
    "gto at perigee": gto(mean_anomaly_deg=-160.0 - 190.0),
    "geo": geo(),
    "far": Elements(0.4, 0.9, 40.0, 10.0, 20.0, 340.0, 0.0),
}


@pytest.mark.parametrize("tolerance_km", [0.02, 0.5, 4.0])
@pytest.mark.parametrize("duration_s", [500.0, 3600.0, 14400.0, 43200.0])
def test_the_error_is_within_its_bound(tolerance_km: float, duration_s: float) -> None:
    catalog = make_catalog(*ORBITS.values())
    propagator = propagator_of(catalog)
    for start_s in (0.0, 31234.5):
        window = make_window(propagator, np.arange(len(catalog)), start_s, start_s + duration_s, tolerance_km)
        assert sorted(window.rows.tolist()) == list(range(len(catalog)))
        assert window.failed_rows.size == 0
        assert (window.error_bound_km <= tolerance_km + USUAL_EXTRA_KM).all()
        assert (window.error_bound_km >= FLOOR_KM).all()
        times = np.linspace(start_s, start_s + duration_s, 1500)
        codes, expected, _ = propagator.states(window.rows, times)
        assert not codes.any()
        error = np.linalg.norm(evaluated(window, times) - expected.transpose(1, 2, 0), axis=1)
        assert (error.max(axis=0) <= window.error_bound_km).all()


def test_a_crowd_of_all_kinds() -> None:
    catalog = random_catalog(np.random.default_rng(21), 400, "all")
    propagator = propagator_of(catalog)
    window = make_window(propagator, np.arange(400), 5000.0, 19400.0, 0.5)
    times = np.sort(np.random.default_rng(1).uniform(5000.0, 19400.0, 250))
    codes, expected, _ = propagator.states(window.rows, times)
    error = np.linalg.norm(evaluated(window, times) - expected.transpose(1, 2, 0), axis=1)
    lasting = ~np.isin(window.rows, window.failed_rows)
    assert not codes[lasting].any()
    assert (error.max(axis=0) <= window.error_bound_km)[lasting].all()
    gone = set(range(400)) - set(window.rows.tolist())
    assert gone <= set(window.failed_rows.tolist())


def test_the_estimate_of_nodes_is_seldom_wasteful() -> None:
    propagator = propagator_of(make_catalog(*ORBITS.values()))
    _, positions, velocities = propagator.states(np.arange(len(ORBITS)), [0.0])
    needed = nodes_needed(positions[:, 0], velocities[:, 0], 14400.0, 0.5)
    assert (needed >= 8).all()
    assert needed[list(ORBITS).index("geo")] < needed[list(ORBITS).index("leo")] < 60
    assert needed.max() <= 512


def test_only_relevant_objects_are_kept() -> None:
    propagator = propagator_of(make_catalog(leo(), geo(), decaying()))

    def nothing(position: Floats, velocity: Floats) -> NDArray[np.bool_]:
        assert position.shape == velocity.shape == (3, 3)
        return np.zeros(3, dtype=np.bool_)

    window = make_window(propagator, np.arange(3), 0.0, 14400.0, 0.5, relevant=nothing)
    assert 0 not in window.rows
    assert 1 not in window.rows
    assert 2 in window.failed_rows  # what may fail is never left out: its failure has to be known


def test_no_objects() -> None:
    propagator = propagator_of(make_catalog(leo()))
    window = make_window(propagator, np.empty(0, dtype=np.int64), 0.0, 100.0, 0.5)
    assert window.rows.size == 0
    assert evaluated(window, np.array([0.0, 50.0])).shape == (2, 3, 0)


# --- failures ----------------------------------------------------------------------------------------------

DYING = {"decaying": decaying(), "fast": decaying(bstar=1e-2), "into the ground": ground_grazing()}


@pytest.mark.parametrize("dying", DYING.values(), ids=DYING.keys())
def test_the_first_failure_is_found_to_a_millisecond(dying: Elements) -> None:
    propagator = propagator_of(make_catalog(dying, leo()))
    last_good, code = first_failure(propagator, 0, 0.0, 14400.0)
    codes = propagator.states([0], [last_good, last_good + FAILURE_RESOLUTION_S])[0][0]
    assert codes[0] == 0
    assert codes[1] == code != 0
    assert not propagator.states([0], np.arange(0.0, last_good, 1.0))[0].any()
    assert first_failure(propagator, 0, last_good + 1.0, 14400.0) == (last_good + 1.0, code)
    assert first_failure(propagator, 1, 0.0, 14400.0) == (14400.0, 0)
    assert first_failure(propagator, 0, 0.0, last_good - 1.0) == (last_good - 1.0, 0)


@pytest.mark.parametrize("dying", DYING.values(), ids=DYING.keys())
def test_an_ephemeris_ends_where_the_object_does(dying: Elements) -> None:
    propagator = propagator_of(make_catalog(leo(), dying))
    grace_s = 90.0
    window = make_window(propagator, np.arange(2), 0.0, 14400.0, 0.05, grace_s)
    assert window.failed_rows.tolist() == [1]
    (end,) = window.failure_s.tolist()
    assert window.failure_code[0] == propagator.states([1], [end + 2e-3])[0][0, 0]
    column = window.rows.tolist().index(1)
    before = np.linspace(0.0, end, 800)
    _, expected, _ = propagator.states([1], before)
    error = np.linalg.norm(evaluated(window, before)[:, :, column] - expected[0], axis=1)
    bound = window.error_bound_km[column]
    assert error.max() <= bound - 0.5 * 9.8e-3 * grace_s**2 + 1e-9
    # Gravity would lead the object on within the bound, which is not much wider.
    _, (last, before_last, third_last), _ = (each[0] for each in propagator.states([1], end - np.arange(3.0)))
    rate = 1.5 * last - 2.0 * before_last + 0.5 * third_last
    fall = -WGS72_MU_KM3_S2 / np.linalg.norm(last) ** 3 * last
    waits = np.linspace(1.0, grace_s, 10)[:, None]
    led_on = last + rate * waits + 0.5 * fall * waits**2
    apart = np.linalg.norm(evaluated(window, end + waits[:, 0])[:, :, column] - led_on, axis=1)
    assert 0.8 * bound < apart.max() < bound
    # Then straight on, as far as the bound says; then out of reach.
    after = evaluated(window, end + np.array([0.0, 1.0, 30.0, 60.0, 90.0, 90.1, 5000.0]))[:, :, column]
    assert np.linalg.norm(np.diff(after[:3], axis=0), axis=1) / [1.0, 29.0] == pytest.approx(8.0, abs=4.0)
    rate = (after[4] - after[1]) / 89.0
    assert after[2] == pytest.approx(after[1] + 29.0 * rate, abs=1e-6)
    assert (after[5:, 0] >= NO_EPHEMERIS_KM).all()
    assert np.isfinite(after).all()


@pytest.mark.parametrize("lives_s", [1e-3, 0.3, 1.5, 20.0])
def test_a_flight_of_a_moment_goes_on_within_its_bound(lives_s: float) -> None:
    """Regression: the chord of a flight of a millisecond had the direction of its rounding."""
    propagator, grace_s = propagator_of(make_catalog(decaying())), 90.0
    end, _ = first_failure(propagator, 0, 0.0, 14400.0)
    window = make_window(propagator, np.arange(1), end - lives_s, end + 14400.0, 0.5, grace_s)
    last, before_last = propagator.states([0], [end, end - 1.0])[1][0]
    waits = np.linspace(0.0, grace_s, 10)
    led_on = last + (last - before_last) * waits[:, None]
    apart = np.linalg.norm(evaluated(window, end + waits)[:, :, 0] - led_on, axis=1)
    assert (apart < window.error_bound_km[0]).all()


def test_two_failed_objects_do_not_meet() -> None:
    propagator = propagator_of(make_catalog(decaying(), decaying(), leo()))
    window = make_window(propagator, np.arange(3), 0.0, 14400.0, 0.5)
    late = evaluated(window, np.array([14000.0]))[0]
    one, two = (window.rows.tolist().index(k) for k in (0, 1))
    assert np.linalg.norm(late[:, one] - late[:, two]) >= NO_EPHEMERIS_KM


def test_dead_on_arrival() -> None:
    propagator = propagator_of(make_catalog(decaying(bstar=0.9), leo()))
    window = make_window(propagator, np.arange(2), 300.0, 14400.0, 0.5)
    assert window.rows.tolist() == [1]
    assert (window.failed_rows.tolist(), window.failure_s.tolist()) == ([0], [300.0])


# --- Kepler ------------------------------------------------------------------------------------------------


def test_kepler_elements_of_states_made_by_hand() -> None:
    mu = 398600.8
    axis, eccentricity, anomaly = 10000.0, 0.3, np.array([0.0, 1.0, 2.5, -2.0, 3.1])
    eccentric = anomaly.copy()
    for _ in range(50):
        eccentric = anomaly + eccentricity * np.sin(eccentric)
    minor = np.sqrt(1.0 - eccentricity**2)
    zero = np.zeros(5)
    position = axis * np.stack([np.cos(eccentric) - eccentricity, minor * np.sin(eccentric), zero], axis=1)
    speed = np.sqrt(mu * axis) / (axis * (1.0 - eccentricity * np.cos(eccentric)))
    velocity = speed[:, None] * np.stack([-np.sin(eccentric), minor * np.cos(eccentric), zero], axis=1)
    a, e, m = kepler_elements(position, velocity)
    assert a == pytest.approx(axis)
    assert e == pytest.approx(eccentricity)
    assert np.cos(m - anomaly) == pytest.approx(1.0)
    assert perigee_radius_km(position, velocity) == pytest.approx(axis * (1.0 - eccentricity))
