"""Batch SGP4: every digit of the epoch, any shape of request, the library's codes."""

from __future__ import annotations

import numpy as np
import pytest
from support.catalogs import (
    START,
    START_FRACTION,
    START_JD,
    Elements,
    adversarial,
    decaying,
    geo,
    ground_grazing,
    gto,
    leo,
    make_catalog,
    molniya,
    random_catalog,
)
from support.oracle import satrecs_of

from debrissim.catalog import Catalog
from debrissim.core.constants import WGS72_RADIUS_KM
from debrissim.propagation.element_ages import age_days
from debrissim.propagation.sgp4 import ObjectStatus, Propagator, make_propagator


def propagator_of(*elements: Elements) -> Propagator:
    return make_propagator(make_catalog(*elements), START_JD, START_FRACTION)


def test_states_are_the_librarys_to_the_last_digit() -> None:
    catalog = adversarial(3000.0)
    propagator = make_propagator(catalog, START_JD, START_FRACTION)
    assert len(propagator) == len(catalog)
    times = np.array([0.0, 1e-3, 1000.0, 300000.0])
    codes, positions, velocities = propagator.states(np.arange(len(catalog)), times)
    for row, record in enumerate(satrecs_of(catalog)):
        for k, t in enumerate(times.tolist()):
            code, r, v = START.state(record, t)
            assert codes[row, k] == code
            if code == 0:
                assert positions[row, k] == pytest.approx(r, rel=0.0, abs=1e-9)
                assert velocities[row, k] == pytest.approx(v, rel=0.0, abs=1e-12)


def test_rows_and_repeats() -> None:
    propagator = propagator_of(leo(), geo(), molniya(), decaying())
    times = np.array([[0.0, 10.0], [5.0, 6.0], [0.0, 10.0], [20000.0, 1.0], [7.0, 7.0]])
    rows = np.array([2, 0, 2, 3, 0])
    codes, positions, velocities = propagator.states_along(rows, times)
    for k, row in enumerate(rows.tolist()):
        one_code, one, one_velocity = propagator.states([row], times[k])
        assert codes[k].tolist() == one_code[0].tolist()
        good = one_code[0] == 0
        assert positions[k][good] == pytest.approx(one[0][good], rel=0.0, abs=1e-9)
        assert velocities[k][good] == pytest.approx(one_velocity[0][good], rel=0.0, abs=1e-12)
    assert codes[3].tolist()[1] == 0
    assert codes[3].tolist()[0] != 0
    empty = propagator.states_along(np.empty(0, dtype=np.int64), np.empty((0, 5)))
    assert [part.shape for part in empty] == [(0, 5), (0, 5, 3), (0, 5, 3)]


def test_one_object_at_many_single_times_has_the_states_of_single_calls() -> None:
    propagator = propagator_of(leo(), geo(), molniya(), decaying())
    times = np.array([-5000.0, 0.0, 7.0, 20000.0, 300000.0])
    for row in range(4):
        codes, positions, velocities = propagator.states_along(np.full(5, row), times[:, None])
        for k in range(5):
            # Beside another object, each row is a call of its own.
            beside = propagator.states_along(np.array([row, (row + 1) % 4]), np.full((2, 1), times[k]))
            assert codes[k] == beside[0][0]
            assert np.array_equal(positions[k], beside[1][0], equal_nan=True)
            assert np.array_equal(velocities[k], beside[2][0], equal_nan=True)
    assert propagator.states_along(np.empty(0, dtype=np.int64), np.empty((0, 1)))[1].shape == (0, 1, 3)


@pytest.mark.parametrize(
    ("elements", "time_s", "code"),
    [
        (leo(), 0.0, ObjectStatus.OK),
        (decaying(bstar=0.9), 0.0, ObjectStatus.DECAYED),
        (decaying(bstar=0.9), 400.0, ObjectStatus.SEMI_LATUS_RECTUM),
        (decaying(bstar=0.9), 300000.0, ObjectStatus.MEAN_ECCENTRICITY),
        (decaying(), 8000.0, ObjectStatus.DECAYED),
        (ground_grazing(mean_anomaly_deg=0.0, epoch_days=0.0), 0.0, ObjectStatus.DECAYED),
    ],
)
def test_codes(elements: Elements, time_s: float, code: ObjectStatus) -> None:
    propagator = propagator_of(elements)
    assert propagator.states([0], [time_s])[0][0, 0] == code
    assert propagator.positions(np.array([0]), np.array([time_s]))[0][0] == code


