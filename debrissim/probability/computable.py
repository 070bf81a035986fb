"""Checks whether a probability can be computed at all from the states and covariances, and which object's data prevent
it.

Sources: NASA CARA's practice, whose tools return NaN for these inputs and say why (Hall, Hejduk & Johnson 2018, AAS
17-567, for covariances that are not positive definite); the default covariance of CSpOC, ten Earth radii in each
position component, which means that the position is unknown; the limits are our own.

Assumptions
- Covariances of zeros for both objects are not covariances. For a single object, zeros can mean that its position is
  known exactly or not at all: the other object's covariance is used, and Frisbee's maximum can be computed.
- Published covariances carry three digits or more. A correlation matrix whose smallest eigenvalue is negative but above
  -0.01 is indefinite through rounding and is repaired; with a smaller eigenvalue, or a negative variance, the matrix is
  not a covariance.
- A position error larger than the distance from the Earth's centre, or a velocity error larger than the speed, means
  that the orbit is not known. If only the velocity part is not a covariance, the methods in the plane remain.
- An object is in orbit if it is between the Earth's surface and a million kilometres, its perigee is not below 0.9
  Earth radii, and its speed is below twice the escape speed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debrissim.core.arrays import Array
from debrissim.core.constants import WGS84_MU_KM3_S2, WGS84_RADIUS_KM
from debrissim.core.rows import Rows
from debrissim.probability.state_pair import CautionFlag, StatePair
from debrissim.propagation.frames import rtn_basis

_GROSS = -0.01
_MAX_DISTANCE_KM = 1e6
_MIN_PERIGEE_RADII = 0.9
_SURFACE_RADII = 0.99
_ESCAPES = 2.0


class Fault(CautionFlag):
    """Reasons why one object's data do not allow a probability; 0 if there is no such reason."""

    NO_COVARIANCE = 1
    """The position covariance is all zeros."""
    NEGATIVE_VARIANCE = 2
    """A variance of the position is negative."""
    INDEFINITE_COVARIANCE = 4
    """The position covariance has a grossly negative eigenvalue."""
    UNKNOWN_POSITION = 8
    """A position error exceeds the distance from the Earth's centre, as in the default covariance of CSpOC."""
    NOT_IN_ORBIT = 16
    """The state cannot be that of an object in orbit about the Earth."""
    UNKNOWN_VELOCITY = 32
    """A velocity error exceeds the speed."""
    UNUSABLE_VELOCITY = 64
    """The velocity's part of the covariance is indefinite, or has a negative variance: the plane's methods remain."""


_SENTENCES = {
    Fault.NO_COVARIANCE: "has no covariance (all zeros)",
    Fault.NEGATIVE_VARIANCE: "has a negative position variance, {variance:.3g} km^2 along {axis}",
    Fault.INDEFINITE_COVARIANCE: (
        "has a position covariance that is grossly indefinite (eigenvalue {eigenvalue:.2g} of its correlations)"
    ),
    Fault.UNKNOWN_POSITION: "has a position error of {radii:.3g} Earth radii: its position is not known{default}",
    Fault.NOT_IN_ORBIT: "is not in orbit, {distance:.6g} km from the Earth's centre at {speed:.4g} km/s",
    Fault.UNKNOWN_VELOCITY: "has a velocity error of {error:.3g} km/s, more than its speed",
    Fault.UNUSABLE_VELOCITY: "has a velocity covariance that cannot be used: {velocity}",
}
# Each of the other faults alone rules out the plane.
_PLANE = ~int(Fault.NO_COVARIANCE | Fault.UNUSABLE_VELOCITY)


@dataclass(frozen=True, eq=False)
class Computable(Rows):
    """m encounters.

    | column              | dtype | shape | meaning                                                        |
    |---------------------|-------|-------|----------------------------------------------------------------|
    | primary, secondary  | int64 | (m,)  | `Fault` bits of each object                                    |
    | primary_reason, ... | str   | (m,)  | the faults of each object in words, empty if none exist        |
    """

    primary: NDArray[np.int64]
    secondary: NDArray[np.int64]
    primary_reason: NDArray[np.str_]
    secondary_reason: NDArray[np.str_]

    @property
    def usable(self) -> NDArray[np.bool_]:
        """(m,) whether a probability can be computed in the encounter plane."""
        unknown = (self.primary & self.secondary & int(Fault.NO_COVARIANCE)) != 0
        return np.asarray(~unknown & (((self.primary | self.secondary) & _PLANE) == 0))

    @property
    def full_states(self) -> NDArray[np.bool_]:
        """(m,) whether the velocity covariances are usable as well."""
        return np.asarray(
            self.usable & (((self.primary | self.secondary) & int(Fault.UNUSABLE_VELOCITY)) == 0)
        )

    def sentence(self, row: int, names: tuple[str, str] = ("the primary", "the secondary")) -> str:
        """The reason why no probability can be computed in that row, naming the object at fault."""
        parts = [
            f"{name} {reason}"
            for name, reason in zip(
                names, (self.primary_reason[row], self.secondary_reason[row]), strict=True
            )
            if reason
        ]
        return "; ".join(parts)


def check_computable(pair: StatePair) -> Computable:
    """Check the states and covariances of m encounters.

    Parameters
    ----------
    pair : StatePair
        States and covariances as given, before any repair.
    """
    found = [
        _faults(state, covariance)
        for state, covariance in (
            (pair.primary_state, pair.primary_covariance),
            (pair.secondary_state, pair.secondary_covariance),
        )
    ]
    return Computable(found[0][0], found[1][0], found[0][1], found[1][1])


