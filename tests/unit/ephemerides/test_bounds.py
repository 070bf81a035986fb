"""The error bound of an arc against trajectories known between the nodes: random orbits, steps, forces and rounding."""

from __future__ import annotations

import numpy as np
import pytest
from sgp4.api import WGS72, Satrec
from support.trajectories import (
    FRACTION,
    JD,
    as_ephemeris,
    as_segment,
    errors_of_arcs,
    fly,
    kepler_state,
    rich_force,
    zonal_force,
)

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.ephemerides import ArcTable, Segment, make_arcs
from debrissim.ephemerides.bounds import bound_km

STEPS = (10.0, 30.0, 60.0, 120.0, 180.0, 240.0, 300.0, 600.0, 900.0)


def _random_flight(seed: int) -> tuple[Segment, Array, Array]:
    """A segment of a random orbit, and 3,000 times with true positions."""
    rng = np.random.default_rng(seed)
    perigee = 6378.0 + (rng.uniform(250.0, 600.0), rng.uniform(600.0, 2000.0), 35786.0)[rng.integers(3)]
    eccentricity = rng.choice([0.001, 0.01, 0.1, 0.3, 0.6, 0.74, 0.8]) * rng.uniform(0.5, 1.0)
    if perigee > 40000.0:
        eccentricity = min(eccentricity, 0.1)
    mean = rng.uniform(-0.5, 0.5) if rng.random() < 0.5 else rng.uniform(0.0, 2.0 * np.pi)
    angles = rng.uniform(0.0, np.pi), *rng.uniform(0.0, 2.0 * np.pi, 2)
    state = kepler_state(perigee / (1.0 - eccentricity), eccentricity, *angles, mean)
    step, count = rng.choice(STEPS), int(rng.integers(12, 100))
    steps = step * rng.uniform(0.3, 1.0, count) if rng.random() < 0.3 else np.full(count, step)
    nodes = np.cumsum(steps) - steps[0]
    force = (zonal_force, rich_force)[rng.integers(2)]
    at = fly(state, nodes[-1], force)
    digits, velocities = rng.choice([1e-3, 1e-6, 0.0]), rng.random() < 0.6
    times = np.sort(
        np.concatenate([rng.uniform(0.0, nodes[-1], 2900), nodes, 0.5 * (nodes[1:] + nodes[:-1])])
    )
    return as_segment(nodes, at(nodes), digits=digits, velocities=velocities), times, at(times)[:, :3]


def _check(segment: Segment, times: Array, truth: Array) -> ArcTable | None:
    """The arcs, whose bounds must hold; None where the nodes are refused."""
    try:
        table = make_arcs(as_ephemeris(segment), JD, FRACTION)
    except InputError:
        return None
    worst, covered = errors_of_arcs(table, times, truth)
    assert (worst <= table.error_km).all(), (worst, table.error_km)
    assert covered.all()
    return table


@pytest.mark.parametrize("seed", range(12))
def test_the_bound_holds_on_random_orbits(seed: int) -> None:
    _check(*_random_flight(seed))


@pytest.mark.slow
@pytest.mark.parametrize("block", range(10))
def test_the_bound_holds_on_many_random_orbits(block: int) -> None:
    tables = [_check(*_random_flight(1000 + 50 * block + k)) for k in range(50)]
    # Steps of 900 s in a low orbit are refused, and little else.
    assert sum(table is None for table in tables) <= 12


@pytest.mark.parametrize("step", [60.0, 240.0])
@pytest.mark.parametrize("digits", [0.0, 1e-6, 1e-3])
@pytest.mark.parametrize("velocities", [True, False])
def test_the_bound_is_tight_in_low_orbits(step: float, digits: float, velocities: bool) -> None:
    """It exceeds the largest error, or the effect of forces between nodes that nodes cannot show, at most tenfold."""
    at = fly(kepler_state(6800.0, 0.001, 0.9, 1.0, 1.0, 0.3), 100 * step, rich_force)
    nodes = np.arange(101) * step
    times = np.linspace(0.0, nodes[-1], 5000)
    table = make_arcs(
        as_ephemeris(as_segment(nodes, at(nodes), digits=digits, velocities=velocities)), JD, FRACTION
    )
    worst, _ = errors_of_arcs(table, times, at(times)[:, :3])
    assert len(table) == 1
    assert worst[0] <= table.error_km[0] <= 10.0 * max(worst[0], step**2 / 8.0 * 1.5e-7)


