"""SGP4 turned round: states to mean elements, judged by python-sgp4 itself and by a slow solver."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import least_squares
from sgp4.api import WGS72, Satrec

from debrissim.core.errors import InputError
from debrissim.propagation.mean_elements import (
    MAX_POSITION_ERROR_KM,
    MAX_VELOCITY_ERROR_KM_S,
    ElementsStatus,
    MeanElements,
    bstar_from_area_to_mass,
    mean_elements_from_states,
)
from debrissim.propagation.two_body import equinoctial

Floats = NDArray[np.float64]
JD, FRACTION = 2459533.5, 0.1159722
MU = 398600.8


def kepler_states(
    a: Floats, e: Floats, i: Floats, node: Floats, perigee: Floats, anomaly: Floats
) -> tuple[Floats, Floats]:
    """(n, 3) km and km/s of osculating elements, anomaly the true one."""
    p = a * (1.0 - e**2)
    radius = p / (1.0 + e * np.cos(anomaly))
    u = perigee + anomaly
    along = np.stack(
        [
            np.cos(node) * np.cos(u) - np.sin(node) * np.sin(u) * np.cos(i),
            np.sin(node) * np.cos(u) + np.cos(node) * np.sin(u) * np.cos(i),
            np.sin(u) * np.sin(i),
        ],
        axis=1,
    )
    normal = np.stack([np.sin(node) * np.sin(i), -np.cos(node) * np.sin(i), np.cos(i)], axis=1)
    across = np.cross(normal, along)
    speed = np.sqrt(MU / p)
    velocity = (speed * e * np.sin(anomaly))[:, None] * along
    velocity += (speed * (1.0 + e * np.cos(anomaly)))[:, None] * across
    return radius[:, None] * along, velocity


def draw(
    n: int,
    *,
    a: tuple[float, float] | None = None,
    perigee: tuple[float, float] | None = None,
    e: tuple[float, float] = (0.0, 0.02),
    i: tuple[float, float] = (0.0, np.pi),
    seed: int = 1,
) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    eccentricity = rng.uniform(*e, n)
    axis = rng.uniform(*a, n) if a else rng.uniform(*(perigee or (6600.0, 8000.0)), n) / (1.0 - eccentricity)
    angles = rng.uniform(0.0, 2.0 * np.pi, (3, n))
    return kepler_states(axis, eccentricity, rng.uniform(*i, n), *angles)


def record(
    result: MeanElements, row: int, bstar: float = 0.0, jd: float = JD, fraction: float = FRACTION
) -> Satrec:
    made = Satrec()
    made.sgp4init(
        WGS72, "i", 0, jd + fraction - 2433281.5, bstar, 0.0, 0.0, result.eccentricity[row],
        np.deg2rad(result.arg_perigee_deg[row]), np.deg2rad(result.inclination_deg[row]),
        np.deg2rad(result.mean_anomaly_deg[row]), result.mean_motion_rev_day[row] * 2.0 * np.pi / 1440.0,
        np.deg2rad(result.raan_deg[row]),
    )  # fmt: skip
    return made


def library_errors(result: MeanElements, r: Floats, v: Floats, bstar: float = 0.0) -> tuple[Floats, Floats]:
    """How far python-sgp4's states at the epoch are from those wanted, km and km/s, of the rows that are OK."""
    rows = np.flatnonzero(result.status == ElementsStatus.OK)
    states = [record(result, k, bstar).sgp4_tsince(0.0) for k in rows.tolist()]
    assert all(code == 0 for code, _, _ in states)
    dr = np.array([s[1] for s in states]).reshape(-1, 3) - r[rows]
    dv = np.array([s[2] for s in states]).reshape(-1, 3) - v[rows]
    return np.linalg.norm(dr, axis=1), np.linalg.norm(dv, axis=1)


