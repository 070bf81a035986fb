"""Covariances of ephemeris files to RTN, against errors that are sampled and moved one by one."""

from __future__ import annotations

import numpy as np
import pytest
from support.ephemeris_samples import circular_states, matrix

from debrissim.core.errors import InputError
from debrissim.ephemerides.covariance_frames import covariance_frame, covariances_to_rtn, is_orbit_relative
from debrissim.propagation.frames import rtn_basis

STATE = circular_states(1) * 1.01
JD, FRACTION = np.array([2460615.5]), np.array([0.25])


def to_rtn(covariance: np.ndarray, frame: str) -> np.ndarray:
    return covariances_to_rtn(covariance[None], frame, STATE, JD, FRACTION)[0]


def test_rotating_axes_see_another_velocity() -> None:
    """The velocity error in turning axes is the rate of the components of the position error."""
    r, v = STATE[0, :3], STATE[0, 3:]
    basis = rtn_basis(r[None], v[None])[0]
    rate = np.linalg.norm(np.cross(r, v)) / (r @ r)
    # An error that rests in the rotating axes moves with them in inertial ones, whose components are frozen.
    still = np.zeros((6, 6))
    still[:3, :3] = np.diag([1e-4, 4e-2, 1e-4])
    got = to_rtn(still, "RTN_ROTATING")
    error = basis.T @ np.array([0.3, -0.2, 0.1])
    moved = basis @ np.cross(rate * basis[2], error)
    np.testing.assert_allclose(moved, [0.2 * rate, 0.3 * rate, 0.0], atol=1e-15)
    lever = np.array([[0.0, -rate, 0.0], [rate, 0.0, 0.0], [0.0, 0.0, 0.0]])
    np.testing.assert_allclose(got[3:, :3], lever @ still[:3, :3], rtol=1e-12, atol=1e-20)
    np.testing.assert_allclose(got[3:, 3:], lever @ still[:3, :3] @ lever.T, rtol=1e-12, atol=1e-20)
    np.testing.assert_array_equal(to_rtn(still, "RTN"), still)


@pytest.mark.parametrize("frame", ["TNW", "NTW", "VNC", "EME2000", "ITRF", "TEME", "GCRF"])
def test_positions_alone(frame: str) -> None:
    alone = np.full((6, 6), np.nan)
    alone[:3, :3] = matrix()[:3, :3]
    got = to_rtn(alone, frame)
    np.testing.assert_allclose(got[:3, :3], to_rtn(matrix(), frame)[:3, :3], rtol=1e-12)
    assert np.isnan(got[3:]).all()
    assert np.isnan(got[:3, 3:]).all()


def test_the_energy_error_of_a_circular_orbit_is_along_the_velocity_in_every_frame() -> None:
    # On a circular orbit TNW is TRN with a sign: along is along, and N of TNW points to the Earth.
    circular = circular_states(1)
    along = np.zeros((6, 6))
    along[0, 0] = 1.0
    got = covariances_to_rtn(along[None], "TNW", circular, JD, FRACTION)[0]
    np.testing.assert_allclose(got[:3, :3], np.diag([0.0, 1.0, 0.0]), atol=1e-12)
    across = np.zeros((6, 6))
    across[0, 0] = 1.0
    got = covariances_to_rtn(across[None], "NTW", circular, JD, FRACTION)[0]
    np.testing.assert_allclose(got[:3, :3], np.diag([1.0, 0.0, 0.0]), atol=1e-12)


@pytest.mark.parametrize(
    ("name", "frame"),
    [
        ("rtn", "RTN"),
        ("RSW_INERTIAL", "RTN"),
        ("UVW", "RTN"),
        ("RIC_ROTATING", "RTN_ROTATING"),
        ("TNW_INERTIAL", "TNW"),
        ("NTW", "NTW"),
        ("J2000", "EME2000"),
        ("ITRF-97", "ITRF"),
    ],
)
def test_names(name: str, frame: str) -> None:
    assert covariance_frame(name, "x") == frame
    assert is_orbit_relative(frame) == (frame not in ("EME2000", "ITRF"))


@pytest.mark.parametrize("name", ["LVLH", "TNW_ROTATING", "", "RTN_X"])
def test_other_names(name: str) -> None:
    with pytest.raises(
        InputError, match=r"^f: line 2: expected RTN, RSW, RIC, UVW, TNW, NTW, VNC or a frame of"
    ):
        covariance_frame(name, "f: line 2")