def _faults(state: Array, covariance: Array) -> tuple[NDArray[np.int64], NDArray[np.str_]]:
    """(m,) bits and (m,) words of one object's faults."""
    m = len(state)
    distance, speed = np.linalg.norm(state[:, :3], axis=1), np.linalg.norm(state[:, 3:], axis=1)
    orbiting = _is_in_orbit(state, distance, speed)
    covariance = _in_rtn(covariance, state, orbiting)
    variance = np.diagonal(covariance, axis1=1, axis2=2)
    position, velocity = variance[:, :3], variance[:, 3:]
    eigenvalue = _smallest_correlation(covariance[:, :3, :3])
    widest = np.sqrt(np.maximum(position, 0.0).sum(axis=1))
    fastest = np.sqrt(np.maximum(velocity, 0.0).sum(axis=1))
    negative = _is_negative(position)
    bits = np.zeros(m, dtype=np.int64)
    bits[~covariance[:, :3, :3].any(axis=(1, 2))] |= int(Fault.NO_COVARIANCE)
    bits[negative] |= int(Fault.NEGATIVE_VARIANCE)
    bits[~negative & (eigenvalue < _GROSS)] |= int(Fault.INDEFINITE_COVARIANCE)
    bits[widest >= distance] |= int(Fault.UNKNOWN_POSITION)
    bits[~orbiting] |= int(Fault.NOT_IN_ORBIT)
    bits[fastest >= speed] |= int(Fault.UNKNOWN_VELOCITY)
    whole = _smallest_correlation(covariance)
    causes = (
        (_is_negative(velocity), "a variance is negative"),
        (whole < _GROSS, "with the position it is grossly indefinite"),
    )
    unusable = (causes[0][0] | causes[1][0]) & ((bits & _PLANE) == 0)
    bits[unusable] |= int(Fault.UNUSABLE_VELOCITY)
    words = [""] * m
    # Making the texts takes longer than everything else, and only rows with a fault need them.
    for k in np.flatnonzero(bits).tolist():
        cause = next((text for where, text in causes if where[k]), "")
        axis = int(np.argmin(position[k]))
        radii = float(np.sqrt(np.maximum(position[k], 0.0).max())) / WGS84_RADIUS_KM
        facts = {
            "variance": position[k, axis], "axis": "RTN"[axis], "eigenvalue": eigenvalue[k], "radii": radii,
            "default": " (the default covariance of CSpOC)" if 9.9 < radii < 10.1 else "",
            "distance": distance[k], "speed": speed[k], "velocity": cause,
            "error": fastest[k],
        }  # fmt: skip
        words[k] = " and ".join(_SENTENCES[fault].format(**facts) for fault in Fault(int(bits[k])))
    return bits, np.array(words, dtype=np.str_)


def _in_rtn(covariance: Array, state: Array, orbiting: NDArray[np.bool_]) -> Array:
    """Covariances (m, 6, 6) along each object's own RTN, in which they are published; unchanged if there is no
    orbit."""
    turn = np.zeros((len(state), 6, 6))
    turn[:] = np.eye(6)
    turn[orbiting, :3, :3] = turn[orbiting, 3:, 3:] = rtn_basis(state[orbiting, :3], state[orbiting, 3:])
    return np.asarray(turn @ covariance @ np.swapaxes(turn, -1, -2))


def _is_negative(variance: Array) -> NDArray[np.bool_]:
    """(m,) whether one of the variances (m, 3) is negative by more than rounding."""
    return np.asarray((variance < -1e-9 * np.abs(variance).max(axis=1, keepdims=True)).any(axis=1))


def _smallest_correlation(covariance: Array) -> Array:
    """(m,) smallest eigenvalue of the correlations of (m, k, k) covariances, without components that do not vary."""
    sigma = np.sqrt(np.abs(np.diagonal(covariance, axis1=1, axis2=2)))
    known = (sigma > 0.0)[:, :, None] & (sigma > 0.0)[:, None, :]
    bottom = np.where(sigma > 0.0, sigma, 1.0)
    scaled = np.where(known, covariance / bottom[:, :, None] / bottom[:, None, :], 0.0)
    return np.asarray(np.linalg.eigvalsh(scaled)[:, 0]) if len(covariance) else np.zeros(0)


def _is_in_orbit(state: Array, distance: Array, speed: Array) -> NDArray[np.bool_]:
    """(m,) whether the states can be those of objects in orbit about the Earth."""
    inside = (distance >= _SURFACE_RADII * WGS84_RADIUS_KM) & (distance <= _MAX_DISTANCE_KM)
    safe = np.where(distance > 0.0, distance, 1.0)
    escape = np.sqrt(2.0 * WGS84_MU_KM3_S2 / safe)
    momentum = np.linalg.norm(np.cross(state[:, :3], state[:, 3:]), axis=1)
    energy = 0.5 * speed**2 - WGS84_MU_KM3_S2 / safe
    # The eccentricity from energy and momentum; perigee = parameter / (1 + e).
    parameter = momentum**2 / WGS84_MU_KM3_S2
    eccentricity = np.sqrt(np.maximum(1.0 + 2.0 * energy * parameter / WGS84_MU_KM3_S2, 0.0))
    perigee = parameter / (1.0 + eccentricity)
    return np.asarray(
        inside & (speed < _ESCAPES * escape) & (perigee >= _MIN_PERIGEE_RADII * WGS84_RADIUS_KM)
    )