# Regimes by name: ranges of its random states, and the maximum fraction of them that SGP4 may be unable to reach.
REGIMES = {
    "low": ({"a": (6700.0, 8400.0)}, 0.0),
    "circular": ({"a": (6700.0, 8400.0), "e": (0.0, 0.0)}, 0.0),
    "equatorial": ({"a": (6700.0, 8400.0), "i": (0.0, 0.0)}, 0.0),
    "almost equatorial": ({"a": (6700.0, 8400.0), "i": (0.0, 1e-5)}, 0.0),
    "retrograde": ({"a": (6700.0, 8400.0), "i": (3.0, 3.138)}, 0.0),
    "retrograde equatorial": ({"a": (6700.0, 8400.0), "i": (np.pi, np.pi)}, 0.0),
    "eccentric": ({"e": (0.1, 0.94)}, 0.0),
    "deep space": ({"a": (13500.0, 45000.0), "e": (0.0, 0.5), "i": (0.02, 3.0)}, 0.0),
    "half-day": ({"a": (26400.0, 26700.0), "e": (0.5, 0.75), "i": (0.5, 2.5)}, 0.0),
    "near 225 minutes": ({"a": (12780.0, 12800.0), "i": (0.3, 2.8)}, 0.0),
    "near 0.2 rad": ({"a": (41000.0, 43000.0), "i": (0.199, 0.201)}, 0.0),
    # Below half a degree Sun and Moon turn the plane by more than its tilt, and SGP4 jumps.
    "flat geosynchronous": ({"a": (42000.0, 42300.0), "i": (0.001, 0.01)}, 0.02),
}


@pytest.mark.parametrize("regime", REGIMES)
def test_the_library_passes_through_the_states_within_a_metre(regime: str) -> None:
    how, unreachable = REGIMES[regime]
    r, v = draw(400, **how)  # type: ignore[arg-type]
    result = mean_elements_from_states(r, v, JD, FRACTION)
    dr, dv = library_errors(result, r, v)
    assert dr.max() < MAX_POSITION_ERROR_KM
    assert dv.max() < MAX_VELOCITY_ERROR_KM_S
    # What it says of its own errors is what the library finds: 1e-8 km is rounding, in deep space five times as much.
    ok = result.status == ElementsStatus.OK
    np.testing.assert_allclose(result.position_error_km[ok], dr, atol=5e-8)
    assert set(np.unique(result.status)) <= {ElementsStatus.OK, ElementsStatus.UNREACHED}
    assert (result.status == ElementsStatus.UNREACHED).mean() <= unreachable
    assert np.all((result.eccentricity >= 0.0) & (result.eccentricity < 1.0))
    assert np.all((result.inclination_deg >= 0.0) & (result.inclination_deg <= 180.0))
    assert np.all(np.abs(result.raan_deg) <= 360.0)


@settings(max_examples=60, deadline=None)
@given(
    perigee=st.floats(6478.0, 9000.0),
    e=st.one_of(st.sampled_from([0.0, 1e-9, 1e-6, 1e-4]), st.floats(0.0, 0.9)),
    i=st.one_of(st.sampled_from([0.0, 1e-12, 1e-6, np.pi / 2, 3.1, np.pi]), st.floats(0.02, 3.1)),
    angles=st.tuples(*[st.one_of(st.sampled_from([0.0, np.pi]), st.floats(0.0, 6.28))] * 3),
)
def test_nothing_of_a_single_orbit_is_silently_wrong(
    perigee: float, e: float, i: float, angles: tuple[float, float, float]
) -> None:
    columns = [np.array([x]) for x in (perigee / (1.0 - e), e, i, *angles)]
    r, v = kepler_states(*columns)
    result = mean_elements_from_states(r, v, JD, FRACTION)
    assert result.status[0] in (ElementsStatus.OK, ElementsStatus.UNREACHED)
    if result.status[0] == ElementsStatus.OK:
        dr, dv = library_errors(result, r, v)
        assert dr[0] < MAX_POSITION_ERROR_KM
        assert dv[0] < MAX_VELOCITY_ERROR_KM_S
    else:
        # What SGP4 may fail to reach: deep space almost in the equator, to either side.
        assert 2.0 * np.pi * np.sqrt(columns[0][0] ** 3 / MU) > 225.0 * 60.0 * 0.99
        assert np.sin(i) < 0.2