@pytest.mark.parametrize(
    "elements", [(15.5, 0.0003, 0.9), (14.3, 0.01, 1.7), (2.006, 0.7, 1.1), (1.0027, 0.0002, 0.01)]
)
@pytest.mark.parametrize("velocities", [True, False])
def test_sgp4_written_at_60_s_is_interpolated_to_a_centimetre(
    elements: tuple[float, float, float], velocities: bool
) -> None:
    """SGP4's velocities are not the derivative of its positions: the files are read by positions alone."""
    motion, eccentricity, inclination = elements
    satellite = Satrec()
    satellite.sgp4init(
        WGS72, "i", 1, JD - 2433281.5, 1e-4 if motion > 3.0 else 1e-5, 0.0, 0.0, eccentricity, 1.2, inclination, 0.4,
        motion * 2.0 * np.pi / 1440.0, 0.7,
    )  # fmt: skip

    def at(times: Array) -> Array:
        _, positions, rates = satellite.sgp4_array(np.full(times.size, JD), FRACTION + times / 86400.0)
        return np.concatenate([positions, rates], axis=1)

    nodes, times = np.arange(1441) * 60.0, np.linspace(0.0, 86400.0, 7919)
    table = _check(as_segment(nodes, at(nodes), velocities=velocities), times, at(times)[:, :3])
    assert table is not None
    assert len(table) == 1
    assert not table.hermite[0]
    assert errors_of_arcs(table, times, at(times)[:, :3])[0][0] < 1e-5


def test_velocities_are_used_where_they_agree_with_the_positions() -> None:
    at = fly(kepler_state(6800.0, 0.001, 0.9, 1.0, 1.0, 0.3), 24000.0, rich_force)
    nodes = np.arange(101) * 240.0
    given = as_segment(nodes, at(nodes))
    assert make_arcs(as_ephemeris(given), JD, FRACTION).hermite.all()
    wrong = as_segment(nodes, at(nodes) * np.array([1.0, 1.0, 1.0, 1.001, 1.001, 1.001]))
    table = make_arcs(as_ephemeris(wrong), JD, FRACTION)
    assert not table.hermite.any()


def test_nodes_too_far_apart_are_refused_by_name() -> None:
    at = fly(kepler_state(6800.0, 0.01, 0.9, 1.0, 1.0, 0.3), 90000.0, zonal_force)
    nodes = np.arange(61) * 1500.0
    with pytest.raises(
        InputError,
        match=r"^object.oem: segment 1 \(line 17\): its states are up to 1500 s apart, which leaves an interpolation "
        r"error of up to \S+ km; expected at most 1 km, as with states about \d+ s apart$",
    ):
        make_arcs(as_ephemeris(as_segment(nodes, at(nodes), line=17)), JD, FRACTION)


def test_the_bound_of_an_impulse_is_that_of_greens_function() -> None:
    # An impulse in the middle of the interval bends a path with fixed ends by h / 4 times its size.
    plain = bound_km(240.0, 1e-7, 7000.0, 1e-3, 0.0)
    stretch = 1.0 - 2.1 * 398600.4415 / 7000.0**3 * 240.0**2 / 8.0
    assert plain * stretch == pytest.approx(1e-3 + 240.0**2 / 8.0 * 1e-7, rel=1e-12)
    assert (bound_km(240.0, 1e-7, 7000.0, 1e-3, 1e-3) - plain) * stretch == pytest.approx(0.06, rel=1e-12)
    assert bound_km(3000.0, 0.0, 7000.0, 0.0, 0.0) == np.inf
