"""The deep-space kernel against the library it replaces."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import sgp4
from support.catalogs import START_FRACTION, START_JD, random_catalog

from debrissim.catalog import Catalog, parse_catalog
from debrissim.propagation.kernels.sgp4 import FALLBACK_TO_REFERENCE, NO_MOTIONS, deep_space_positions
from debrissim.propagation.sgp4 import Propagator, make_propagator

# Kepler's equation is left at a correction below 1e-12, so that rounding decides whether another one is made:
# rarely, and then worth up to 1e-12 of the axis. Two ways of giving the library the same time differ as much.
AGREEMENT_KM = 1e-8
KEPLER = 1e-12

MONTH_S = 30 * 86400.0
ORDERS = {"ascending": slice(None), "descending": slice(None, None, -1), "random": None}


def _deep(seed: int, n: int = 600, **columns: np.ndarray) -> Catalog:
    """n deep-space objects: any eccentricity that keeps the perigee up, any inclination, many in resonance."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(3, size=n)
    rate = np.choose(kind, [rng.uniform(0.2, 6.3, n), rng.uniform(1.9, 2.1, n), rng.uniform(0.85, 1.15, n)])
    radii = (86400.0 / rate / (2.0 * np.pi)) ** (2.0 / 3.0) * 398600.8 ** (1.0 / 3.0) / 6378.135
    highest = np.minimum(0.95, 1.0 - 1.03 / radii)
    eccentricity = highest * np.where(rng.random(n) < 0.3, 1e-3, 1.0) * rng.random(n) ** 0.5
    plane = rng.choice(3, size=n, p=[0.7, 0.2, 0.1])
    inclination = np.choose(
        plane, [rng.uniform(0.0, 180.0, n), rng.uniform(0.0, 14.0, n), 180.0 - rng.exponential(0.5, n)]
    )
    return random_catalog(rng, n, "all").with_columns(
        **{
            "mean_motion_rev_day": rate,
            "eccentricity": eccentricity,
            "inclination_deg": inclination,
            "bstar": rng.choice([0.0, 1e-4, -1e-4, 1e-3], size=n),
        }
        | columns
    )


def _compare(propagator: Propagator, times_s: np.ndarray) -> np.ndarray:
    """(t, m) distances from the library for the m objects that do not fail; compares the codes."""
    rows = np.arange(len(propagator))
    codes, positions = propagator.positions(rows, times_s)
    library_codes, library, _ = propagator.states(rows, times_s)
    first = library_codes[rows, np.argmax(library_codes != 0, axis=1)]
    np.testing.assert_array_equal(codes, first)
    good = codes == 0
    library = library[good].transpose(1, 2, 0)
    difference = np.linalg.norm(positions[:, :, good] - library, axis=1)
    assert (difference < AGREEMENT_KM + KEPLER * np.linalg.norm(library, axis=1).max(axis=0)).all()
    return difference


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("seed", [1, 2])
def test_positions_and_codes_are_the_librarys(seed: int, order: str) -> None:
    propagator = make_propagator(_deep(seed), START_JD, START_FRACTION)
    assert not propagator.near_earth.any()
    assert {0.0, 1.0, 2.0} <= set(propagator.deep_constants[:, 20])
    times = np.random.default_rng(seed).uniform(-MONTH_S, MONTH_S, 50)
    times = times if ORDERS[order] is None else np.sort(times)[ORDERS[order]]
    difference = _compare(propagator, times)
    assert np.mean(difference > AGREEMENT_KM) < 1e-3


def test_the_order_of_times_does_not_matter() -> None:
    propagator = make_propagator(_deep(3, 100), START_JD, START_FRACTION)
    rows = np.arange(100)
    times = np.random.default_rng(3).uniform(-MONTH_S, MONTH_S, 50)
    order = np.argsort(times)
    codes, shuffled = propagator.positions(rows, times)
    sorted_codes, ordered = propagator.positions(rows, times[order])
    good = (codes == 0) & (sorted_codes == 0)
    assert good.sum() > 50
    np.testing.assert_array_equal(shuffled[order][:, :, good], ordered[:, :, good])