def test_a_solver_that_knows_nothing_finds_the_same_elements() -> None:
    # The oracle: least squares on the library's states, from the osculating elements.
    for how in (
        {"a": (6800.0, 7500.0), "i": (0.3, 2.6)},
        {"a": (20000.0, 30000.0), "e": (0.1, 0.5), "i": (0.4, 2.6)},
    ):
        r, v = draw(3, seed=5, **how)  # type: ignore[arg-type]
        result = mean_elements_from_states(r, v, JD, FRACTION)
        for row in range(3):
            target = np.concatenate([r[row], 1e3 * v[row]])

            def residual(x: Floats, target: Floats = target) -> Floats:
                one = Satrec()
                one.sgp4init(
                    WGS72, "i", 0, JD + FRACTION - 2433281.5, 0.0, 0.0, 0.0, float(np.hypot(x[1], x[2])),
                    float(np.arctan2(x[2], x[1])), x[3], x[5] - float(np.arctan2(x[2], x[1])), x[0], x[4],
                )  # fmt: skip
                _, position, velocity = one.sgp4_tsince(0.0)
                return np.concatenate([position, 1e3 * np.array(velocity)]) - target

            start = equinoctial(np.concatenate([r[row], v[row]])[None], mu_km3_s2=MU).elements[0]
            node = np.arctan2(start[3], start[4])
            inclination = 2.0 * np.arctan(np.hypot(start[3], start[4]))
            turn = np.arctan2(start[2], start[1]) - node
            e = np.hypot(start[1], start[2])
            guess = [start[0] * 60.0, e * np.cos(turn), e * np.sin(turn), inclination, node, start[5] - node]
            x = least_squares(
                residual, guess, x_scale=[1e-4, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3], xtol=1e-15, ftol=1e-15
            ).x
            assert np.linalg.norm(residual(x)[:3]) < 1e-4
            assert x[0] * 1440.0 / (2.0 * np.pi) == pytest.approx(result.mean_motion_rev_day[row], rel=1e-7)
            assert np.hypot(x[1], x[2]) == pytest.approx(result.eccentricity[row], abs=1e-7)
            assert np.rad2deg(x[3]) == pytest.approx(result.inclination_deg[row], abs=1e-5)
            assert np.mod(np.rad2deg(x[4]) - result.raan_deg[row] + 1.0, 360.0) == pytest.approx(
                1.0, abs=1e-5
            )


def test_drag_does_nothing_at_the_epoch() -> None:
    for how in ({"a": (6600.0, 7000.0)}, {"a": (14000.0, 40000.0), "e": (0.1, 0.5), "i": (0.3, 2.8)}):
        r, v = draw(20, **how)  # type: ignore[arg-type]
        result = mean_elements_from_states(r, v, JD, FRACTION)
        for row in range(20):
            assert record(result, row, 0.0).sgp4_tsince(0.0) == record(result, row, 0.05).sgp4_tsince(0.0)


def test_states_without_elements_have_a_status() -> None:
    r, v = draw(6, a=(7000.0, 7200.0))
    v = v * np.array([1.0, 1.6, -1.7, 1.0, 0.0, 1.0])[:, None]
    r = r.copy()
    r[3] *= 0.8
    result = mean_elements_from_states(r, v, JD, FRACTION)
    assert result.status.tolist() == [
        ElementsStatus.OK,
        ElementsStatus.UNBOUND,
        ElementsStatus.UNBOUND,
        ElementsStatus.BELOW_GROUND,
        ElementsStatus.UNBOUND,
        ElementsStatus.OK,
    ]
    assert np.isnan(result.mean_motion_rev_day[1:5]).all()
    assert np.isnan(result.position_error_km[1:5]).all()
    assert np.isfinite(result.mean_motion_rev_day[[0, 5]]).all()
    assert all(ElementsStatus(s).reason for s in result.status.tolist())


