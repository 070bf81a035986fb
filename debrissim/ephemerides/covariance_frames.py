"""Conversion of covariances in ephemeris files to the RTN of the object's inertial state.

Sources: CCSDS 502.0-B-2, section 5.2.5 and annex A, and the SANA registry of orbit-relative reference frames (the names
and axes); Vallado (2013), "Fundamentals of Astrodynamics and Applications", section 3.3 (RSW, NTW); Vallado & Alfano
(2015), "Updated Analytical Partials for Covariance Transformations and Optimization", AAS 15-537 (C' = J C J^T).

| frame                            | axes                                                                    |
|----------------------------------|-------------------------------------------------------------------------|
| RTN, RSW, RIC, UVW, QSW          | along the position; completing the triad; along the angular momentum    |
| TNW                              | along the velocity; completing the triad; along the angular momentum    |
| NTW                              | completing the triad; along the velocity; along the angular momentum    |
| VNC                              | along the velocity; along the angular momentum; completing the triad    |
| EME2000, ITRF and others         | as `debrissim.ephemerides.frames`                                       |

Assumptions
- The axes of an orbit-relative frame are held fixed at the moment (the `_INERTIAL` frames of SANA, and a name without a
  suffix). In RTN_ROTATING, velocities are as seen from the rotating axes.
- Velocity errors in a frame that rotates with the Earth are converted to inertial errors: omega x the position error is
  added.
"""

from __future__ import annotations

import numpy as np

from debrissim.core.arrays import Array
from debrissim.core.errors import InputError
from debrissim.core.text import quoted
from debrissim.ephemerides.earth_orientation import EarthOrientation
from debrissim.ephemerides.frames import frame_of, to_teme
from debrissim.propagation.frames import rtn_basis

_ALIASES = dict.fromkeys(("RTN", "RSW", "RIC", "UVW", "QSW"), "RTN") | {
    "TNW": "TNW",
    "NTW": "NTW",
    "VNC": "VNC",
}
EXPECTED_COVARIANCE_FRAME = "RTN, RSW, RIC, UVW, TNW, NTW, VNC or a frame of states"


def covariance_frame(name: str, where: str) -> str:
    """The frame denoted by a name in a file: RTN, RTN_ROTATING, TNW, NTW, VNC, or one of `frame_of`.

    Raises InputError, beginning with `where`, for another name.
    """
    short = name.strip().upper()
    base, _, suffix = short.partition("_")
    if base in _ALIASES and suffix in ("", "INERTIAL"):
        return _ALIASES[base]
    if _ALIASES.get(base) == "RTN" and suffix == "ROTATING":
        return "RTN_ROTATING"
    try:
        return frame_of(name, where)
    except InputError:
        raise InputError(f"{where}: expected {EXPECTED_COVARIANCE_FRAME}, got {quoted(name, 40)}") from None


def is_orbit_relative(frame: str) -> bool:
    """Whether the axes of a frame of `covariance_frame` are those of the object."""
    return frame in ("RTN", "RTN_ROTATING", "TNW", "NTW", "VNC")


def covariances_to_rtn(
    covariance: Array,
    frame: str,
    states: Array,
    jd: Array,
    fraction: Array,
    eop: EarthOrientation | None = None,
    frame_epoch: tuple[float, float] | None = None,
) -> Array:
    """Rotate covariances to the RTN of the object.

    Parameters
    ----------
    covariance : Array, shape (c, 6, 6)
        km2, km2/s, km2/s2 in `frame`; if only positions are given, the rest is NaN.
    frame : str
        As `covariance_frame` returns it.
    states : Array, shape (c, 6)
        km, km/s: inertial states of the object, TEME of date.
    jd, fraction : Array, shape (c,)
        UTC, split Julian dates.
    eop, frame_epoch
        As in `to_teme`.

    Returns
    -------
    Array, shape (c, 6, 6)
        The same units; NaN where the input is NaN.
    """
    if frame == "RTN":
        return in_rtn(covariance)
    known = np.isfinite(covariance)
    jacobian = _jacobian(frame, states, jd, fraction, eop, frame_epoch)
    # Positions are only rotated, so missing velocities do not affect them.
    turned = jacobian @ np.where(known, covariance, 0.0) @ np.swapaxes(jacobian, -1, -2)
    return np.where(known, 0.5 * (turned + np.swapaxes(turned, -1, -2)), np.nan)


def in_rtn(covariance: Array) -> Array:
    """(c, 6, 6): covariances in RTN as they are, symmetric, with NaN where a number is not finite."""
    return np.where(np.isfinite(covariance), 0.5 * (covariance + np.swapaxes(covariance, -1, -2)), np.nan)


def _jacobian(
    frame: str,
    states: Array,
    jd: Array,
    fraction: Array,
    eop: EarthOrientation | None,
    frame_epoch: tuple[float, float] | None,
) -> Array:
    """(c, 6, 6): derivatives of (position, velocity) along frozen RTN axes with respect to those in the frame."""
    basis = rtn_basis(states[:, :3], states[:, 3:])
    if not is_orbit_relative(frame):
        return _blocks(basis) @ to_teme(frame, jd, fraction, eop, frame_epoch).jacobian()
    if frame == "RTN_ROTATING":
        jacobian = _blocks(np.broadcast_to(np.eye(3), basis.shape))
        momentum = np.linalg.norm(np.cross(states[:, :3], states[:, 3:]), axis=1)
        rate = momentum / np.einsum("ci,ci->c", states[:, :3], states[:, :3])
        jacobian[:, 3, 1], jacobian[:, 4, 0] = -rate, rate
        return jacobian
    along = states[:, 3:] / np.linalg.norm(states[:, 3:], axis=1, keepdims=True)
    normal = basis[:, 2]
    axes = {
        "TNW": (along, np.cross(normal, along), normal),
        "NTW": (np.cross(along, normal), along, normal),
        "VNC": (along, normal, np.cross(along, normal)),
    }[frame]
    return _blocks(basis @ np.stack(axes, axis=-1))


def _blocks(rotation: Array) -> Array:
    """(c, 6, 6) of a rotation (c, 3, 3) of positions and of velocities."""
    out = np.zeros((len(rotation), 6, 6))
    out[:, :3, :3] = out[:, 3:, 3:] = rotation
    return out