def test_steps_of_the_integrator() -> None:
    """Times on and next to the integrator's steps, and the epoch itself."""
    catalog = _deep(4, 200, epoch_jd=np.full(200, START_JD), epoch_fraction=np.full(200, START_FRACTION))
    propagator = make_propagator(catalog, START_JD, START_FRACTION)
    steps = np.arange(-40, 41) * 43200.0
    _compare(propagator, np.sort(np.concatenate([steps, steps + 1e-3, steps - 1e-3])))


def test_the_edge_of_lyddanes_choice() -> None:
    """Perturbed inclinations on both sides of 0.2 rad, where the formulae change."""
    edge = np.rad2deg(0.2) + np.random.default_rng(5).normal(0.0, 0.05, 300)
    propagator = make_propagator(_deep(5, 300, inclination_deg=edge), START_JD, START_FRACTION)
    _compare(propagator, np.linspace(-MONTH_S, MONTH_S, 60))


@pytest.mark.parametrize("inclination", [0.0, 1e-7, 1e-3, 90.0, 179.99, 180.0])
def test_odd_planes(inclination: float) -> None:
    catalog = _deep(6, 100, inclination_deg=np.full(100, inclination))
    _compare(make_propagator(catalog, START_JD, START_FRACTION), np.linspace(0.0, MONTH_S, 40))


def test_low_perigees_and_years() -> None:
    """Perigees under the ground and lunar-solar terms that drive eccentricity out of range: codes 1, 3 and 6."""
    rng = np.random.default_rng(7)
    catalog = _deep(7, 400, eccentricity=rng.uniform(0.6, 0.97, 400), bstar=rng.choice([0.0, 1e-3], 400))
    propagator = make_propagator(catalog, START_JD, START_FRACTION)
    times = np.sort(rng.uniform(-1500 * 86400.0, 1500 * 86400.0, 40))
    codes, _ = propagator.positions(np.arange(400), times)
    library_codes, _, _ = propagator.states(np.arange(400), times)
    np.testing.assert_array_equal(codes, library_codes[np.arange(400), np.argmax(library_codes != 0, axis=1)])
    assert {0, 1, 6} <= set(codes.tolist())


def test_strong_drag_is_left_to_the_library() -> None:
    low = {"mean_motion_rev_day": 6.3, "eccentricity": 0.47, "bstar": 0.01}
    catalog = _deep(8, 200, **{name: np.full(200, value) for name, value in low.items()})
    propagator = make_propagator(catalog, START_JD, START_FRACTION)
    times = np.linspace(-MONTH_S, MONTH_S, 30)
    codes = np.empty(200, dtype=np.uint8)
    positions = np.empty((times.size, 3, 200))
    rows = np.arange(200)
    deep_space_positions(
        propagator.deep_constants,
        propagator.first_minutes,
        times / 60.0,
        rows,
        rows,
        positions,
        NO_MOTIONS,
        codes,
    )
    assert (codes == FALLBACK_TO_REFERENCE).any()
    _compare(propagator, times)


def test_earlier_calls_of_the_library_leave_no_trace() -> None:
    propagator = make_propagator(_deep(9, 60), START_JD, START_FRACTION)
    times = np.linspace(0.0, MONTH_S, 20)
    before = propagator.positions(np.arange(60), times)[1]
    propagator.states_along(np.arange(60), np.tile([-MONTH_S, 3 * MONTH_S], (60, 1)))
    np.testing.assert_array_equal(propagator.positions(np.arange(60), times)[1], before)


def test_verification_set() -> None:
    """The deep-space members of Vallado et al. 2006, as they ship in the sgp4 wheel."""
    text = (Path(sgp4.__file__).parent / "SGP4-VER.TLE").read_text().splitlines()
    lines = [line[:69] for line in text if line[:2] in ("1 ", "2 ")]
    catalog = parse_catalog("\n".join(lines).encode(), "SGP4-VER.TLE").catalog
    deep = 0
    for row in range(len(catalog)):
        one = catalog[[row]]
        propagator = make_propagator(one, float(one.epoch_jd[0]), float(one.epoch_fraction[0]))
        deep += int((~propagator.near_earth).sum())
        if not propagator.near_earth[0]:
            _compare(propagator, np.linspace(-2880.0, 2880.0, 97) * 60.0)
    assert deep >= 15