def test_a_mean_eccentricity_below_the_minimum_of_sgp4_is_reported_with_its_error() -> None:
    # The state of e = 1e-6 with half of its eccentricity taken away: none is nearer than 1e-6, some metres.
    made = Satrec()
    made.sgp4init(WGS72, "i", 0, JD + FRACTION - 2433281.5, 0.0, 0.0, 0.0, 1e-6, 1.0, 1.0, 2.0, 0.065, 3.0)
    flipped = Satrec()
    flipped.sgp4init(
        WGS72,
        "i",
        0,
        JD + FRACTION - 2433281.5,
        0.0,
        0.0,
        0.0,
        1e-6,
        1.0 + np.pi,
        1.0,
        2.0 - np.pi,
        0.065,
        3.0,
    )
    states = [np.concatenate(m.sgp4_tsince(0.0)[1:]) for m in (made, flipped)]
    middle = 0.5 * (states[0] + states[1])[None]
    result = mean_elements_from_states(middle[:, :3], middle[:, 3:], JD, FRACTION)
    assert result.status[0] == ElementsStatus.UNREACHED
    assert 1e-3 < result.position_error_km[0] < 0.02
    dr = np.linalg.norm(np.array(record(result, 0).sgp4_tsince(0.0)[1]) - middle[0, :3])
    assert dr == pytest.approx(result.position_error_km[0], rel=1e-3)


def test_nothing_in_nothing_out_and_each_row_has_its_own_epoch() -> None:
    none = mean_elements_from_states(np.empty((0, 3)), np.empty((0, 3)), JD, FRACTION)
    assert len(none) == 0
    r, v = draw(2, a=(26000.0, 27000.0), e=(0.3, 0.3), i=(1.0, 1.0))
    both = mean_elements_from_states(
        r[[0, 0]], v[[0, 0]], np.array([JD, JD + 9.0]), np.array([FRACTION, FRACTION])
    )
    # Sun and Moon stand elsewhere nine days later.
    assert abs(both.inclination_deg[0] - both.inclination_deg[1]) > 1e-4
    for row, jd in enumerate((JD, JD + 9.0)):
        dr = np.array(record(both, row, jd=jd).sgp4_tsince(0.0)[1]) - r[0]
        assert np.linalg.norm(dr) < 1e-6


@pytest.mark.parametrize(
    ("position", "velocity", "jd"),
    [
        (np.zeros((2, 2)), np.zeros((2, 2)), JD),
        (np.zeros((2, 3)), np.zeros((3, 3)), JD),
        (np.full((1, 3), np.nan), np.ones((1, 3)), JD),
        (np.full((1, 3), 7e3), np.ones((1, 3)), np.nan),
        (np.full((1, 3), 7e3), np.ones((1, 3)), np.array([JD, JD])),
    ],
)
def test_bad_arguments_are_refused(position: Floats, velocity: Floats, jd: float) -> None:
    with pytest.raises(InputError, match="expected"):
        mean_elements_from_states(position, velocity, jd, FRACTION)


def test_bstar_is_the_ballistic_coefficient_in_sgp4s_units() -> None:
    # Vallado: 1 / BC = 12.741621 B* with BC = m / (Cd A), kg/m^2.
    ratio = np.array([0.0, 0.01, 0.1, 1.0])
    np.testing.assert_allclose(bstar_from_area_to_mass(ratio), 2.2 * ratio / 12.741621, rtol=1e-6)
    for bad, coefficient in ((-1.0, 2.2), (np.nan, 2.2), (1.0, 0.0)):
        with pytest.raises(InputError):
            bstar_from_area_to_mass(bad, coefficient)