def test_every_code_has_a_reason() -> None:
    assert all(status.reason for status in ObjectStatus)
    assert [int(status) for status in ObjectStatus][:7] == list(range(7))


def test_the_epoch_is_not_rounded_to_one_float() -> None:
    """One float64 of days resolves 0.3 microseconds, 2.4 mm: the split date is kept instead."""
    catalog = make_catalog(leo(epoch_days=-0.3))
    fraction = catalog.epoch_fraction[0]
    positions = []
    for shift in (0.0, 1e-12):  # 0.09 microseconds
        moved = catalog.with_columns(epoch_fraction=np.array([fraction + shift]))
        positions.append(make_propagator(moved, START_JD, START_FRACTION).states([0], [0.0])[1][0, 0])
    assert np.linalg.norm(positions[1] - positions[0]) == pytest.approx(7.6 * 86400e-12, rel=0.05)


def test_numbers_of_any_size() -> None:
    propagator = propagator_of(leo(norad_id=999999999))  # type: ignore[arg-type]
    assert propagator.states([0], [0.0])[0][0, 0] == 0


@pytest.mark.parametrize("inclination_deg", [5e-324, 1e-312, 1e-308, 1e-307, 1e-305])
@pytest.mark.parametrize("orbit", [geo, molniya, leo])
def test_an_inclination_next_to_zero_is_zero(orbit, inclination_deg: float) -> None:
    """The library returns NaN with code 0 for deep-space objects whose inclination is a subnormal number."""
    tiny, zero = (propagator_of(orbit(inclination_deg=value)) for value in (inclination_deg, 0.0))
    for time_s in (0.0, 4000.0):
        code, position, _ = tiny.states([0], [time_s])
        assert code[0, 0] == 0
        np.testing.assert_allclose(position, zero.states([0], [time_s])[1], rtol=0.0, atol=1e-7)
        fast = tiny.positions(np.array([0]), np.array([time_s]))[1]
        np.testing.assert_allclose(np.ravel(fast), np.ravel(position), rtol=0.0, atol=1e-7)


def test_ages() -> None:
    catalog = make_catalog(leo(epoch_days=-3.0), gto(epoch_days=0.25))
    ages = age_days(catalog, np.array([0, 1, 1]), START_JD, START_FRACTION, np.array([0.0, 0.0, 43200.0]))
    assert ages == pytest.approx([3.0, -0.25, 0.25])


def test_a_snapshot_has_the_librarys_states_and_secular_elements() -> None:
    rng = np.random.default_rng(5)
    catalog = Catalog.concat([random_catalog(rng, 200, "leo-shell"), random_catalog(rng, 400, "all")])
    heavy = catalog.with_columns(bstar=np.where(rng.random(len(catalog)) < 0.1, 0.05, catalog.bstar))
    propagator = make_propagator(heavy, START_JD, START_FRACTION)
    time_s = 10.0 * 86400.0
    rows = rng.permutation(len(catalog))[:500]
    found = propagator.snapshot(rows, time_s)
    codes, positions, velocities = propagator.states(rows, [time_s])
    np.testing.assert_array_equal(found.codes, codes[:, 0])
    good = found.codes == 0
    assert 0 < good.sum() < rows.size
    assert 0 < propagator.near_earth[rows[good]].sum() < good.sum()
    np.testing.assert_allclose(found.positions_km[good], positions[good, 0], rtol=0.0, atol=2e-8)
    np.testing.assert_allclose(found.velocities_km_s[good], velocities[good, 0], rtol=0.0, atol=3e-11)
    for place, row in enumerate(rows.tolist()):
        record = propagator.records[row]
        record.sgp4(START_JD, START_FRACTION + time_s / 86400.0)
        assert found.axis_km[place] == pytest.approx(record.am * WGS72_RADIUS_KM, rel=1e-12)
        assert found.eccentricity[place] == pytest.approx(record.em, abs=1e-14)
